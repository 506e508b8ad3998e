"""Ties by lot, the meeting, results below the rules: who may, when, and what stays in the record."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from evaluations import record
from evaluations.exceptions import RoundError
from evaluations.models import Attestation, Election, RoundFile, Veto
from evaluations.outcome import lot_order
from evaluations.services import assessment, attestations, decision, events, excluded, results, vetoes
from evaluations.tally import count
from intranet import clock
from intranet.access.models import AuditEntry
from tests.people_of_the_hall import make_user
from tests.together import went_through

from .assessed import component, give
from .hall import close, keys_of, make_award, make_hall, place, vote, voting_round
from .test_record import found

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
MONDAY = clock.parse("2026-11-09T09:00")


@pytest.fixture
def hall():
    return make_hall(6)


def tied_round(hall, **award):
    """One sure winner, three with equal votes for the second place, one without a vote."""
    election = voting_round(hall, make_award(hall, places=2, max_choices=4, **award), candidates=5)
    a, b, c, d, _e = keys_of(election)
    vote(election, hall.staff[0], a, b, c, d)
    vote(election, hall.staff[1], a)
    return close(election)


def refusal(call, at=MONDAY, **arguments) -> str:
    with pytest.raises(RoundError) as error, clock.at(at):
        call(**arguments)
    return str(error.value)


def witness(election, *users):
    for user in users:
        Attestation.objects.create(election=election, act="lot", by=user, created_at=MONDAY)


def minutes(election, by, kind="minutes"):
    return RoundFile.objects.create(
        election=election,
        kind=kind,
        file="evaluations/x.pdf",
        title="纪要",
        sha256="ab" * 32,
        by=by,
        created_at=MONDAY,
    )


def told(election, tmp_path):
    """What the verifier says of the record, given all that was published."""
    with clock.at(MONDAY):
        results.start_notice(election=election, by=election.created_by)
    record.write_bundle(election, tmp_path / "bundle")
    return found(tmp_path / "bundle", [election.opening_root, election.sealing_root, election.record_root])


# The lot


def test_a_lot_is_drawn_before_two_scrutineers_with_the_committed_seed(hall, tmp_path):
    election = tied_round(hall, tie_rule="lot")
    a, *tied, _e = keys_of(election)
    second = make_user(None, "scrutineer", name="监票郑")
    assert refusal(decision.settle_tie, election=election, chosen=tied[:1], reason="好", by=hall.officer) == (
        "The rules of this round settle a tie by lot. Draw the lot before two scrutineers."
    )
    before_two = "A lot is drawn before two scrutineers. Ask two of them to confirm that they are there."
    assert refusal(decision.draw_lot, election=election, by=hall.officer) == before_two
    witness(election, hall.scrutineer, hall.officer)
    assert refusal(decision.draw_lot, election=election, by=hall.officer) == before_two
    witness(election, second)
    assert refusal(decision.draw_lot, election=election, by=hall.staff[5]).startswith("Only union officers")
    with clock.at(MONDAY):
        decision.draw_lot(election=election, by=second)
    lot = election.decision["lot"]
    assert lot["seed"] == Election.objects.get(pk=election.pk).lot_seed
    assert lot["order"] == lot_order(seed=lot["seed"], base=election.sealing_root, keys=tied)
    assert election.decision["winners"] == [a, lot["order"][0]]
    assert sorted(lot["witnesses"]) == ["监票吴", "监票郑"]
    assert refusal(decision.draw_lot, election=election, by=second).startswith("The tie is settled already")
    assert told(election, tmp_path) == ""


def test_a_second_lot_names_only_those_who_stand_by_anew(hall, tmp_path, settings):
    settings.LANGUAGE_CODE = "en"
    election = tied_round(hall, tie_rule="lot", vetoes=["discipline"])
    second, third = (make_user(None, "scrutineer", name=name) for name in ("监票郑", "监票冯"))
    with clock.at(MONDAY):
        for user in (hall.scrutineer, second):
            attestations.attest(election=election, act="lot", by=user)
        decision.draw_lot(election=election, by=hall.officer)
        drawn = election.candidates.get(key=election.decision["winners"][1]).nomination
        vetoes.enter(nomination=drawn, kind="discipline", evidence="上班时间看视频", by=hall.officer)
    election.refresh_from_db()
    assert (election.decision, len(election.result["tied"])) == ({}, 2)
    assert not election.attestations.exists()
    log = AuditEntry.objects.get(action="evaluations.dismiss_witnesses")
    assert log.data == {"users": [hall.scrutineer.pk, second.pk]}
    last = election.events.order_by("-number").first()
    assert last is not None
    assert last.what == "Confirmations for the lot have lapsed; a new lot needs them anew"
    assert refusal(decision.draw_lot, election=election, by=hall.officer).startswith("A lot is drawn before two")
    with clock.at(MONDAY):
        for user in (second, third):
            attestations.attest(election=election, act="lot", by=user)
        decision.draw_lot(election=election, by=hall.officer)
    assert sorted(election.decision["lot"]["witnesses"]) == ["监票冯", "监票郑"]
    assert told(election, tmp_path) == ""


def test_the_same_tie_gives_the_same_outcome_in_100_recounts(hall):
    election = tied_round(hall, tie_rule="lot")
    first = decision._drawn(election)
    for _again in range(100):
        fresh = Election.objects.get(pk=election.pk)
        assert results.computed(fresh) == election.result
        assert decision._drawn(fresh) == first


def test_a_seed_that_was_not_committed_draws_nothing(hall):
    election = tied_round(hall, tie_rule="lot")
    witness(election, hall.scrutineer, make_user(None, "scrutineer"))
    Election.objects.filter(pk=election.pk).update(lot_seed="0" * 64)
    assert refusal(decision.draw_lot, election=election, by=hall.officer) == (
        "The seed is not the one committed when the round opened. Annul this round and tell why."
    )


def test_the_rules_say_whether_there_is_a_lot(hall):
    assert refusal(decision.draw_lot, election=tied_round(hall), by=hall.officer) == (
        "The rules of this round do not settle a tie by lot."
    )


def drawn_at_once():
    """How often four officers' draws at the same moment went through."""
    hall = make_hall(6)
    election = tied_round(hall, tie_rule="lot")
    witness(election, hall.scrutineer, make_user(None, "scrutineer"))

    def draw(number):
        with clock.at(MONDAY):
            decision.draw_lot(election=Election.objects.get(pk=election.pk), by=hall.officer)

    return went_through(4, draw, RoundError)


