"""Nobody is sent to recommend where there is nothing for them to do; who speaks for a unit is asked first."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from evaluations import cards
from evaluations.models import Award
from intranet import clock
from tests.evaluations.hall import CLOSES, OPENS, lead, make_award, opened

from .page import read
from .test_recommending import choose_page, page_of, state_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_units(hall):
    """A round in which only chief representatives recommend."""
    lead(hall.staff[0], hall.unit)
    return opened(hall, make_award(hall, self_allowed=False, colleague_allowed=False))


def request_of(user):
    request = RequestFactory().get("/desk/")
    request.user = user
    return request


def test_where_units_recommend_others_are_told_so(hall, as_user, by_units):
    with clock.at(OPENS):
        assert cards.recommend_card(request_of(hall.staff[1])) is None
        assert cards.recommend_card(request_of(hall.staff[0])) is None
        client = as_user(hall.staff[1])
        assert "chief representatives or window heads recommend" in read(client.get(page_of(by_units))).text
        round_page = client.get(f"/awards/{by_units.slug}/").content.decode()
        assert "chief representatives or window heads recommend" in round_page
        assert page_of(by_units) not in round_page
        assert page_of(by_units) not in client.get("/awards/").content.decode()
        assert page_of(by_units) in as_user(hall.staff[0]).get("/awards/").content.decode()


def test_places_left_wait_on_the_desk_until_used(hall, as_user, by_units):
    request = request_of(hall.staff[0])
    with clock.at(OPENS):
        assert cards.quota_card(request) == {"rounds": [by_units]}
        assert cards.quota_card(request_of(hall.staff[1])) is None
        sent = {"reason": "业务骨干", "unit": hall.unit.pk}
        as_user(hall.staff[0]).post(state_page(by_units, "unit", hall.person(2)), sent)
        assert cards.quota_card(request) is None
    with clock.at(CLOSES):
        assert cards.quota_card(request) is None


def test_no_places_no_card(hall):
    lead(hall.staff[0], hall.unit)
    opened(hall, make_award(hall, quota_per_unit=0))
    with clock.at(OPENS):
        assert cards.quota_card(request_of(hall.staff[0])) is None


def test_a_unit_is_shown_its_own_windows_only(hall, as_user):
    lead(hall.staff[0], hall.unit)
    election = opened(hall, make_award(hall, subject=Award.Subject.WINDOW))
    with clock.at(OPENS):
        page = read(as_user(hall.staff[0]).get(choose_page(election, "unit")))
    assert "Why not possible" not in page.text


def test_nothing_found_is_said(hall, as_user, by_units):
    with clock.at(OPENS):
        page = as_user(hall.staff[0]).get(choose_page(by_units, "unit"), {"q": "nobodyofthisname"})
    assert "Nobody found." in page.content.decode()
