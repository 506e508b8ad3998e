"""Working days: never crashes, never guesses.

A day is worked when the table says so; a day the table does not name follows its weekday. For a year
whose official notice is not in the table that is all there is to go by: the answer is provisional, and
``is_announced`` says so, for the caller to show.
"""

from __future__ import annotations

import datetime as dt

from .models import Day, Year

SATURDAY = 5


def is_announced(year: int) -> bool:
    """Whether the official notice for a year is in the table."""
    return Year.objects.filter(year=year, announced=True).exists()


def is_workday(day: dt.date) -> bool:
    """Whether the hall works on a day; a half day for some is still a working day."""
    return _worked(day, day)[day]


def add_workdays(day: dt.date, n: int) -> dt.date:
    """The n-th working day after a day; before it when n is negative.

    With n = 0 the day itself if it is worked, else the next working day.
    """
    if n == 0:
        return day if is_workday(day) else add_workdays(day, 1)
    left, here, step = abs(n), day, dt.timedelta(days=1 if n > 0 else -1)
    while True:
        # Two calendar days for each working day and a fortnight cover any holiday; else once more.
        reach = here + step * (2 * left + 14)
        worked = _worked(min(here, reach), max(here, reach))
        while here != reach:
            here += step
            left -= worked[here]
            if left == 0:
                return here


def workdays_between(first: dt.date, last: dt.date) -> int:
    """How many working days from first to last, both counted; 0 when last lies before first."""
    return sum(_worked(first, last).values())


def workdays_in(first: dt.date, last: dt.date) -> list[dt.date]:
    """The working days from first to last, both counted, in order."""
    return [day for day, worked in _worked(first, last).items() if worked]


def _worked(first: dt.date, last: dt.date) -> dict[dt.date, bool]:
    """Every day of a span, in order, with whether it is worked; one query.

    Raises TypeError for an instant: which day it falls on depends on the zone (``clock.day_of``).
    """
    if isinstance(first, dt.datetime) or isinstance(last, dt.datetime):
        raise TypeError("working days are reckoned with days, not with instants")
    named = dict(
        Day.objects.filter(day__range=(first, last)).exclude(kind=Day.Kind.HALF_DAY).values_list("day", "kind")
    )
    days = (first + dt.timedelta(days=offset) for offset in range((last - first).days + 1))
    return {day: named[day] == Day.Kind.WORKDAY if day in named else day.weekday() < SATURDAY for day in days}