@pytest.mark.django_db(transaction=True)
def test_of_four_who_draw_at_once_three_are_told(own_database):
    assert drawn_at_once() == 1


@pytest.mark.control
@pytest.mark.django_db(transaction=True)
def test_control_without_the_look_at_the_decision_a_lot_is_drawn_twice(own_database, monkeypatch):
    monkeypatch.setattr(decision, "_require_tie", lambda election: None)
    assert drawn_at_once() == 4


# Vetoes and the least share


def test_a_veto_in_force_takes_no_place_and_a_lifted_one_does(hall):
    election = tied_round(hall)
    a, *_rest = keys_of(election)
    nomination = election.candidates.get(key=a).nomination
    veto = Veto.objects.create(
        nomination=nomination, kind="discipline", evidence="x", by=hall.officer, created_at=MONDAY
    )
    assert excluded.excluded_keys(election) == {a}
    with clock.at(MONDAY):
        assert results.follow_vetoes(election=election) is True
        assert results.follow_vetoes(election=election) is False
    assert a not in [*election.result["winners"], *election.result["tied"]]
    assert (election.result["vetoed"], election.result["order"][0]) == ([a], a)
    veto.state = "lifted"
    veto.save()
    with clock.at(MONDAY):
        assert results.follow_vetoes(election=election) is True
    assert election.result["winners"] == [a]


def test_a_veto_after_the_decision_holds_up_the_notice(hall):
    election = tied_round(hall)
    _a, b, *_rest = keys_of(election)
    with clock.at(MONDAY):
        decision.settle_tie(election=election, chosen=[b], reason="好", by=hall.officer)
    nomination = election.candidates.get(key=b).nomination
    Veto.objects.create(nomination=nomination, kind="discipline", evidence="x", by=hall.officer, created_at=MONDAY)
    assert refusal(results.start_notice, election=election, by=hall.officer) == (
        f"A veto stands against {hall.staff[1].name}, who cannot take a place. Annul this round and hold it again."
    )


# Results below the rules


