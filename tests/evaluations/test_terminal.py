"""The shared terminal: staff number and PIN, the ballot and nothing else, and out after a minute."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations import terminal_gate
from evaluations.exceptions import RoundError
from evaluations.models import Ballot, Mark, Terminal
from evaluations.services import terminals
from intranet import clock
from intranet.access.models import User
from tests.people_of_the_hall import PASSWORD

from .hall import DURING_VOTE, keys_of, make_hall, voting_round

PIN = "408261"
START = "/awards/terminal/"


@pytest.fixture
def hall(db):
    hall = make_hall(5)
    for user in hall.staff[:4]:
        user.set_pin(PIN)
        user.save()
    return hall


@pytest.fixture
def election(hall):
    return voting_round(hall)


@pytest.fixture
def corner(hall, election):
    """The browser in the corner, made a terminal by an officer."""
    browser = Client()
    browser.cookies["django_language"] = "en"
    browser.force_login(hall.officer)
    answer = browser.post(reverse("evaluations:terminal_open"), {"label": "二楼东角"})
    assert answer.headers["Location"] == START
    return browser


def sign_in(browser, election, user, pin=PIN):
    with clock.at(DURING_VOTE):
        return browser.post(START, {"round": election.slug, "username": user.username, "password": pin})


def read(browser, path):
    with clock.at(DURING_VOTE):
        return browser.get(path)


def signed_in(browser) -> bool:
    return "_auth_user_id" in browser.session


def test_the_officer_is_signed_out_and_the_cookie_is_hidden_and_strict(corner):
    cookie = corner.cookies[terminal_gate.COOKIE]
    assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Strict")
    assert not signed_in(corner)
    kept = Terminal.objects.get()
    assert kept.token_hash not in cookie.value
    assert cookie.value.split(":")[0] != kept.token_hash


def test_from_the_start_to_the_receipt_and_out_again(corner, hall, election):
    page = read(corner, START)
    assert election.award.name in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store, private"
    assert page.headers["Refresh"] == f"300; url={START}"
    answer = sign_in(corner, election, hall.staff[3])
    vote = reverse("evaluations:vote", args=[election.slug])
    assert (answer.status_code, answer.headers["Location"]) == (303, vote)
    ballot = read(corner, vote)
    assert "no-store" in ballot.headers["Cache-Control"]
    assert 'id="ballot"' in ballot.content.decode()
    assert "terminal.css" in ballot.content.decode()
    assert "side-menu" not in ballot.content.decode()
    with clock.at(DURING_VOTE):
        sent = corner.post(vote, {"choice": [keys_of(election)[0]]})
    assert sent.status_code == 303
    receipt = read(corner, sent.headers["Location"]).content.decode()
    assert Mark.objects.get().receipt in receipt
    assert reverse("pages:desk") not in receipt
    read(corner, START)
    assert not signed_in(corner)
    assert read(corner, sent.headers["Location"]).headers["Location"] == START
    assert Ballot.objects.count() == 1


def test_nothing_but_the_ballot_opens(corner, hall, election):
    elsewhere = [
        "/",
        "/people/",
        "/awards/",
        f"/awards/{election.slug}/",
        "/sign-in/",
        "/awards/honours/",
        "/my-data/",
    ]
    for path in elsewhere:
        assert read(corner, path).headers["Location"] == START, path
    sign_in(corner, election, hall.staff[3])
    for path in elsewhere:
        assert read(corner, path).headers["Location"] == START, path
    assert read(corner, reverse("evaluations:terminal_stay")).status_code == 204


def test_the_session_ends_a_minute_after_the_last_sign_of_life(corner, hall, election):
    sign_in(corner, election, hall.staff[3])
    vote = reverse("evaluations:vote", args=[election.slug])
    assert read(corner, vote).status_code == 200
    left = Session.objects.get(session_key=corner.session.session_key).expire_date - timezone.now()
    assert dt.timedelta(seconds=50) < left <= dt.timedelta(seconds=60)
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    with clock.at(DURING_VOTE):
        late = corner.post(vote, {"choice": [keys_of(election)[0]]})
    assert (late.status_code, late.headers["Location"]) == (303, START)
    assert not Ballot.objects.exists()


def test_a_wrong_pin_is_counted_as_everywhere(corner, hall, election):
    answer = sign_in(corner, election, hall.staff[3], "408262")
    assert answer.status_code == 422
    assert "do not match" in answer.content.decode()
    assert User.objects.get(pk=hall.staff[3].pk).wrong_pins == 1
    for _try in range(9):
        sign_in(corner, election, hall.staff[3], "408262")
    locked = sign_in(corner, election, hall.staff[3])
    assert locked.status_code == 429
    # The next in line finds the start page again, not the refusal of whoever went away.
    assert locked.headers["Refresh"] == f"60; url={START}"
    assert not signed_in(corner)


def test_whoever_has_no_pin_is_told_where_to_vote_and_learns_nothing(corner, hall, election):
    without = sign_in(corner, election, hall.staff[4], PASSWORD)
    nobody = sign_in(corner, election, User(username="nobody"), PASSWORD)
    for answer in (without, nobody):
        assert answer.status_code == 422
        assert "votes on the phone, or asks for paper" in answer.content.decode()
    assert not signed_in(corner)


def test_officers_and_unfinished_accounts_do_not_sign_in_here(hall, english):
    with pytest.raises(RoundError, match="with a PIN only"):
        terminals.refuse_unfit(hall.officer)
    voter = User.objects.get(pk=hall.staff[3].pk)
    terminals.refuse_unfit(voter)
    voter.must_change_password = True
    with pytest.raises(RoundError, match="choose a PIN of your own"):
        terminals.refuse_unfit(voter)
    officer = User.objects.get(pk=hall.officer.pk)
    officer.set_pin(PIN)
    with pytest.raises(RoundError, match="with a PIN only"):
        terminals.refuse_unfit(officer)


def test_an_ended_terminal_says_so_and_signs_the_voter_out(corner, hall, election):
    sign_in(corner, election, hall.staff[3])
    office = Client()
    office.force_login(hall.officer)
    assert "二楼东角" in office.get(reverse("evaluations:terminals")).content.decode()
    office.post(reverse("evaluations:terminal_end", args=[Terminal.objects.get().pk]))
    assert read(corner, reverse("evaluations:vote", args=[election.slug])).headers["Location"] == START
    gone = read(corner, START)
    assert gone.status_code == 403
    assert "not a voting terminal" in gone.content.decode()
    assert not signed_in(corner)


def test_another_browser_is_no_terminal_and_a_forged_cookie_makes_none(hall, election):
    browser = Client()
    assert browser.get(START).status_code == 403
    browser.cookies[terminal_gate.COOKIE] = "made-up:1:abc"
    assert browser.get(START).status_code == 403
    assert browser.post(START, {"username": hall.staff[3].username, "password": PIN}).status_code == 403


def test_only_officers_open_and_end_terminals(hall, english):
    for by in (hall.scrutineer, hall.staff[0]):
        with pytest.raises(RoundError):
            terminals.open_terminal(label="x", by=by)
    with pytest.raises(RoundError, match="Say where"):
        terminals.open_terminal(label="  ", by=hall.officer)
    terminal, token = terminals.open_terminal(label="大厅", by=hall.officer)
    assert terminals.of_token(token) == terminal
    assert terminals.of_token(token + "x") is None
    terminals.end_terminal(terminal=terminal, by=hall.officer)
    assert terminals.of_token(token) is None


def test_a_session_from_elsewhere_does_not_live_on_at_the_terminal(corner, hall, election):
    """Whoever was signed in at this browser by another door is signed out, not let through."""
    corner.force_login(hall.staff[3])
    assert read(corner, reverse("evaluations:vote", args=[election.slug])).headers["Location"] == START
    assert not signed_in(corner)
