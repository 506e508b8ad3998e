"""Who stands in a round: by name, and by the windows and teams one sits in or heads."""

from __future__ import annotations

import datetime as dt

import pytest

from evaluations.models import Nomination
from evaluations.services.officers import stands_in
from intranet import clock
from intranet.people.models import Leadership, Posting, Unit, Window

from .hall import OPENS, make_award, make_hall, opened

pytestmark = pytest.mark.django_db
SINCE = dt.date(2020, 1, 6)


@pytest.fixture
def hall():
    return make_hall()


@pytest.fixture
def section(hall):
    """A section of another department than the hall's staff sit in."""
    above = Unit.objects.create(name="人社局", kind="posting_department")
    return Unit.objects.create(name="人社局就业科", kind="back_office", parent=above)


def recommended(hall, state="accepted", **subject):
    election = opened(hall, make_award(hall))
    about = {"kind": "unit", "reason": "好", "by": hall.staff[5], "created_at": OPENS}
    Nomination.objects.create(election=election, state=state, **about, **subject)
    return election


def standing(election, *users) -> list[bool]:
    with clock.at(OPENS):
        return [stands_in(election, user) for user in users]


def heads(user, kind, until=None, **what):
    Leadership.objects.create(kind=kind, person=user.person, starts_on=SINCE, ends_on=until, **what)


@pytest.mark.parametrize(
    ("state", "stands"), [("proposed", True), ("accepted", True), ("approved", True), ("withdrawn", False)]
)
def test_a_person_stands_from_being_named_until_it_is_over(hall, state, stands):
    election = recommended(hall, state, person=hall.person(0))
    assert standing(election, hall.staff[0], hall.staff[1]) == [stands, False]


def test_with_a_window_stand_who_sit_at_it_today_and_who_heads_it(hall):
    election = recommended(hall, window=hall.window)
    assert standing(election, hall.staff[0], hall.officer) == [True, False]
    Posting.objects.filter(person=hall.person(0)).update(ends_on=dt.date(2026, 10, 31))
    heads(hall.officer, "window_head", window=hall.window)
    heads(hall.scrutineer, "window_head", window=hall.window, until=dt.date(2026, 10, 31))
    assert standing(election, hall.staff[0], hall.officer, hall.scrutineer) == [False, True, False]


def test_with_a_section_stand_its_people_and_who_heads_what_it_belongs_to(hall, section):
    election = recommended(hall, team=section)
    hall.person(0).postings.update(unit=section, window=None)
    heads(hall.officer, "unit_head", unit=section.parent)
    assert standing(election, hall.staff[0], hall.staff[1], hall.officer) == [True, False, True]


def test_with_a_department_stand_the_people_of_its_sections_but_not_the_head_of_one(hall, section):
    election = recommended(hall, team=section.parent)
    hall.person(0).postings.update(unit=section, window=None)
    heads(hall.officer, "unit_head", unit=section)
    assert standing(election, hall.staff[0], hall.staff[1], hall.officer) == [True, False, False]


def test_the_head_of_the_centre_does_not_stand_with_a_department_below_it(hall):
    centre = Unit.objects.create(name="中心", kind="centre")
    Unit.objects.filter(pk=hall.unit.pk).update(parent=centre)
    election = recommended(hall, team=hall.unit)
    heads(hall.officer, "unit_head", unit=centre)
    assert standing(election, hall.officer) == [False]


def test_an_office_without_an_account_in_use_counts_nothing_but_the_place_does(hall):
    election = recommended(hall, window=hall.window)
    heads(hall.officer, "window_head", window=hall.window)
    hall.officer.is_active = hall.staff[0].is_active = False
    assert standing(election, hall.officer, hall.staff[0]) == [False, True]


def test_another_round_is_another_matter(hall):
    recommended(hall, window=Window.objects.create(number="99", name="别处"))
    assert standing(opened(hall, make_award(hall)), hall.staff[0]) == [False]


def test_it_is_one_question_whoever_asks(hall, django_assert_num_queries):
    election = recommended(hall, window=hall.window)
    _ = hall.officer.person, hall.staff[0].person
    heads(hall.officer, "unit_head", unit=hall.unit)
    for user in (hall.officer, hall.staff[0]):
        with clock.at(OPENS), django_assert_num_queries(1):
            stands_in(election, user)
