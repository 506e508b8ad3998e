"""Lunar dates and birthdays. Lunar numbers come from lunar_python, whose plain Exception stays in here.

The house's rules where the lunar calendar has no such day: a leap month that the year does not have
becomes the ordinary month; day 30 of a month of 29 days becomes day 29.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from lunar_python import Lunar as PackageLunar
from lunar_python import LunarMonth, LunarYear, Solar

# Where the package was compared day by day with an independent one.
FIRST_YEAR, LAST_YEAR = 1900, 2099


class LunarError(ValueError):
    """No such lunar date, or outside the years 1900 to 2099."""


@dataclass(frozen=True)
class LunarDay:
    """A day of the lunar calendar; ``leap``: in the second month of that number."""

    year: int
    month: int
    day: int
    leap: bool = False


class Born(Protocol):
    """What a birthday needs of a person; ``birthday`` is the solar day of birth for both calendars."""

    birthday: dt.date | None
    birthday_calendar: str
    birthday_precision: str


def lunar_of(day: dt.date) -> LunarDay:
    """The lunar date of a solar day. Raises LunarError outside 1900–2099."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise LunarError(f"{day.isoformat()} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    try:
        found = Solar.fromYmd(day.year, day.month, day.day).getLunar()
        return LunarDay(found.getYear(), abs(found.getMonth()), found.getDay(), found.getMonth() < 0)
    except Exception as error:  # the package raises nothing narrower
        raise LunarError(f"{day.isoformat()} has no lunar date") from error


def leap_month(year: int) -> int:
    """The number of a lunar year's leap month, 0 without one."""
    _check_year(year)
    try:
        return LunarYear.fromYear(year).getLeapMonth()
    except Exception as error:  # the package raises nothing narrower
        raise LunarError(f"the lunar year {year} is not known") from error


def solar_of(lunar: LunarDay) -> dt.date:
    """The solar day of a lunar date, by the house's rules where that year has no such day.

    Raises LunarError for a month outside 1–12, a day outside 1–30, or years outside 1900–2099.
    """
    _check_year(lunar.year)
    if not 1 <= lunar.month <= 12 or not 1 <= lunar.day <= 30:
        raise LunarError(f"there is no lunar month {lunar.month}, day {lunar.day}")
    month = -lunar.month if lunar.leap and leap_month(lunar.year) == lunar.month else lunar.month
    try:
        length = LunarMonth.fromYm(lunar.year, month).getDayCount()
        found = PackageLunar.fromYmd(lunar.year, month, min(lunar.day, length)).getSolar()
        return dt.date(found.getYear(), found.getMonth(), found.getDay())
    except Exception as error:  # the package raises nothing narrower
        raise LunarError(f"{lunar} has no solar day") from error


def birthday_in(year: int, person: Born) -> list[dt.date]:
    """The days of a solar year on which someone's birthday falls: none, one, or two for a lunar one.

    Nobody's birthday is guessed: without a birthday, or with only its month or year known, there is none.
    None either before the day of birth.
    """
    born = person.birthday
    if born is None or person.birthday_precision != "day":
        return []
    days = _lunar_birthdays(born, year) if person.birthday_calendar == "lunar" else [_solar_birthday(born, year)]
    return [day for day in days if day >= born]


def _solar_birthday(born: dt.date, year: int) -> dt.date:
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return dt.date(year, 3, 1) if settings.LEAP_DAY_BIRTHDAY_IN_MARCH else dt.date(year, 2, 28)
    return born.replace(year=year)


def _lunar_birthdays(born: dt.date, year: int) -> list[dt.date]:
    """A lunar year ends in the next solar one, so two lunar years may put a birthday into this one."""
    try:
        own = lunar_of(born)
        candidates = [
            solar_of(LunarDay(lunar_year, own.month, own.day, own.leap))
            for lunar_year in (year - 1, year)
            if FIRST_YEAR <= lunar_year <= LAST_YEAR
        ]
    except LunarError:
        return []
    return sorted({day for day in candidates if day.year == year})


def _check_year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise LunarError(f"the year {year} is outside {FIRST_YEAR} to {LAST_YEAR}")
