"""The officer's next step with an assessment, a meeting or no ballot; no date is needed that a round lacks."""

from __future__ import annotations

import pytest

from evaluations import steps
from evaluations.models import Award, Election, PanelSeat
from intranet import clock

from .hall import make_award, make_hall, voting_round

pytestmark = pytest.mark.usefixtures("english")

NO_BALLOT = {"ballot_kind": "none", "notice_workdays": 5, "min_choices": 2}
DUE = clock.parse("2026-11-10T17:30")


@pytest.fixture(autouse=True)
def addresses(monkeypatch):
    """Pages of other rooms of the app are named here, whether or not they are there."""
    monkeypatch.setattr(
        steps, "reverse", lambda name, kwargs: f"{name.removeprefix('evaluations:')}/{kwargs['slug']}"
    )


def a_round(
    phase: str,
    *,
    reviews: int = 0,
    standing: int = 0,
    has_panel: bool = False,
    still_scoring: int = 0,
    objected: bool = False,
    refuted: bool = False,
    **fields,
) -> Election:
    election = Election(award=Award(), slug="r", phase=phase, **{"rules": NO_BALLOT} | fields)
    election.reviews, election.standing = reviews, standing
    election.has_panel, election.still_scoring = has_panel, still_scoring
    election.objected, election.refuted = objected, refuted
    return election


def step(phase: str, **fields) -> steps.Step:
    return steps.office_step(a_round(phase, **fields))


def test_the_review_of_a_round_without_ballot():
    waiting = step("review", reviews=2)
    assert (waiting.label, waiting.url) == ("Review 2 recommendations", "review/r")
    assert waiting.due == "The assessment begins as soon as the review is finished."
    assert step("review").blocked == "A round needs candidates. Admit some, or cancel."
    # The fewest choices of a ballot there is not hold nobody up.
    assert step("review", standing=1).blocked == ""
    with_ballot = step("review", standing=1, rules=NO_BALLOT | {"ballot_kind": "choose"}, voting_opens=DUE)
    assert with_ballot.blocked.startswith("A ballot needs at least 2 candidates")


def test_the_assessment():
    with clock.at(clock.parse("2026-11-10T09:00")):
        early = step("assessment", scores_due=DUE)
    assert (early.label, early.url) == ("Enter scores", "assessment/r")
    assert "Scores are due" in early.due
    with clock.at(DUE):
        assert step("assessment", scores_due=DUE).label == "Freeze the inputs"
    assert step("assessment").label == "Freeze the inputs"


def test_the_assessment_says_whom_it_waits_for():
    with clock.at(clock.parse("2026-11-10T09:00")):
        two = step("assessment", scores_due=DUE, has_panel=True, still_scoring=2)
        none = step("assessment", scores_due=DUE, has_panel=True)
    assert two.label == "Enter scores"
    assert "2 seats have not handed in yet." in two.due
    # Nobody waits for the day once every panel has handed in.
    assert none.label == "Freeze the inputs"
    assert "All panel members have handed in." in none.due


@pytest.mark.django_db
def test_seats_are_counted_apart_from_recommendations_and_candidates():
    hall = make_hall(6)
    election = voting_round(hall, make_award(hall), candidates=3)
    for number, user in enumerate((hall.officer, hall.scrutineer, hall.staff[5])):
        PanelSeat.objects.create(
            election=election, component="panel", user=user, handed_in_at=DUE if number == 0 else None
        )
    counted = steps.with_counts(Election.objects.filter(pk=election.pk)).get()
    assert (counted.has_panel, counted.still_scoring, counted.standing) == (True, 2, 3)
    without = steps.with_counts(Election.objects.filter(pk=voting_round(make_hall(6)).pk)).get()
    assert (without.has_panel, without.still_scoring) == (False, 0)


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({"result": {"faults": ["no_ballots"]}}, "accept_validity/r"),
        ({"result": {"faults": ["no_ballots"]}, "validity_decision": {"reason": "x"}}, "call_off/r"),
        ({"result": {"tied": ["a", "b"]}}, "settle_tie/r"),
        ({"decision": {"winners": ["a"]}, "result": {"tied": ["a", "b"]}}, "start_notice/r"),
        ({}, "call_off/r"),
    ],
)
def test_once_the_boxes_are_open(fields, url):
    for phase, frozen in (("sealed", None), ("assessment", DUE)):
        assert step(phase, inputs_frozen_at=frozen, **fields).url == url


def test_the_meeting():
    meeting = step("decision")
    assert (meeting.label, meeting.url) == ("Record the meeting", "meeting/r")
    assert "settles the tie" in step("decision", result={"tied": ["a"]}).due
    notice = step("decision", decision={"kind": "meeting", "winners": ["a"]})
    assert (notice.url, notice.post) == ("start_notice/r", True)
    assert "5 working days" in notice.due


def test_an_overdue_review_is_called_off():
    with clock.at(DUE):
        late = step("review", reviews=2, voting_opens=DUE, voting_closes=DUE)
        done = step("review", reviewed_at=DUE, voting_opens=DUE, voting_closes=DUE)
    assert (late.label, late.url, late.due) == ("Cancel this round", "call_off/r", "")
    assert done.label == ""


def test_a_tie_that_the_rules_leave_to_a_lot():
    fields = {"result": {"tied": ["a", "b"]}, "rules": NO_BALLOT | {"tie_rule": "lot"}}
    for phase in ("sealed", "decision"):
        assert (step(phase, **fields).label, step(phase, **fields).url) == ("Draw the lot", "settle_tie/r")
    drawn = fields | {"decision": {"kind": "lot", "winners": ["a"], "lot": {}}}
    assert step("sealed", **drawn).url == "start_notice/r"
    # Where a meeting decides, it confirms what was drawn.
    assert step("decision", **drawn).url == "meeting/r"


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"faults": ["least_return"], "ballots": 40, "roll": 209}, "40 of 209 ballots came back; the rules ask for"),
        ({"faults": ["no_ballots"]}, "Not one valid ballot was cast."),
        ({"faults": ["returned_over_issued"]}, "More ballots came back than were handed out."),
    ],
)
def test_the_failed_rule_is_named(result, said):
    assert step("sealed", result=result, rules=NO_BALLOT | {"least_return": "50"}).due.startswith(said)


def test_objections_wait_for_the_officer():
    assert not step("public_notice", notice_last=DUE.date()).waits_for_officer
    assert step("public_notice", objected=True).url == "objections/r"
    assert step("public_notice", refuted=True).url == "call_off/r"
