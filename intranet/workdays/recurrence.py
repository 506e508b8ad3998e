"""Days that come back every year or month, for rules that are asked about a span: no day is lost, none comes twice.

Spans are days, first and last both counted. Where a month has no such day its last one stands in: 31 becomes 30,
29 February becomes 28 in a common year (1 March with LEAP_DAY_BIRTHDAY_IN_MARCH, as for birthdays). Lunar days follow
the rules of ``lunar.py``.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator

from django.conf import settings

from .lunar import FIRST_YEAR, LAST_YEAR, LunarDay, solar_of


def yearly(month: int, day: int, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The days of a span on which a day of the year falls. Raises ValueError for a day that no year has."""
    dt.date(2000, month, day)
    for year in range(first.year, last.year + 1):
        found = _in_year(year, month, day)
        if first <= found <= last:
            yield found


def _in_year(year: int, month: int, day: int) -> dt.date:
    if (month, day) == (2, 29) and not calendar.isleap(year):
        return dt.date(year, 3, 1) if settings.LEAP_DAY_BIRTHDAY_IN_MARCH else dt.date(year, 2, 28)
    return dt.date(year, month, day)


def monthly(day: int, first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The days of a span on which a day of the month falls; 31 is the last of every month.

    Raises ValueError for a day outside 1–31.
    """
    if not 1 <= day <= 31:
        raise ValueError(f"no month has a day {day}")
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        year, number = month // 12, month % 12 + 1
        found = dt.date(year, number, min(day, calendar.monthrange(year, number)[1]))
        if first <= found <= last:
            yield found


def lunar_yearly(month: int, day: int, first: dt.date, last: dt.date, *, leap: bool = False) -> Iterator[dt.date]:
    """The days of a span on which a day of the lunar year falls: none, one or two in a solar year.

    Days outside the lunar years 1900–2099 are left out. Raises LunarError for a day that no lunar year has.
    """
    solar_of(LunarDay(2000, month, day, leap))
    for year in range(max(first.year - 1, FIRST_YEAR), min(last.year, LAST_YEAR) + 1):
        found = solar_of(LunarDay(year, month, day, leap))
        if first <= found <= last:
            yield found
