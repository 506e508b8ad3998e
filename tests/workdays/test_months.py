"""Whole months: their neighbours, their last days, and all of a period."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from intranet.workdays.months import month_after, month_before, month_end, month_of, months_of

MANY = months_of(dt.date(2023, 6, 30), dt.date(2029, 2, 1))


def test_all_months_that_have_a_day_in_the_period():
    found = months_of(dt.date(2026, 12, 15), dt.date(2027, 2, 3))
    assert found == [dt.date(2026, 12, 1), dt.date(2027, 1, 1), dt.date(2027, 2, 1)]
    assert (MANY[0], MANY[-1], len(MANY)) == (dt.date(2023, 6, 1), dt.date(2029, 2, 1), 69)
    assert months_of(dt.date(2027, 1, 2), dt.date(2027, 1, 1)) == [dt.date(2027, 1, 1)]
    assert months_of(dt.date(2027, 2, 1), dt.date(2027, 1, 31)) == []


def test_neighbours_meet_without_a_gap():
    for month, following in itertools.pairwise(MANY):
        assert (month_after(month), month_before(following)) == (following, month)
        assert month_end(month) + dt.timedelta(days=1) == following


@pytest.mark.parametrize(("day", "last"), [("2028-02-17", "2028-02-29"), ("2027-02-01", "2027-02-28")])
def test_february(day, last):
    assert month_end(month_of(dt.date.fromisoformat(day))) == dt.date.fromisoformat(last)
