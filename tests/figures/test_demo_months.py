"""The months that the demo hall looks back on, on whatever day it is loaded."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from intranet.figures import demo_months
from intranet.people import demo_register
from intranet.workdays import months

EVERY_DAY = [dt.date(2026, 1, 1) + dt.timedelta(days=number) for number in range(3 * 365)]


@pytest.mark.parametrize(
    ("today", "year", "before"),
    [("2026-11-28", 2025, 12), ("2027-01-31", 2025, 14), ("2027-02-28", 2025, 15), ("2027-03-01", 2026, 4)],
)
def test_a_whole_year_lies_behind_the_ten_months_or_among_them(today, year, before):
    day = dt.date.fromisoformat(today)
    found = [*demo_months.months_before_them(day), *demo_months.founding_months(day)]
    assert (demo_months.closed_year(day), len(found)) == (year, before + 10)
    assert found[0] == dt.date(year, 1, 1)
    assert found[-1] == months.month_before(day.replace(day=1))
    assert all(months.month_after(one) == other for one, other in itertools.pairwise(found))


def test_the_register_was_there_before_the_first_of_them():
    behind = max(day - dt.date(demo_months.closed_year(day), 1, 1) for day in EVERY_DAY)
    assert behind.days < demo_register.BROUGHT_IN_DAYS_AGO
