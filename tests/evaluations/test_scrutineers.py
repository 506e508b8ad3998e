"""What waits for a scrutineer, each step of the way, and for whom not."""

from __future__ import annotations

import datetime as dt

import pytest

from evaluations import cards, scrutineers
from evaluations.models import Election
from evaluations.services import attestations
from intranet import clock
from tests.people_of_the_hall import make_user

from .hall import ENDS, close, keys_of, make_award, make_hall, place, vote, voting_round
from .test_paper import closed, count, give, paper_round


@pytest.fixture
def hall(db):
    return make_hall(6)


@pytest.fixture
def second(hall):
    user = make_user(None, "scrutineer", name="监票郑")
    place(user, hall.unit)
    return user


def waits(election, *users, at=ENDS) -> list[bool]:
    with clock.at(at):
        return [
            bool(scrutineers.waits_for(scrutineers.with_duties(Election.objects.all(), user).get(pk=election.pk)))
            for user in users
        ]


def test_paper_waits_until_two_have_read_the_same(hall, second):
    election = paper_round(hall, sealed_by_two=True)
    key = keys_of(election)[0]
    give(election, hall.staff[3], hall.scrutineer)
    both = (hall.scrutineer, second)
    assert waits(election, *both, at=ENDS - dt.timedelta(seconds=1)) == [False, False]
    closed(election)
    assert waits(election, *both) == [True, True]
    count(election, second, [([key], 1)])
    # There is still the closing to confirm, after the paper.
    election.attestations.create(act="close", by=second, created_at=ENDS)
    assert waits(election, *both) == [True, False]
    count(election, hall.scrutineer, [], returned=0)
    assert waits(election, second) == [True]
    count(election, hall.scrutineer, [([key], 1)])
    assert waits(election, *both) == [True, False]
    with clock.at(ENDS):
        attestations.attest(election=election, act="close", by=hall.scrutineer)
    assert waits(election, *both) == [False, False]


def test_where_nobody_holds_paper_and_nobody_confirms_nothing_waits(hall):
    election = closed(paper_round(hall))
    assert waits(election, hall.scrutineer) == [False]


def test_a_lot_waits_until_one_has_come_and_only_before_it_is_drawn(hall, second):
    election = voting_round(hall, make_award(hall, places=1, tie_rule="lot"))
    for user, key in zip(hall.staff, keys_of(election)[:2], strict=False):
        vote(election, user, key)
    close(election)
    assert waits(election, second) == [True]
    with clock.at(ENDS):
        attestations.attest(election=election, act="lot", by=second)
    assert waits(election, second, hall.scrutineer) == [False, True]
    Election.objects.filter(pk=election.pk).update(decision={"winners": ["x"], "lot": {}})
    assert waits(election, hall.scrutineer) == [False]


def test_whoever_stands_has_nothing_to_confirm(hall, client):
    """Their own confirmation would be refused."""
    standing = hall.staff[0]
    election = closed(voting_round(hall, make_award(hall, sealed_by_two=True)))
    standing.groups.add(*hall.scrutineer.groups.all())
    button = f"/awards/{election.slug}/scrutiny/attest/close/"
    for user, asked in ((standing, False), (hall.scrutineer, True)):
        assert waits(election, user) == [asked]
        client.force_login(user)
        with clock.at(ENDS):
            assert (button in client.get(f"/awards/{election.slug}/scrutiny/").content.decode()) is asked


def test_the_card_shows_what_waits_first_and_says_so(hall, second, rf, django_assert_num_queries):
    others = [voting_round(hall) for _ in range(cards.SHOWN)]
    election = voting_round(hall, make_award(hall, sealed_by_two=True))
    Election.objects.filter(pk__in=[one.pk for one in others]).update(voting_closes=ENDS + dt.timedelta(days=2))
    request = rf.get("/")
    request.user = second
    assert second.role_keys
    with clock.at(ENDS), django_assert_num_queries(1):
        card = cards.scrutiny_card(request)
    assert (card["waiting"], card["rounds"][0], len(card["rounds"])) == (True, (election, True), cards.SHOWN)
    request.user = make_user(None, "auditor")
    with clock.at(ENDS):
        assert not cards.scrutiny_card(request)["waiting"]