def test_a_result_below_the_least_return_waits_for_a_recorded_decision(hall, tmp_path):
    election = voting_round(hall, make_award(hall, places=1, least_return=90))
    vote(election, hall.staff[0], keys_of(election)[0])
    close(election)
    assert (election.result["faults"], election.decision) == (["least_return"], {})
    below = "A validity rule was not met. Hold the round again, or record first why the result is kept."
    assert refusal(results.start_notice, election=election, by=hall.officer) == below
    reason = "Say why the result is kept. The reason stays in the record."
    assert refusal(decision.accept_validity, election=election, reason=" ", by=hall.officer) == reason
    with clock.at(MONDAY):
        decision.accept_validity(election=election, reason="会议同意保留", by=hall.officer)
    assert election.decision["winners"] == [keys_of(election)[0]]
    again = refusal(decision.accept_validity, election=election, reason="x", by=hall.officer)
    assert again.startswith("That is recorded already")
    assert told(election, tmp_path) == ""
    assert election.decision["validity"] == {"reason": "会议同意保留", "by": "工会周", "on": "2026-11-09"}


def test_a_vote_in_which_nobody_voted_is_not_decided_by_the_rest_alone(hall, tmp_path, client):
    """The worker stood still while voting should have been open: the panel alone would have chosen."""
    leader = make_user(None, "centre_leader", name="主任钱")
    place(leader, hall.unit)
    award = make_award(hall, places=1)
    component(award, "ballots", "ballots", "60")
    component(award, "leaders", "panel", "40", order=2, panel_roles=["centre_leader"])
    election = voting_round(hall, award)
    close(election)
    give(election, leader, "80", "70", "60", at=MONDAY)
    with clock.at(MONDAY):
        assessment.freeze(election=election, by=hall.officer)
    assert (election.result["faults"], election.decision) == (["no_ballots"], {})
    assert "A validity rule was not met" in refusal(results.start_notice, election=election, by=hall.officer)
    client.force_login(hall.officer)
    page = client.get(reverse("evaluations:accept_validity", kwargs={"slug": election.slug})).content.decode()
    assert "没有收到一张有效选票。" in page
    with clock.at(MONDAY):
        decision.accept_validity(election=election, reason="会议同意", by=hall.officer)
    assert election.decision["winners"] == [keys_of(election)[0]]
    assert told(election, tmp_path) == ""
    rules = {**election.rules, "components": election.rules["components"][:1]}
    assert count(rules=rules, keys=["k"], envelopes=[], roll={"staff": 3}).faults == []


def test_a_sound_result_needs_no_such_decision(hall):
    election = tied_round(hall)
    said = refusal(decision.accept_validity, election=election, reason="x", by=hall.officer)
    assert said == "No validity rule has failed in this round."


# The meeting


@pytest.fixture
def meeting(hall):
    """A round that waits for its meeting, and the arguments of an honest record of it; parts of them changed."""
    election = tied_round(hall, meeting_decides=True)
    a, b, *_rest = keys_of(election)
    usual = {
        "election": election,
        "held_on": MONDAY.date(),
        "present": ["主任赵", "副主任钱"],
        "recused": ["副主任钱"],
        "minutes_number": "〔2026〕18号",
        "scan": minutes(election, hall.officer),
        "winners": [b, a],
        "reason": "同票中办件量最高",
        "by": hall.officer,
    }
    return lambda **changed: {**usual, **changed}


def test_the_meeting_decides_and_its_minutes_are_in_the_record(meeting, tmp_path):
    election = meeting()["election"]
    a, b, *_rest = keys_of(election)
    assert (election.phase, election.decision) == ("decision", {})
    waits = "The meeting has not decided yet. Record what it decided first."
    assert refusal(results.start_notice, election=election, by=election.created_by) == waits
    with clock.at(MONDAY):
        decision.record_meeting(**meeting())
    assert election.decision["winners"] == [a, b]
    assert election.decision["meeting"] == {
        "held_on": "2026-11-09",
        "present": ["主任赵", "副主任钱"],
        "recused": ["副主任钱"],
        "minutes_number": "〔2026〕18号",
        "scan": "ab" * 32,
    }
    assert refusal(decision.record_meeting, **meeting()).startswith("The meeting is recorded already")
    assert told(election, tmp_path) == ""


def corrected(meeting, **changed):
    election = meeting()["election"]
    usual = {"seen": decision.mark_of(election), "why": "文号抄错", "minutes_number": "〔2026〕19号"}
    return meeting(**usual | changed)


