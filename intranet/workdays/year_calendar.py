"""A year as twelve small months, for the page."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from intranet import clock

from .models import Day

FIRST_YEAR, LAST_YEAR = 2004, 2100


@dataclass(frozen=True)
class Cell:
    """A day of a small month; ``named`` is the table's row for it, if there is one."""

    day: dt.date
    outside: bool
    today: bool
    named: Day | None

    @property
    def look(self) -> str:
        """holiday, workday, half_day, weekend, or "" for an ordinary weekday."""
        if self.named:
            return self.named.kind
        return "weekend" if self.day.weekday() >= calendar.SATURDAY else ""


@dataclass(frozen=True)
class Run:
    """Days in a row with one name and kind, within a month."""

    first: Day
    last: Day


@dataclass(frozen=True)
class SmallMonth:
    first: dt.date
    weeks: list[list[Cell]]
    runs: list[Run]


def months(year: int) -> list[SmallMonth]:
    """Twelve months of weeks from Monday to Sunday; one query."""
    rows = list(Day.objects.filter(day__year=year))
    named, today = {row.day: row for row in rows}, clock.today()
    days = calendar.Calendar(calendar.MONDAY)
    return [
        SmallMonth(
            dt.date(year, month, 1),
            [
                [Cell(day, day.month != month, day == today, named.get(day)) for day in week]
                for week in days.monthdatescalendar(year, month)
            ],
            runs_of([row for row in rows if row.day.month == month]),
        )
        for month in range(1, 13)
    ]


def runs_of(rows: list[Day]) -> list[Run]:
    """Neighbouring days of one name and kind, put together; ``rows`` in order of days."""
    runs: list[Run] = []
    for row in rows:
        before = runs[-1].last if runs else None
        if before and (before.kind, before.name) == (row.kind, row.name) and (row.day - before.day).days == 1:
            runs[-1] = Run(runs[-1].first, row)
        else:
            runs.append(Run(row, row))
    return runs
