"""Who may read a score or the reason of a deduction, and whose desk asks for scores."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import RequestFactory

from evaluations import cards, private_facts
from evaluations.services import assessment, panels
from intranet import clock
from tests.people_of_the_hall import make_user

from .assessed import component, give, make_award_without_ballot, reviewed
from .hall import DURING_VOTE, keys_of, make_hall, place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def hall():
    return make_hall(4)


@pytest.fixture
def leader(hall):
    user = make_user(None, "centre_leader", name="主任钱")
    place(user, hall.unit)
    return user


@pytest.fixture
def election(hall, leader):
    award = make_award_without_ballot(hall)
    component(award, "leaders", "panel", "100", panel_roles=["centre_leader"], label="领导评分")
    component(award, "extra", "adjustment", order=2)
    return reviewed(hall, award)


def test_readers(election, hall, leader):
    give(election, leader, "90", "80", "70")
    with clock.at(DURING_VOTE):
        brought = assessment.bring(
            election=election,
            component="extra",
            key=keys_of(election)[0],
            value=Decimal(-2),
            note="迟到",
            by=hall.officer,
        )
    readers = private_facts.readers_of_inputs(brought)
    assert hall.officer.username in readers
    assert not {leader.username, hall.staff[0].username, hall.scrutineer.username} & set(readers)


def card_of(user):
    request = RequestFactory().get("/")
    request.user = user
    return cards.panel_card(request)


def test_the_desk_asks_until_the_scores_are_handed_in(election, hall, leader, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert card_of(leader) == {"rounds": [election]}
    assert card_of(hall.officer) is None
    seat = give(election, leader, "90", "80", "70")
    assert card_of(leader) is None
    with clock.at(DURING_VOTE):
        panels.take_back(seat=seat, by=leader)
    assert card_of(leader) == {"rounds": [election]}
    type(election).objects.filter(pk=election.pk).update(phase="cancelled")
    assert card_of(leader) is None