def test_a_wrong_record_of_the_meeting_is_corrected_and_what_it_said_stays(meeting, tmp_path):
    election = meeting()["election"]
    a, b, c, *_rest = keys_of(election)
    with clock.at(MONDAY):
        decision.record_meeting(**meeting())
        decision.correct_meeting(**corrected(meeting, winners=[a, c], reason="按纪要更正"))
    assert election.decision["meeting"]["minutes_number"] == "〔2026〕19号"
    assert election.decision["winners"] == [a, c]
    names = {candidate.key: candidate.name for candidate in election.candidates.all()}
    told_in_turn = [event.what for event in election.events.order_by("number")][-4:]
    assert told_in_turn == [
        "会议审定记录更正：文号抄错",
        "原记录：会议日期 2026-11-09，纪要文号 〔2026〕18号",
        f"原记录：审定 {names[a]}、{names[b]}",
        "2026-11-09 会议已审定，纪要文号 〔2026〕19号",
    ]
    assert told(election, tmp_path) == ""


def test_a_correction_whose_scan_is_gone_asks_for_one(meeting):
    with clock.at(MONDAY):
        decision.record_meeting(**meeting())
    assert "Add the scan" in refusal(decision.correct_meeting, **corrected(meeting, scan=None))


def test_a_corrected_number_does_not_name_the_list_again(meeting):
    election = meeting()["election"]
    with clock.at(MONDAY):
        decision.record_meeting(**meeting())
        decision.correct_meeting(**corrected(meeting))
    assert not election.events.filter(what__contains="原记录：审定").exists()


def test_a_refused_correction_leaves_the_record_as_it_was(meeting, hall):
    election = meeting()["election"]
    stale = "The record of the meeting has changed meanwhile. Look at it again, then correct it."
    assert refusal(decision.correct_meeting, **corrected(meeting)) == stale
    with clock.at(MONDAY):
        decision.record_meeting(**meeting())
    before, events_before = election.decision, election.events.count()
    assert refusal(decision.correct_meeting, **corrected(meeting, seen="0" * 64)) == stale
    assert "Say what was wrong" in refusal(decision.correct_meeting, **corrected(meeting, why=" "))
    assert "There are 2 places" in refusal(
        decision.correct_meeting, **corrected(meeting, winners=keys_of(election)[:3])
    )
    assert "Only union officers" in refusal(decision.correct_meeting, **corrected(meeting, by=hall.staff[5]))
    election.refresh_from_db()
    assert (election.decision, election.events.count()) == (before, events_before)
    with clock.at(MONDAY):
        results.start_notice(election=election, by=hall.officer)
    late = refusal(decision.correct_meeting, **corrected(meeting))
    assert late == "There is no decision of a meeting to record now."


def corrected_at_once():
    """How often four officers' corrections of the same record went through."""
    hall = make_hall(6)
    election = tied_round(hall, meeting_decides=True)
    usual = {
        "held_on": MONDAY.date(),
        "present": ["主任赵"],
        "recused": [],
        "scan": minutes(election, hall.officer),
        "winners": keys_of(election)[:2],
        "reason": "办件量最高",
        "by": hall.officer,
    }
    with clock.at(MONDAY):
        decision.record_meeting(election=election, minutes_number="1", **usual)
    seen = decision.mark_of(election)

    def correct(number):
        told = {**usual, "seen": seen, "why": "文号抄错", "minutes_number": f"2-{number}"}
        with clock.at(MONDAY):
            decision.correct_meeting(election=Election.objects.get(pk=election.pk), **told)

    return went_through(4, correct, RoundError)


@pytest.mark.django_db(transaction=True)
def test_of_four_who_correct_the_same_record_at_once_three_are_told(own_database):
    assert corrected_at_once() == 1


@pytest.mark.control
@pytest.mark.django_db(transaction=True)
def test_control_without_the_mark_of_what_was_seen_a_record_is_corrected_over_and_over(own_database, monkeypatch):
    monkeypatch.setattr(decision, "mark_of", lambda election: "the same")
    assert corrected_at_once() == 4


def test_any_other_list_needs_a_reason_that_stays(meeting, tmp_path):
    election = meeting()["election"]
    _a, _b, c, d, _e = keys_of(election)
    said = refusal(decision.record_meeting, **meeting(winners=[c, d], reason=" "))
    assert said == "The list is not the computed one. Say why; the reason stays in the record."
    with clock.at(MONDAY):
        decision.record_meeting(**meeting(winners=[c, d], reason="综合考虑岗位贡献"))
    assert told(election, tmp_path) == ""
    assert election.decision["reason"] == "综合考虑岗位贡献"


