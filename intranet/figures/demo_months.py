"""Which months the demo hall looks back on: the ten of the founding documents, and those before them."""

from __future__ import annotations

import datetime as dt

from intranet.workdays.months import month_before, month_of, months_of

FOUNDING_MONTHS = 10


def closed_year(today: dt.date) -> int:
    """The latest year whose honours are all given: early in a year that is not yet the one before."""
    return today.year - (1 if today.month > 2 else 2)


def founding_months(today: dt.date) -> list[dt.date]:
    """First days of the ten months before this one, oldest first."""
    first = month_of(today)
    return [first := month_before(first) for _number in range(FOUNDING_MONTHS)][::-1]


def months_before_them(today: dt.date) -> list[dt.date]:
    """From January of the closed year up to the ten months."""
    return months_of(dt.date(closed_year(today), 1, 1), month_before(founding_months(today)[0]))
