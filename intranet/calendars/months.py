"""A month on the wall: weeks from Monday to Sunday, with the entries of each day."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any

from intranet import clock

from .gathering import first_day, last_day
from .registry import Entry, Span

# Far enough for every plan, near enough that a crawler comes to an end.
FIRST, LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 1)


def month_of(text: str, today: dt.date) -> dt.date:
    """The first day of "2026-11"; of the present month for anything else."""
    match = re.fullmatch(r"(\d{4})-(\d{2})", text)
    if match and 1 <= int(match[2]) <= 12 and FIRST.year <= int(match[1]) <= LAST.year:
        return dt.date(int(match[1]), int(match[2]), 1)
    return today.replace(day=1)


def neighbours(month: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The months before and after, or None at either end."""
    before = (month - dt.timedelta(days=1)).replace(day=1)
    after = (month + dt.timedelta(days=31)).replace(day=1)
    return (before if before >= FIRST else None, after if after <= LAST else None)


def shown_span(month: dt.date) -> Span:
    """The whole weeks that a month touches."""
    days = calendar.Calendar().monthdatescalendar(month.year, month.month)
    return Span(days[0][0], days[-1][-1] + dt.timedelta(days=1))


def weeks_of(month: dt.date, entries: list[Entry], today: dt.date) -> list[list[dict[str, Any]]]:
    """What ``ui/month.html`` draws; an entry of several days stands on each of them."""
    days: dict[dt.date, list[dict[str, Any]]] = {}
    span = shown_span(month)
    for entry in entries:
        day = max(first_day(entry), span.start)
        while day <= last_day(entry) and day < span.end:
            days.setdefault(day, []).append({"title": entry.title, "url": entry.url, "cancelled": entry.cancelled})
            day += dt.timedelta(days=1)
    return [
        [
            {
                "day": day,
                "outside": day.month != month.month,
                "today": day == today,
                "mark": "",
                "entries": days.get(day, []),
            }
            for day in week
        ]
        for week in calendar.Calendar().monthdatescalendar(month.year, month.month)
    ]


def agenda_of(month: dt.date, entries: list[Entry]) -> list[dict[str, Any]]:
    """The entries that touch the month, as rows: entry, first and last day, clock time at the hall or ""."""
    end = (month + dt.timedelta(days=31)).replace(day=1)
    return [row_of(entry) for entry in entries if first_day(entry) < end and last_day(entry) >= month]


def row_of(entry: Entry) -> dict[str, Any]:
    timed = isinstance(entry.start, dt.datetime) and not entry.all_day
    return {
        "entry": entry,
        "first": first_day(entry),
        "last": last_day(entry),
        "time": f"{entry.start.astimezone(clock.HALL_ZONE):%H:%M}" if timed else "",  # type: ignore[union-attr]
    }
