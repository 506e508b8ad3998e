"""The room's own numbers: sums of whole periods, the founding rate, scores, verified incidents."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from intranet.figures.services.numbers import numbers_about, numbers_of
from intranet.people.models import Posting, Unit
from tests.figures.rows import GOOD, OCTOBER, incident, inspector, month, score
from tests.people.hall import make_person, place

pytestmark = pytest.mark.django_db
SEPTEMBER = dt.date(2026, 9, 1)
LAST = dt.date(2026, 10, 31)


def test_the_founding_rate(hall):
    month(hall.tax_window, OCTOBER, 316_994, 298_702)
    rate = numbers_of("figures.on_the_spot_rate", [hall.tax_window.pk], OCTOBER, LAST)
    assert rate == {hall.tax_window.pk: Decimal("94.2295")}
    assert round(rate[hall.tax_window.pk], 2) == Decimal("94.23")


def test_months_are_added_and_a_missing_one_is_not_nought(hall):
    for window, first in ((hall.tax_window, SEPTEMBER), (hall.tax_window, OCTOBER), (hall.police_window, OCTOBER)):
        month(window, first, 100, 50, overdue=2)
    windows = [hall.tax_window.pk, hall.police_window.pk, hall.general.pk]
    for key, number in (("cases_handled", 200), ("overdue", 4)):
        assert numbers_of(f"figures.{key}", windows, SEPTEMBER, LAST) == {hall.tax_window.pk: number}
    assert numbers_of("figures.on_the_spot_rate", windows, SEPTEMBER, LAST) == {hall.tax_window.pk: 50}
    assert set(numbers_of("figures.cases_handled", windows, OCTOBER, LAST)) == set(windows[:2])


def test_without_a_case_there_is_no_rate(hall):
    month(hall.tax_window, OCTOBER, 0, 0)
    assert numbers_of("figures.on_the_spot_rate", [hall.tax_window.pk], OCTOBER, LAST) == {}
    assert numbers_of("figures.cases_handled", [hall.tax_window.pk], OCTOBER, LAST) == {hall.tax_window.pk: 0}


def test_the_last_two_grades_are_bad_ratings(hall):
    month(hall.tax_window, OCTOBER, 100, 50, ratings=GOOD)
    month(hall.police_window, OCTOBER, 100, 50)
    windows = [hall.tax_window.pk, hall.police_window.pk]
    assert numbers_of("figures.satisfaction", windows, OCTOBER, LAST) == {hall.tax_window.pk: Decimal("90.0000")}


def test_a_score_is_the_mean_of_the_months_in_which_somebody_was_there(hall):
    whole, gap, late = (make_person(name, name, hall.tax) for name in ("全", "缺", "新"))
    late.postings.update(starts_on=dt.date(2026, 9, 14))
    for first, number in ((SEPTEMBER, "90"), (OCTOBER, "95.5")):
        score(whole, first, number)
    score(gap, SEPTEMBER, "100")
    score(late, OCTOBER, "88")
    people = [whole.pk, gap.pk, late.pk]
    found = numbers_of("figures.monthly_score", people, SEPTEMBER, LAST)
    assert found == {whole.pk: Decimal("92.7500"), late.pk: Decimal("88.0000")}


def test_a_window_has_its_own_score_or_the_mean_of_its_people(hall):
    own, people = hall.police_window, hall.tax_window
    score(own, OCTOBER, "99")
    for name, window, number in (("甲", own, "1"), ("乙", people, "80"), ("丙", people, "91")):
        score(make_person(name, name, hall.tax, window), OCTOBER, number)
    found = numbers_about("figures.monthly_score", "window", [own.pk, people.pk, hall.general.pk], OCTOBER, LAST)
    assert found == {own.pk: Decimal("99.0000"), people.pk: Decimal("85.5000")}


def test_only_what_is_verified_and_of_the_period_counts(hall):
    by, person = inspector(), make_person("甲", "1", hall.tax, hall.tax_window)
    incident(person, by, points=-5)
    incident(person, by, day=LAST, points=Decimal("-2.5"))
    incident(person, by, kind="praise", points=3)
    for state, day in (("registered", OCTOBER), ("not_upheld", OCTOBER), ("verified", SEPTEMBER)):
        incident(person, by, state=state, day=day, points=-50)
    for key, number in (("points", "-4.5"), ("complaints", 2), ("praise", 1)):
        assert numbers_of(f"figures.{key}", [person.pk], OCTOBER, LAST) == {person.pk: Decimal(number)}


def test_nought_is_said_only_once_a_register_is_kept(hall):
    person = make_person("甲", "1", hall.tax)
    assert numbers_of("figures.complaints", [person.pk], OCTOBER, LAST) == {}
    incident(hall.police, inspector(), day=SEPTEMBER)
    assert numbers_of("figures.complaints", [person.pk], OCTOBER, LAST) == {person.pk: 0}


def test_a_window_answers_for_who_sat_there_on_that_day(hall):
    by, person = inspector(), make_person("甲", "1", hall.tax, hall.tax_window)
    Posting.objects.filter(person=person).update(ends_on=dt.date(2026, 10, 15))
    place(person, hall.police, hall.police_window, dt.date(2026, 10, 16))
    incident(person, by, day=dt.date(2026, 10, 15))
    incident(person, by, day=dt.date(2026, 10, 16))
    incident(person, by, day=dt.date(2026, 10, 20))
    incident(hall.tax_window, by)
    windows = [hall.tax_window.pk, hall.police_window.pk, hall.general.pk]
    found = numbers_about("figures.complaints", "window", windows, OCTOBER, LAST)
    assert found == dict(zip(windows, (2, 2, 0), strict=True))
    units = [hall.tax.pk, hall.police.pk]
    assert numbers_about("figures.complaints", "unit", units, OCTOBER, LAST) == dict(zip(units, (1, 2), strict=True))


def test_a_department_answers_for_its_sections_and_each_incident_once(hall, django_assert_num_queries):
    section = Unit.objects.create(name="税源管理科", kind="posting_department", parent=hall.tax)
    below = Unit.objects.create(name="税源一组", kind="posting_department", parent=section)
    by, person = inspector(), make_person("甲", "1", section)
    incident(section, by)
    incident(person, by, points=-3)
    incident(below, by)
    incident(hall.police, by)
    units = [hall.tax.pk, section.pk, below.pk, hall.police.pk]
    with django_assert_num_queries(4):
        found = numbers_about("figures.complaints", "unit", units, OCTOBER, LAST)
    assert found == dict(zip(units, (3, 3, 1, 1), strict=True))
    assert numbers_about("figures.points", "unit", [hall.tax.pk], OCTOBER, LAST) == {hall.tax.pk: -3}


def test_queries_do_not_grow(hall, django_assert_max_num_queries):
    incident(hall.tax, inspector())
    people = [make_person(str(n), str(n), hall.tax, hall.tax_window).pk for n in range(12)]
    for key in ("monthly_score", "points", "complaints"):
        with django_assert_max_num_queries(6):
            numbers_about(f"figures.{key}", "person", people, OCTOBER, LAST)
            numbers_about(f"figures.{key}", "window", [hall.tax_window.pk, hall.police_window.pk], OCTOBER, LAST)
