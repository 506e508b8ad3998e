import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intranet.workdays.lunar import LunarDay, LunarError, birthday_in, leap_month, lunar_of, solar_of

D = dt.date


def born(day, calendar="solar", precision="day"):
    return SimpleNamespace(birthday=day, birthday_calendar=calendar, birthday_precision=precision)


@pytest.mark.parametrize(
    ("solar", "lunar"),
    [
        (D(2026, 2, 17), LunarDay(2026, 1, 1)),
        (D(2026, 2, 16), LunarDay(2025, 12, 29)),
        (D(2025, 6, 25), LunarDay(2025, 6, 1)),
        (D(2025, 7, 25), LunarDay(2025, 6, 1, leap=True)),
        (D(2023, 3, 22), LunarDay(2023, 2, 1, leap=True)),
        (D(2020, 5, 23), LunarDay(2020, 4, 1, leap=True)),
        (D(1978, 9, 15), LunarDay(1978, 8, 13)),
        (D(2026, 9, 25), LunarDay(2026, 8, 15)),
    ],
)
def test_known_days_both_ways(solar, lunar):
    assert lunar_of(solar) == lunar
    assert solar_of(lunar) == solar


def test_leap_months():
    assert {year: leap_month(year) for year in (2020, 2023, 2025, 2026, 2028, 2031, 2033)} == {
        2020: 4, 2023: 2, 2025: 6, 2026: 0, 2028: 5, 2031: 3, 2033: 11,
    }  # fmt: skip


def test_a_leap_month_the_year_does_not_have_is_the_ordinary_one():
    assert solar_of(LunarDay(2026, 6, 1, leap=True)) == solar_of(LunarDay(2026, 6, 1))
    assert solar_of(LunarDay(2025, 5, 1, leap=True)) == solar_of(LunarDay(2025, 5, 1))


def test_day_thirty_of_a_month_of_twenty_nine_days_is_its_last():
    assert solar_of(LunarDay(2025, 12, 30)) == D(2026, 2, 16)
    assert lunar_of(D(2026, 2, 16)).day == 29
    assert solar_of(LunarDay(2023, 12, 30)) == D(2024, 2, 9)


@pytest.mark.parametrize(
    "lunar",
    [LunarDay(2026, 0, 1), LunarDay(2026, 13, 1), LunarDay(2026, 1, 0), LunarDay(2026, 1, 31), LunarDay(2100, 1, 1)],
)
def test_what_does_not_exist_is_a_lunar_error(lunar):
    with pytest.raises(LunarError):
        solar_of(lunar)


def test_days_out_of_reach_are_a_lunar_error():
    for day in (D(1, 1, 1), D(1899, 12, 31), D(2100, 1, 1), D(9999, 12, 31)):
        with pytest.raises(LunarError):
            lunar_of(day)
    with pytest.raises(LunarError):
        leap_month(0)


@given(st.dates(D(1930, 1, 1), D(2069, 12, 31)))
def test_there_and_back(day):
    assert solar_of(lunar_of(day)) == day


def test_a_solar_birthday():
    assert birthday_in(2026, born(D(1990, 11, 23))) == [D(2026, 11, 23)]
    assert birthday_in(1989, born(D(1990, 11, 23))) == []
    assert birthday_in(1990, born(D(1990, 11, 23))) == [D(1990, 11, 23)]


def test_nobodys_birthday_is_guessed():
    assert birthday_in(2026, born(None)) == []
    assert birthday_in(2026, born(D(1990, 11, 1), precision="month")) == []
    assert birthday_in(2026, born(D(1990, 1, 1), "lunar", "year")) == []


def test_the_twenty_ninth_of_february(settings):
    person = born(D(1992, 2, 29))
    assert birthday_in(2028, person) == [D(2028, 2, 29)]
    assert birthday_in(2027, person) == [D(2027, 2, 28)]
    settings.LEAP_DAY_BIRTHDAY_IN_MARCH = True
    assert birthday_in(2027, person) == [D(2027, 3, 1)]


def test_a_lunar_birthday_once_twice_never():
    person = born(D(1990, 1, 1), "lunar")  # the fifth of the twelfth month
    assert lunar_of(D(1990, 1, 1)) == LunarDay(1989, 12, 5)
    found = {year: len(birthday_in(year, person)) for year in range(1991, 2031)}
    assert set(found.values()) == {0, 1, 2}
    assert birthday_in(2025, person) == [D(2025, 1, 4)]
    twice = [year for year, count in found.items() if count == 2]
    for year in twice:
        first, second = birthday_in(year, person)
        assert first < second
        assert lunar_of(first).day == lunar_of(second).day == 5


def test_a_birthday_in_a_leap_month():
    person = born(D(1987, 7, 26), "lunar")
    assert lunar_of(person.birthday) == LunarDay(1987, 6, 1, leap=True)
    assert birthday_in(2025, person) == [D(2025, 7, 25)]
    assert birthday_in(2026, person) == [solar_of(LunarDay(2026, 6, 1))]


def test_a_birthday_before_the_tables_is_silent():
    assert birthday_in(2026, born(D(1899, 5, 5), "lunar")) == []
    assert birthday_in(2150, born(D(1990, 1, 1), "lunar")) == []


def test_the_last_years_of_the_tables_are_reckoned():
    assert len(birthday_in(2099, born(D(1990, 6, 1), "lunar"))) == 1
    assert solar_of(lunar_of(D(2099, 12, 31))) == D(2099, 12, 31)