def test_the_computed_list_needs_no_reason(hall):
    election = voting_round(hall, make_award(hall, places=1, meeting_decides=True))
    vote(election, hall.staff[0], keys_of(election)[0])
    close(election)
    with clock.at(MONDAY):
        decision.record_meeting(
            election=election,
            held_on=MONDAY.date(),
            present=["主任赵"],
            recused=[],
            minutes_number="1",
            scan=minutes(election, hall.officer),
            winners=keys_of(election)[:1],
            reason="",
            by=hall.officer,
        )
    assert election.decision["reason"] == ""


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"held_on": dt.date(2026, 11, 5)}, "cannot have been held before the result was computed"),
        ({"held_on": dt.date(2026, 11, 10)}, "lies in the future"),
        ({"present": [" "]}, "Say who was present"),
        ({"recused": ["主任赵", "副主任钱"]}, "Say who was present"),
        ({"minutes_number": " "}, "Enter the number of the minutes"),
        ({"minutes_number": "1" * 61}, "too long"),
        ({"winners": []}, "Choose who is approved"),
        ({"winners": ["x"]}, "only among the candidates"),
        ({"reason": "字" * 301}, "too long"),
    ],
)
def test_what_a_meeting_cannot_be(meeting, changed, sentence):
    assert sentence in refusal(decision.record_meeting, **meeting(**changed))


def test_whoever_stands_is_recused(meeting, hall):
    name = hall.staff[0].name
    said = refusal(decision.record_meeting, **meeting(present=["主任赵", name]))
    assert said.startswith(f"{name} stands in this round")
    with clock.at(MONDAY):
        decision.record_meeting(**meeting(present=["主任赵", name], recused=[name]))


def test_the_meeting_keeps_to_places_votes_and_minutes_of_this_round(meeting, hall):
    election = meeting()["election"]
    a, b, c, _d, e = keys_of(election)
    assert "There are 2 places" in refusal(decision.record_meeting, **meeting(winners=[a, b, c]))
    assert "each once" in refusal(decision.record_meeting, **meeting(winners=[a, a]))
    assert "cannot take a place" in refusal(decision.record_meeting, **meeting(winners=[a, e]))
    other = minutes(tied_round(make_hall(6)), hall.officer)
    photo = minutes(election, hall.officer, kind="notice_photo")
    for scan in (other, photo):
        assert "Add the scan" in refusal(decision.record_meeting, **meeting(scan=scan))
    assert "Only union officers" in refusal(decision.record_meeting, **meeting(by=hall.staff[5]))


def test_a_meeting_leaves_to_the_lot_what_the_rules_leave_to_it(hall, tmp_path):
    election = tied_round(hall, meeting_decides=True, tie_rule="lot")
    a, *_rest = keys_of(election)
    arguments = {
        "election": election,
        "held_on": MONDAY.date(),
        "present": ["主任赵"],
        "recused": [],
        "minutes_number": "1",
        "scan": minutes(election, hall.officer),
        "winners": [a],
        "reason": "好",
        "by": hall.officer,
    }
    assert "Draw the lot first" in refusal(decision.record_meeting, **arguments)
    witness(election, hall.scrutineer, make_user(None, "scrutineer"))
    with clock.at(MONDAY):
        decision.draw_lot(election=election, by=hall.officer)
        decision.record_meeting(**arguments | {"winners": decision.computed_list(election), "reason": ""})
    assert told(election, tmp_path) == ""


def test_without_a_meeting_in_the_rules_there_is_none_to_record(hall):
    election = tied_round(hall)
    said = refusal(
        decision.record_meeting,
        election=election,
        held_on=MONDAY.date(),
        present=["x"],
        recused=[],
        minutes_number="1",
        scan=minutes(election, hall.officer),
        winners=keys_of(election)[:1],
        reason="",
        by=hall.officer,
    )
    assert said == "There is no decision of a meeting to record now."


# The record


def test_the_closed_boxes_give_no_record(hall, tmp_path):
    election = tied_round(hall)
    election.result = {}
    with pytest.raises(RoundError, match="before the boxes are opened"):
        record.write_bundle(election, tmp_path / "early")


def test_the_record_fixes_the_head_of_the_events_of_its_notice(hall):
    election = tied_round(hall)
    with clock.at(MONDAY):
        decision.settle_tie(election=election, chosen=keys_of(election)[1:2], reason="好", by=hall.officer)
        head = events.head(election)
        results.start_notice(election=election, by=hall.officer)
    assert election.decision["events"] == head
    assert events.head(election) != head
    assert election.phase == "public_notice"
