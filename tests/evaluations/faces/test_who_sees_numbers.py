"""Counts, totals and the record: never for who stands in the round, and where a box has few, for who checks alone."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest

from evaluations import disclosure
from evaluations.services import assessment, results
from intranet import clock
from tests.evaluations.assessed import component, give, make_award_without_ballot, reviewed
from tests.evaluations.faces.page import read
from tests.evaluations.faces.test_office import AFTER, address
from tests.evaluations.hall import DURING_VOTE, close, keys_of, make_award, make_hall, place, vote, voting_round
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db
# Headings under which a page tells how a round went.
TELLING = {"Result", "Counts", "Votes", "Valid", "Void", "of these valid", "Next step", "Events", "Latest events"}


@pytest.fixture(params=["union_officer", "union_chair", "scrutineer"])
def one_who_stands(request, db):
    """(hall of ten at the window, somebody with an office who is its first candidate)."""
    hall = make_hall(9)
    user = make_user(None, request.param, name="参评者")
    place(user, hall.unit, hall.window)
    hall.staff.insert(0, user)
    return hall, user


def counted(hall, **award):
    """Two votes for the second, one for the third, none for the first; ten and more on the roll."""
    election = voting_round(hall, make_award(hall, places=1, **award))
    _first, second, third = keys_of(election)
    vote(election, hall.staff[3], second)
    vote(election, hall.staff[4], second, third)
    return close(election)


def heads(page) -> set[str]:
    return {one.text for one in [*page.all("h2"), *page.all("th"), *page.all("dt")]}


def test_who_stands_sees_no_number_before_the_notice_and_then_what_everyone_sees(one_who_stands, as_user):
    hall, user = one_who_stands
    election = counted(hall)
    client, other = as_user(user), as_user(hall.officer if user.has_role("scrutineer") else hall.scrutineer)
    own_pages = ["scrutiny"] + (["manage"] if user.has_role("union_officer", "union_chair") else [])
    with clock.at(AFTER):
        seen = read(other.get(address("scrutiny", election)))
        assert {"Counts", "Valid", "of these valid", "Events"} <= heads(seen)
        assert address("record", election) in str(seen)
        for name in own_pages:
            page = read(client.get(address(name, election)))
            assert not heads(page) & TELLING
            assert address("record", election) not in str(page)
        assert client.get(address("record", election)).status_code == 302
        assert other.get(address("record", election))["Content-Type"] == "application/zip"
        results.start_notice(election=election, by=hall.officer)
        assert "All counts (union, scrutineers and auditors only)" not in heads(
            read(client.get(address("notice", election)))
        )
        assert "All counts (union, scrutineers and auditors only)" in heads(
            read(other.get(address("notice", election)))
        )
        assert client.get(address("archive", election)).status_code == 302
        assert "Events" in heads(read(client.get(address("scrutiny", election))))


@pytest.mark.parametrize("name", ["settle_tie", "meeting", "accept_validity"])
def test_an_officer_who_stands_does_not_look_on_while_places_are_decided(hall, as_user, name):
    clerk = make_user(None, "union_officer", name="参评者")
    place(clerk, hall.unit, hall.window)
    hall.staff.insert(0, clerk)
    rules = {"settle_tie": {}, "meeting": {"meeting_decides": True}, "accept_validity": {"least_return": 90}}[name]
    election = voting_round(hall, make_award(hall, places=1, **rules))
    _first, second, third = keys_of(election)
    vote(election, hall.staff[3], second, third)
    close(election)
    with clock.at(AFTER):
        assert as_user(hall.officer).get(address(name, election)).status_code == 200
        for send in (as_user(clerk).get, as_user(clerk).post):
            answer = send(address(name, election), follow=True)
            assert answer.redirect_chain == [(address("manage", election), 302)]
            assert "another union officer must run it" in read(answer).text


def test_the_lines_of_others_are_not_for_an_officer_who_stands(hall, as_user):
    leader = make_user(None, "centre_leader", name="主任钱")
    clerk = make_user(None, "union_officer", name="参评者")
    for user in (leader, clerk):
        place(user, hall.unit, hall.window if user is clerk else None)
    hall.staff.insert(0, clerk)
    award = make_award_without_ballot(hall, places=1)
    component(award, "leaders", "panel", "100", panel_roles=["centre_leader"], label="领导评分")
    election = reviewed(hall, award)
    with clock.at(DURING_VOTE):
        give(election, leader, "90", "80.25", "70.75")
        assessment.freeze(election=election, by=hall.officer)
        assert as_user(clerk).get(address("explained", election)).status_code == 404
        page = read(as_user(clerk).get(address("assessment", election)))
        assert "80.25" not in page.text
        assert "80.25" in read(as_user(hall.officer).get(address("assessment", election))).text
        results.start_notice(election=election, by=hall.officer)
        own = read(as_user(clerk).get(address("explained", election))).text
    assert "90.0000" in own
    assert "80.2500" not in own


# Few


BOXES = [
    {"key": "leader", "label": "领导", "electorate": "centre_leader", "weight": Decimal(50)},
    {"key": "staff", "label": "职工", "electorate": "everyone", "weight": Decimal(50)},
]


@pytest.fixture
def box_of_one(db):
    """(hall, a round of two boxes whose leaders' box has one voter, who voted for the second of three)."""
    hall = make_hall(16)
    leader = make_user(None, "centre_leader", name="主任钱")
    place(leader, hall.unit)
    election = voting_round(hall, make_award(hall, places=1, boxes=BOXES))
    first, second, _third = keys_of(election)
    vote(election, leader, second)
    for user in hall.staff[3:8]:
        vote(election, user, first)
    vote(election, hall.staff[8], second)
    return hall, close(election)


def test_a_box_of_one_in_a_large_roll_shows_no_number_to_who_does_not_check(box_of_one, as_user):
    hall, election = box_of_one
    assert election.roll_size > disclosure.FEW
    officer, scrutineer = as_user(hall.officer), as_user(hall.scrutineer)
    with clock.at(AFTER):
        for name in ("manage", "scrutiny"):
            page = read(officer.get(address(name, election)))
            assert "fewer than ten people could vote" in page.text
            assert not heads(page) & {"Votes", "Total", "Valid", "Void"}
        assert {"Votes", "Total", "Valid", "Void"} <= heads(read(scrutineer.get(address("scrutiny", election))))
        assert officer.get(address("explained", election)).status_code == 404
        assert scrutineer.get(address("explained", election)).status_code == 200
        results.start_notice(election=election, by=hall.officer)
        # A candidate would subtract what colleagues gave from the total, and know the leader's vote.
        assert as_user(hall.staff[1]).get(address("explained", election)).status_code == 404
        assert "How my result came about" not in read(as_user(hall.staff[1]).get(address("round", election))).text


def test_every_ballot_of_a_box_of_few_is_for_who_checks(box_of_one, as_user):
    hall, election = box_of_one
    with clock.at(AFTER):
        refused = as_user(hall.officer).get(address("record", election), follow=True)
        assert "only scrutineers and auditors get every ballot" in read(refused).text
        for user in (hall.scrutineer, make_user(None, "auditor")):
            answer = as_user(user).get(address("record", election))
            names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
            assert f"{election.slug}/ballots.jsonl" in names


def test_the_officer_is_told_of_a_box_of_few_once_the_roll_is_known(box_of_one, as_user):
    hall, election = box_of_one
    note = "fewer than 10 people can vote"
    with clock.at(AFTER):
        assert note in read(as_user(hall.officer).get(address("manage", election))).text
    large = counted(make_hall(10), electorate="window_staff")
    with clock.at(AFTER):
        assert note not in read(as_user(hall.officer).get(address("manage", large))).text
