"""The calendar on the wall: months and weeks from Monday to Sunday, and lists of what is coming."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Any

from intranet import clock

from .gathering import feed_span, first_day, last_day
from .registry import Entry, Span

# Months: far enough for every plan, near enough that a crawler comes to an end.
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)
LISTED = dt.timedelta(days=30)  # how far a list looks ahead
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
    """A month as ``ui/month.html`` draws it; an entry of several days stands on each of them."""
    days = _by_day(entries, shown_span(month))
    return [
        [_cell(day, days, today, outside=day.month != month.month) for day in week]
        for week in calendar.Calendar().monthdatescalendar(month.year, month.month)
    ]


def week_of(monday: dt.date, entries: list[Entry], today: dt.date) -> list[dict[str, Any]]:
    """One week for ``ui/month.html``, with the place of each entry."""
    days = _by_day(entries, Span(monday, monday + WEEK), with_place=True)
    return [_cell(monday + n * DAY, days, today) for n in range(7)]


def _by_day(entries: list[Entry], span: Span, *, with_place: bool = False) -> dict[dt.date, list[dict[str, Any]]]:
    days: dict[dt.date, list[dict[str, Any]]] = {}
    for entry in entries:
        first = first_day(entry)
        day = max(first, span.start)
        while day <= last_day(entry) and day < span.end:
            shown = {"title": entry.title, "url": entry.url, "cancelled": entry.cancelled}
            # The time of the first day only: on the others it would say when it had begun.
            shown["time"] = row_of(entry)["time"] if day == first else ""
            shown["place"] = entry.location if with_place else ""
            days.setdefault(day, []).append(shown)
            day += DAY
    return days


def _cell(
    day: dt.date, days: dict[dt.date, list[dict[str, Any]]], today: dt.date, *, outside: bool = False
) -> dict[str, Any]:
    return {"day": day, "outside": outside, "today": day == today, "mark": "", "entries": days.get(day, [])}


def day_of_text(text: str, today: dt.date) -> dt.date:
    """The day "2026-11-25" if it lies in what feeds hold, else today: weeks and lists end where feeds do."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return today
    span = feed_span(today)
    return day if span.start <= day < span.end else today


def steps_around(day: dt.date, step: dt.timedelta, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The days one step before and after, or None where feeds hold nothing any more."""
    span = feed_span(today)
    before, after = day - step, day + step
    return (before if before >= span.start else None, after if after < span.end else None)


def agenda_of(month: dt.date, entries: list[Entry]) -> list[dict[str, Any]]:
    """The entries that touch the month, as rows: entry, first and last day, clock time at the hall or ""."""
    return rows_in(entries, Span(month, (month + dt.timedelta(days=31)).replace(day=1)))


def rows_in(entries: list[Entry], span: Span) -> list[dict[str, Any]]:
    """The entries that touch a span, as rows."""
    return [row_of(entry) for entry in entries if first_day(entry) < span.end and last_day(entry) >= span.start]


def row_of(entry: Entry) -> dict[str, Any]:
    """``time`` is when the first day begins, ``until`` when the last of several ends: a vote that lasts to 17:30."""
    first, last = first_day(entry), last_day(entry)
    return {
        "entry": entry,
        "first": first,
        "last": last,
        "time": _clock_time(entry, entry.start),
        # What ends at midnight stands on the day before.
        "until": _clock_time(entry, entry.end).replace("00:00", "24:00") if last != first else "",
    }


def _clock_time(entry: Entry, moment: Any) -> str:
    if entry.all_day or not isinstance(moment, dt.datetime):
        return ""
    return f"{moment.astimezone(clock.HALL_ZONE):%H:%M}"
