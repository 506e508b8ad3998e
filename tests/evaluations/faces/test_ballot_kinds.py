"""The ballot with a word for each candidate, and what is shown of the count."""

from __future__ import annotations

import pytest
from django.urls import reverse

from evaluations.models import Ballot
from evaluations.tally import choices_in
from intranet import clock
from tests.evaluations.faces.page import read
from tests.evaluations.hall import DURING_VOTE, ENDS, close, keys_of, make_award, make_hall, vote, voting_round

pytestmark = pytest.mark.django_db


def address(election, name: str = "vote") -> str:
    return reverse(f"evaluations:{name}", kwargs={"slug": election.slug})


def form_of(client, election):
    with clock.at(DURING_VOTE):
        return read(client.get(address(election))).one("form", id="ballot")


def send(client, election, **marks):
    receipt = form_of(client, election).one("input", name="receipt").attributes["value"]
    with clock.at(DURING_VOTE):
        return client.post(address(election), {"receipt": receipt, **marks})


def radios(form, key: str) -> list[tuple[str, bool]]:
    """(value, checked) of each radio of a candidate."""
    found = form.all("input", name=f"choice.{key}")
    assert {field.attributes["type"] for field in found} == {"radio"}
    return [(field.attributes["value"], "checked" in field.attributes) for field in found]


@pytest.fixture
def approving(hall):
    return voting_round(hall, make_award(hall, ballot_kind="approve", max_choices=2))


def test_for_against_and_blank_need_no_script(approving, hall, as_user):
    client, keys = as_user(hall.staff[4]), keys_of(approving)
    form = form_of(client, approving)
    assert (form.attributes["data-min"], form.attributes["data-max"]) == ("1", "2")
    assert not form.all("input", name="choice")
    for key in keys:
        assert radios(form, key) == [("yes", False), ("no", False), ("", True)]
    sent = send(client, approving, **{f"choice.{keys[0]}": "yes", f"choice.{keys[1]}": "no", f"choice.{keys[2]}": ""})
    assert sent.status_code == 303
    assert choices_in(Ballot.objects.get().envelope) == sorted([f"{keys[0]}=yes", f"{keys[1]}=no"])


def test_what_was_said_is_kept_when_the_ballot_is_refused(approving, hall, as_user):
    client, keys = as_user(hall.staff[4]), keys_of(approving)
    sent = send(client, approving, **{f"choice.{key}": "yes" for key in keys})
    assert sent.status_code == 422
    form = read(sent).one("form", id="ballot")
    assert all(radios(form, key) == [("yes", True), ("no", False), ("", False)] for key in keys)
    assert "With ○ 3 / 2" in " ".join(form.text.split())


def test_two_words_for_one_candidate_are_refused(approving, hall, as_user):
    key = keys_of(approving)[0]
    sent = send(as_user(hall.staff[4]), approving, **{f"choice.{key}": ["yes", "no"]})
    assert (sent.status_code, Ballot.objects.count()) == (422, 0)


def test_a_graded_sheet_has_four_words(hall, as_user):
    election = voting_round(hall, make_award(hall, ballot_kind="grade"))
    client, keys = as_user(hall.staff[4]), keys_of(election)
    words = ["satisfied", "mostly_satisfied", "dissatisfied", "unknown"]
    assert radios(form_of(client, election), keys[0]) == [(word, False) for word in words]
    assert send(client, election).status_code == 422
    assert send(client, election, **{f"choice.{keys[1]}": "mostly_satisfied"}).status_code == 303
    assert choices_in(Ballot.objects.get().envelope) == [f"{keys[1]}=mostly_satisfied"]


@pytest.mark.parametrize("kind", ["choose", "approve", "grade"])
def test_oneself_cannot_be_marked_where_the_award_says_so(kind, hall, as_user):
    election = voting_round(hall, make_award(hall, ballot_kind=kind, self_vote=False, max_choices=3))
    own = election.candidates.get(person=hall.staff[0].person).key
    form = form_of(as_user(hall.staff[0]), election)
    others = [field for field in form.all("input") if field.attributes.get("type") in ("radio", "checkbox")]
    assert others
    assert not any(own in (field.attributes["value"], field.attributes["name"].split(".")[-1]) for field in others)
    assert "nobody votes for themselves" in form.text
    marks = {"choice": own} if kind == "choose" else {f"choice.{own}": "yes" if kind == "approve" else "satisfied"}
    sent = send(as_user(hall.staff[0]), election, **marks)
    assert (sent.status_code, Ballot.objects.count()) == (422, 0)


@pytest.mark.parametrize(("staff", "shown"), [(12, True), (4, False)])
def test_below_ten_the_numbers_are_for_those_who_check(staff, shown, as_user):
    hall = make_hall(staff)
    election = voting_round(hall, make_award(hall, ballot_kind="approve", electorate="window_staff"))
    keys = keys_of(election)
    vote(election, hall.staff[3], f"{keys[0]}=yes", f"{keys[1]}=no")
    close(election)
    assert election.roll_size == staff
    with clock.at(ENDS):
        managing = read(as_user(hall.officer).get(address(election, "manage"))).text
        checking = read(as_user(hall.scrutineer).get(address(election, "scrutiny"))).text
    assert ("Against" in managing) is shown
    assert ("fewer than ten people could vote" in managing) is not shown
    assert "Against" in checking
