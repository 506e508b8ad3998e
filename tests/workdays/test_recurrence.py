import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intranet.workdays.lunar import LunarError
from intranet.workdays.recurrence import lunar_yearly, monthly, yearly


def day(text):
    return dt.date.fromisoformat(text)


def days(*texts):
    return [day(text) for text in texts]


@pytest.mark.parametrize(
    ("month", "number", "first", "last", "found"),
    [
        (3, 8, "2026-01-01", "2028-12-31", ["2026-03-08", "2027-03-08", "2028-03-08"]),
        (3, 8, "2026-03-08", "2026-03-08", ["2026-03-08"]),
        (3, 8, "2026-03-09", "2027-03-07", []),
        (1, 1, "2026-12-30", "2027-01-02", ["2027-01-01"]),
        (2, 29, "2027-01-01", "2028-12-31", ["2027-02-28", "2028-02-29"]),
    ],
)
def test_every_year(month, number, first, last, found):
    assert list(yearly(month, number, day(first), day(last))) == days(*found)


def test_a_leap_day_in_march_where_the_hall_says_so(settings):
    settings.LEAP_DAY_BIRTHDAY_IN_MARCH = True
    assert list(yearly(2, 29, day("2027-01-01"), day("2028-12-31"))) == days("2027-03-01", "2028-02-29")


@pytest.mark.parametrize(("month", "number"), [(2, 30), (13, 1), (4, 31)])
def test_a_day_no_year_has(month, number):
    with pytest.raises(ValueError):
        list(yearly(month, number, day("2026-01-01"), day("2026-12-31")))


def test_the_last_of_every_month():
    found = list(monthly(31, day("2027-11-30"), day("2028-03-31")))
    assert found == days("2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31")
    assert list(monthly(15, day("2026-11-16"), day("2026-12-14"))) == []
    with pytest.raises(ValueError):
        list(monthly(32, day("2026-01-01"), day("2026-12-31")))


def test_lunar_days():
    # 除夕 has no fixed number: the twelfth month has 29 or 30 days. 腊八 falls twice into 2025, and once into 2026.
    assert list(lunar_yearly(12, 8, day("2025-01-01"), day("2026-12-31"))) == days("2025-01-07", "2026-01-26")
    assert list(lunar_yearly(8, 15, day("2026-01-01"), day("2026-12-31"))) == days("2026-09-25")
    assert list(lunar_yearly(1, 1, day("2026-02-17"), day("2026-02-17"))) == days("2026-02-17")
    # 2025 has a second sixth month; 2026 has none, and the ordinary one stands in.
    found = list(lunar_yearly(6, 1, day("2025-01-01"), day("2026-12-31"), leap=True))
    assert found == days("2025-07-25", "2026-07-14")
    with pytest.raises(LunarError):
        list(lunar_yearly(13, 1, day("2026-01-01"), day("2026-12-31")))


@given(
    st.integers(1, 12),
    st.integers(1, 28),
    st.dates(dt.date(1990, 1, 1), dt.date(2050, 1, 1)),
    st.lists(st.integers(0, 400), min_size=1, max_size=8),
)
def test_a_span_cut_into_pieces_finds_the_same_days_once(month, number, first, pieces):
    """The planner asks about one gap after the other: whatever the ticks, each day is found by exactly one."""
    for rule in (
        lambda a, b: yearly(month, number, a, b),
        lambda a, b: monthly(number, a, b),
        lambda a, b: lunar_yearly(month, number, a, b),
    ):
        found, here = [], first
        for length in pieces:
            found += rule(here, here + dt.timedelta(days=length))
            here += dt.timedelta(days=length + 1)
        assert found == list(rule(first, here - dt.timedelta(days=1)))
