import datetime as dt

import pytest

from intranet.workdays import arithmetic
from intranet.workdays.half_days import HalfDay, age_on, half_day_for
from intranet.workdays.models import Day, Year

pytestmark = pytest.mark.django_db

D = dt.date


def test_every_official_year_is_seeded_with_its_names():
    assert list(Year.objects.filter(announced=True).values_list("year", flat=True)) == list(range(2004, 2027))
    assert Day.objects.get(day=D(2026, 2, 17)).name == "春节"
    make_up = Day.objects.get(day=D(2026, 2, 14))
    assert (make_up.kind, make_up.name) == (Day.Kind.WORKDAY, "春节")
    assert Day.objects.filter(day__year=2026, kind=Day.Kind.HOLIDAY).count() == 33
    assert Day.objects.filter(day__year=2026, kind=Day.Kind.WORKDAY).count() == 6
    assert not [row for row in Day.objects.all() if row.name.isascii()]


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (D(2026, 10, 1), False),  # a holiday on a Thursday
        (D(2026, 10, 10), True),  # a Saturday made up
        (D(2026, 10, 11), False),  # an ordinary Sunday
        (D(2026, 10, 12), True),
        (D(2026, 11, 21), False),  # an ordinary Saturday
        (D(2026, 11, 20), True),
    ],
)
def test_is_workday(day, worked):
    assert arithmetic.is_workday(day) is worked


def test_a_half_day_for_some_is_a_working_day_and_does_not_make_a_sunday_one():
    Day.objects.create(day=D(2027, 3, 8), kind=Day.Kind.HALF_DAY, name="妇女节")
    Day.objects.create(day=D(2027, 3, 7), kind=Day.Kind.HALF_DAY, name="试")
    assert arithmetic.is_workday(D(2027, 3, 8))
    assert not arithmetic.is_workday(D(2027, 3, 7))


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        (D(2026, 9, 30), 1, D(2026, 10, 8)),
        (D(2026, 9, 30), 2, D(2026, 10, 9)),
        (D(2026, 9, 30), 3, D(2026, 10, 10)),
        (D(2026, 9, 30), 0, D(2026, 9, 30)),
        (D(2026, 10, 1), 0, D(2026, 10, 8)),
        (D(2026, 10, 8), -1, D(2026, 9, 30)),
        (D(2026, 10, 12), -2, D(2026, 10, 9)),
        (D(2026, 11, 23), 5, D(2026, 11, 30)),
    ],
)
def test_add_workdays(day, n, expected):
    assert arithmetic.add_workdays(day, n) == expected


def test_add_workdays_goes_on_when_everything_nearby_is_off():
    Day.objects.bulk_create(
        Day(day=D(2028, 1, 1) + dt.timedelta(days=i), kind=Day.Kind.HOLIDAY, name="停") for i in range(60)
    )
    assert arithmetic.add_workdays(D(2027, 12, 31), 1) == D(2028, 3, 1)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (D(2026, 10, 1), D(2026, 10, 31), 18),
        (D(2026, 9, 28), D(2026, 9, 30), 3),
        (D(2026, 11, 23), D(2026, 11, 23), 1),
        (D(2026, 11, 22), D(2026, 11, 22), 0),
        (D(2026, 11, 24), D(2026, 11, 23), 0),
    ],
)
def test_workdays_between_counts_both_ends(first, last, count):
    assert arithmetic.workdays_between(first, last) == count
    assert len(arithmetic.workdays_in(first, last)) == count


def test_a_year_without_notice_counts_weekdays_and_says_that_it_is_provisional():
    assert arithmetic.is_announced(2026)
    assert not arithmetic.is_announced(2027)
    assert not arithmetic.is_announced(2003)
    assert arithmetic.is_workday(D(2027, 10, 1))  # a Friday; nobody has announced anything
    assert arithmetic.add_workdays(D(2026, 12, 31), 1) == D(2027, 1, 1)
    assert arithmetic.workdays_between(D(2099, 1, 1), D(2099, 12, 31)) == 261


@pytest.mark.parametrize("zone", [None, dt.UTC])
def test_an_instant_is_no_day(zone):
    for reckon in (
        arithmetic.is_workday,
        lambda instant: arithmetic.add_workdays(instant, 1),
        lambda instant: arithmetic.workdays_in(instant, instant),
    ):
        with pytest.raises(TypeError, match="instants"):
            reckon(dt.datetime(2026, 10, 1, 20, tzinfo=zone))


def test_one_query_whatever_the_span(django_assert_num_queries):
    with django_assert_num_queries(1):
        arithmetic.workdays_between(D(2020, 1, 1), D(2026, 12, 31))
    with django_assert_num_queries(1):
        arithmetic.add_workdays(D(2026, 1, 1), 200)


@pytest.mark.parametrize(
    ("sex", "birthday", "day", "expected"),
    [
        ("female", None, D(2027, 3, 8), HalfDay.WOMEN),  # a Monday
        ("male", None, D(2027, 3, 8), None),
        ("", None, D(2027, 3, 8), None),
        ("female", None, D(2026, 3, 8), None),  # a Sunday: not made up
        ("female", None, D(2026, 3, 9), None),
        ("male", D(1998, 5, 5), D(2027, 5, 4), HalfDay.YOUTH),  # still 28, on a Tuesday
        ("male", D(1998, 5, 4), D(2027, 5, 4), None),  # 29 on that day
        ("male", D(2013, 5, 4), D(2027, 5, 4), HalfDay.YOUTH),  # 14 on that day
        ("male", D(2013, 5, 5), D(2027, 5, 4), None),
        ("female", None, D(2027, 5, 4), None),
        ("male", D(2000, 1, 1), D(2026, 5, 4), None),  # inside the Labour Day holiday
        ("male", D(2000, 1, 1), D(2027, 5, 5), None),
    ],
)
def test_half_days(sex, birthday, day, expected):
    assert half_day_for(sex=sex, birthday=birthday, day=day) == expected


def test_age_is_counted_in_completed_years():
    assert age_on(D(2000, 5, 4), D(2020, 5, 3)) == 19
    assert age_on(D(2000, 5, 4), D(2020, 5, 4)) == 20
    assert age_on(D(2000, 2, 29), D(2021, 2, 28)) == 20
    assert age_on(D(2000, 2, 29), D(2021, 3, 1)) == 21
