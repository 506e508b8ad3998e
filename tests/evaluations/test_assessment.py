"""From what is gathered to what is frozen: nothing missing, nothing changed afterwards, the boxes opened last."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from decimal import Decimal

import pytest

from evaluations import explanations, record, rule_words
from evaluations.exceptions import RoundError
from evaluations.models import Election, RoundInput
from evaluations.services import assessment, decision, inputs, panels, results, rounds
from intranet import clock
from tests.figures.rows import incident, score
from tests.people_of_the_hall import make_user

from .assessed import component, figure, give, make_award_without_ballot, reviewed
from .hall import DURING_VOTE, ENDS, close, keys_of, make_award, make_hall, place, vote, voting_round
from .test_record import found

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
OCTOBER = dt.date(2026, 10, 1)
MONTHLY = "figures.monthly_score"


@pytest.fixture
def hall():
    return make_hall(6)


@pytest.fixture
def leader(hall):
    user = make_user(None, "centre_leader", name="主任钱")
    place(user, hall.unit)
    return user


def refusal(call, at=DURING_VOTE, **arguments) -> str:
    with pytest.raises(RoundError) as error, clock.at(at):
        call(**arguments)
    return str(error.value)


def assessed_award(hall, **fields):
    """Panel 60, speed 40 in percent of the best, bonuses up to 5."""
    award = make_award_without_ballot(hall, places=1, **fields)
    component(award, "leaders", "panel", "60", panel_roles=["centre_leader"], label="领导评分")
    component(award, "speed", "figure", "40", order=2, figure="test.speed", scale="of_best", label="办件量")
    component(award, "extra", "adjustment", order=3, most_bonus=5, most_deduction=10, label="加减分")
    return award


def test_a_round_without_a_ballot_goes_from_the_review_through_the_assessment_to_the_order(hall, leader, settings):
    settings.LANGUAGE_CODE = "en"
    election = reviewed(hall, assessed_award(hall))
    a, b, c = keys_of(election)
    assert (election.phase, election.result, election.inputs) == ("assessment", {}, {})
    give(election, leader, "90", "80", "70")
    numbers = {hall.person(0).pk: "30", hall.person(1).pk: "60", hall.person(2).pk: "45.5"}
    with clock.at(DURING_VOTE):
        for key, points in ((a, "3"), (a, "4"), (c, "-1.5")):
            assessment.bring(
                election=election, component="extra", key=key, value=Decimal(points), note="锦旗", by=hall.officer
            )
    with figure("test.speed", numbers), clock.at(DURING_VOTE):
        assessment.freeze(election=election, by=hall.officer)
    assert {
        part: {key: row[key]["value"] for key in (a, b, c)} for part, row in election.inputs["values"].items()
    } == {
        "leaders": {a: "90.0000", b: "80.0000", c: "70.0000"},
        "speed": {a: "30.0000", b: "60.0000", c: "45.5000"},
        "extra": {a: "7.0000", b: "0.0000", c: "-1.5000"},
    }
    assert election.inputs["values"]["extra"][a]["detail"] == {"entries": ["3", "4"]}
    # 90×0.6 + 50×0.4 + 5; 80×0.6 + 100×0.4; 70×0.6 + 75.8333×0.4 − 1.5
    assert election.result["scores"] == {a: "79.0000", b: "88.0000", c: "70.83332"}
    assert election.result["order"] == [b, a, c]
    assert (election.result["ballots"], election.result["roll"]) == (0, 0)
    assert election.result["counts"] == {a: 0, b: 0, c: 0}
    assert election.decision["winners"] == [b]
    assert election.phase == "assessment"
    text = json.dumps(election.inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert election.inputs_hash == hashlib.sha256(text.encode()).hexdigest()
    said = list(election.events.order_by("number").values_list("what", flat=True))[-3:]
    assert said == ["Assessment began", f"Inputs frozen, hash {election.inputs_hash}", "Scores computed"]
    assert election.inputs_frozen_at == DURING_VOTE


def test_the_boxes_stay_closed_until_the_inputs_are_frozen(hall, leader):
    award = make_award(hall, places=1, meeting_decides=True)
    component(award, "ballots", "ballots", "50")
    component(award, "leaders", "panel", "50", order=2, panel_roles=["centre_leader"], label="领导评分")
    election = voting_round(hall, award)
    panels.seat(election=election)
    a, b, c = keys_of(election)
    vote(election, hall.staff[3], a)
    vote(election, hall.staff[4], a, b)
    give(election, leader, "50", "90", "95")
    said = refusal(assessment.freeze, election=election, by=hall.officer)
    assert said == "The inputs are frozen once the ballots are sealed. Until then they can be prepared."
    close(election)
    election.refresh_from_db()
    assert (election.phase, election.result, election.decision) == ("assessment", {}, {})
    with clock.at(ENDS):
        assessment.freeze(election=election, by=hall.officer)
    assert election.phase == "decision"
    assert election.result["counts"] == {a: 2, b: 1, c: 0}
    # Two valid ballots: 100, 50 and 0 points, half of it; half of the panel's.
    assert election.result["scores"] == {a: "75.0000", b: "70.0000", c: "47.5000"}
    assert election.decision == {}


def decided_by(award, figure):
    """With a figure for ties that the service would not let one choose."""
    award.tie_figure = figure
    award.save()
    return award


def test_where_ballots_alone_count_the_inputs_are_frozen_before_the_count(hall):
    election = voting_round(hall, decided_by(make_award(hall, places=1), "test.speed"))
    a, b, c = keys_of(election)
    vote(election, hall.staff[3], a)
    vote(election, hall.staff[4], b)
    numbers = {hall.person(0).pk: "30.50", hall.person(1).pk: "60"}
    with figure("test.speed", numbers):
        close(election)
    election.refresh_from_db()
    assert election.inputs == {"values": {}, "tie": {a: "30.5", b: "60", c: ""}}
    assert election.inputs_hash == inputs.hash_of(election.inputs)
    assert election.result["winners"] == [b]


def complaints(hall, *numbers):
    """So many verified complaints in October about the first of the staff."""
    inspector = make_user(None, "inspection", name="督查郑")
    for n, number in enumerate(numbers):
        for _ in range(number):
            incident(hall.person(n), inspector, OCTOBER)


def test_of_complaints_fewer_decide_a_tie_in_the_record_and_in_words(hall, tmp_path):
    complaints(hall, 2, 0, 1)
    election = voting_round(hall, make_award(hall, places=1, tie_figure="figures.complaints"))
    a, b, c = keys_of(election)
    assert election.rules["tie_lower_is_better"] is True
    vote(election, hall.staff[3], a, b)
    vote(election, hall.staff[4], a, b)
    close(election)
    election.refresh_from_db()
    assert election.inputs["tie"] == {a: "2", b: "0", c: "1"}
    assert (election.result["order"], election.result["winners"]) == ([b, a, c], [b])
    assert dict(rule_words.rows(election))["Ties"][0] == "first by: Verified complaints, fewer is better"
    with clock.at(ENDS):
        results.start_notice(election=election, by=hall.officer)
    record.write_bundle(Election.objects.select_related("award").get(pk=election.pk), tmp_path)
    assert found(tmp_path, [election.record_root]) == ""


def test_a_round_opened_before_rules_said_which_way_a_figure_decides_keeps_the_higher(hall, tmp_path):
    complaints(hall, 2, 0)
    election = voting_round(hall, make_award(hall, places=1, tie_figure="figures.complaints"), candidates=2)
    a, b = keys_of(election)
    del election.rules["tie_lower_is_better"]
    election.save(update_fields=["rules"])
    vote(election, hall.staff[3], a, b)
    close(election)
    election.refresh_from_db()
    assert election.result["winners"] == [a]
    assert dict(rule_words.rows(election))["Ties"][0] == "first by: Verified complaints"


def test_complaints_take_points_off_the_sum(hall, leader):
    complaints(hall, 1, 0, 3)
    award = make_award_without_ballot(hall, places=1)
    component(award, "leaders", "panel", "100", panel_roles=["centre_leader"], label="领导评分")
    shape = {"figure": "figures.complaints", "lower_is_better": True, "most_deduction": 2, "label": "投诉"}
    component(award, "complaints", "adjustment", order=2, **shape)
    election = reviewed(hall, award)
    a, b, c = keys_of(election)
    give(election, leader, "80", "80", "80")
    assert "added to the sum; Verified complaints deducted" in dict(rule_words.rows(election))["What counts"][1]
    with clock.at(DURING_VOTE):
        assessment.bring(
            election=election, component="complaints", key=a, value=Decimal(3), note="锦旗", by=hall.officer
        )
        assessment.freeze(election=election, by=hall.officer)
    assert election.inputs["values"]["complaints"][a] == {
        "value": "2.0000",
        "detail": {"entries": ["3"], "figure": "-1"},
    }
    assert election.result["scores"] == {a: "82.0000", b: "80.0000", c: "78.0000"}


def test_a_tie_figure_of_an_absent_plug_in_decides_nothing(hall):
    election = voting_round(hall, decided_by(make_award(hall, places=1), "gone.figure"))
    vote(election, hall.staff[3], keys_of(election)[0])
    close(election)
    election.refresh_from_db()
    assert set(election.inputs["tie"].values()) == {""}


def test_what_is_missing_blocks_with_its_component_and_names(hall, leader):
    election = reviewed(hall, assessed_award(hall))
    names = [row.name for row in election.candidates.order_by("key")]
    everyone = "、".join(names)
    numbers = {hall.person(0).pk: "0"}
    with figure("test.speed", numbers):
        missing = [str(one) for one in inputs.gather(election).missing]
        others = "、".join(row.name for row in election.candidates.order_by("key") if row.person != hall.person(0))
        assert missing == [
            "领导评分: scores not handed in yet (主任钱)",
            f"办件量: no value yet ({others})",
        ]
        assert refusal(assessment.freeze, election=election, by=hall.officer) == (
            "The inputs cannot be frozen yet. Missing: " + "; ".join(missing)
        )
    absent = str(inputs.gather(election).missing[1])
    assert absent.startswith("办件量: The figure “test.speed” is not available")
    assert absent.endswith(f"({everyone})")
    election.refresh_from_db()
    assert (election.inputs, election.inputs_frozen_at) == ({}, None)


def test_a_value_that_does_not_suit_its_scale_stops_the_freezing(hall):
    award = make_award_without_ballot(hall)
    component(award, "speed", "figure", "100", figure="test.speed", scale="of_best", label="办件量")
    election = reviewed(hall, award)
    with figure("test.speed", {hall.person(n).pk: "-1" for n in range(3)}):
        said = refusal(assessment.freeze, election=election, by=hall.officer)
    assert said == "“办件量” counts in percent of the best, but some of its values are below 0. Correct them."
    election.refresh_from_db()
    assert (election.inputs, election.inputs_frozen_at) == ({}, None)


def test_a_monthly_score_with_bonuses_counts_as_a_hundred_and_every_page_says_so(hall, tmp_path):
    award = make_award_without_ballot(hall, places=1)
    component(award, "monthly", "scores", "100", label="月度考核")
    for n, number in enumerate(("103", "98", "100")):
        score(hall.person(n), OCTOBER, number)
    election = reviewed(hall, award)
    a, b, c = keys_of(election)
    (part,) = explanations.parts(election, inputs.gather(election))
    assert part["warning"] == "1 value lies beyond 0 to 100 and counts as the nearer of the two."
    with clock.at(DURING_VOTE):
        assessment.freeze(election=election, by=hall.officer)
        assert election.result["scores"] == {a: "100.0000", b: "98.0000", c: "100.0000"}
        assert (set(election.result["tied"]), election.result["winners"]) == ({a, c}, [])
        decision.settle_tie(election=election, chosen=[a], reason="研究决定", by=hall.officer)
        results.start_notice(election=election, by=hall.officer)
    lines = {row["candidate"].key: row["lines"][0] for row in explanations.all_of(election)}
    assert [lines[key]["detail"] for key in (a, b)] == ["2026-10 103 · counts as 100", "2026-10 98"]
    assert (lines[a]["value"], lines[a]["points"]) == ("103.0000", "100.0000")
    record.write_bundle(Election.objects.select_related("award").get(pk=election.pk), tmp_path)
    assert found(tmp_path, [election.record_root]) == ""


def test_only_an_officer_who_does_not_stand_freezes(hall, leader):
    election = reviewed(hall, assessed_award(hall))
    for by in (leader, hall.scrutineer, hall.staff[0]):
        for call, more in (
            (assessment.freeze, {}),
            (assessment.take_away, {"pk": 1}),
            (assessment.bring, {"component": "extra", "key": "x", "value": Decimal(1), "note": "x"}),
        ):
            assert refusal(call, election=election, by=by, **more).startswith("Only union officers")
    standing = make_user(None, "union_officer")
    place(standing, hall.unit)
    election.nominations.filter(person=hall.person(0)).update(person=standing.person)
    assert refusal(assessment.freeze, election=election, by=standing).startswith("You stand in this round yourself")


def test_frozen_is_frozen(hall, leader):
    award = make_award_without_ballot(hall)
    component(award, "leaders", "panel", "100", panel_roles=["centre_leader"])
    component(award, "extra", "adjustment", order=2)
    election = reviewed(hall, award)
    a, _b, _c = keys_of(election)
    seat = give(election, leader, "90", "80", "70")
    bonus = {"component": "extra", "key": a, "value": Decimal(1), "note": "锦旗"}
    with clock.at(DURING_VOTE):
        brought = assessment.bring(election=election, by=hall.officer, **bonus)
        assessment.freeze(election=election, by=hall.officer)
    kept = (election.inputs, election.inputs_hash, election.result)
    frozen = "The inputs of this round are frozen. Nothing that enters the score can change any more."
    assert refusal(assessment.freeze, election=election, by=hall.officer) == frozen
    assert refusal(assessment.bring, election=election, by=hall.officer, **bonus) == frozen
    assert refusal(assessment.take_away, election=election, pk=brought.pk, by=hall.officer) == frozen
    assert refusal(panels.take_back, seat=seat, by=leader) == frozen
    assert refusal(panels.save_scores, seat=seat, scores={a: Decimal(1)}, conflicts=set(), by=leader) == frozen
    assert refusal(panels.hand_in, seat=seat, by=leader) == frozen
    assert refusal(panels.excuse, seat=seat, reason="stands", by=hall.officer) == frozen
    election.refresh_from_db()
    assert (election.inputs, election.inputs_hash, election.result) == kept
    with clock.at(DURING_VOTE):
        rounds.annul(election=election, reason="数据有误", by=hall.officer)


@pytest.mark.parametrize("value", ["0", "100.01", "-100.01", "1.001", "NaN"])
def test_points_brought_are_limited(hall, leader, value):
    election = reviewed(hall, assessed_award(hall))
    bonus = {"component": "extra", "key": keys_of(election)[0], "value": Decimal(value), "note": "锦旗"}
    assert refusal(assessment.bring, election=election, by=hall.officer, **bonus).startswith(
        "Enter points other than 0"
    )


def test_points_brought_need_a_reason_a_candidate_and_a_component(hall, leader):
    election = reviewed(hall, assessed_award(hall))
    good = {"component": "extra", "key": keys_of(election)[0], "value": Decimal("-100"), "note": "x" * 200}
    for change, said in (
        ({"note": " "}, "Say why, in at most 200 characters."),
        ({"note": "x" * 201}, "Say why, in at most 200 characters."),
        ({"key": "x"}, "Choose somebody who stands in this round."),
        ({"component": "leaders"}, "This round has no such bonuses and deductions."),
    ):
        assert refusal(assessment.bring, election=election, by=hall.officer, **(good | change)) == said
    with clock.at(DURING_VOTE):
        brought = assessment.bring(election=election, by=hall.officer, **good)
        assessment.take_away(election=election, pk=brought.pk, by=hall.officer)
    assert refusal(assessment.take_away, election=election, pk=brought.pk, by=hall.officer).startswith(
        "This entry is removed already."
    )


def test_monthly_scores_are_the_mean_of_every_month_and_each_is_needed(hall):
    award = make_award_without_ballot(hall, period="quarter")
    component(award, "monthly", "scores", "100", label="督查月评")
    election = reviewed(hall, award)
    election.period_last = dt.date(2026, 12, 31)
    a, b, c = keys_of(election)
    months = [dt.date(2026, month, 1) for month in (10, 11, 12)]
    numbers = {(hall.person(0).pk, month): score for month, score in zip(months, ("90", "91", "95.5"), strict=True)}
    numbers |= {(hall.person(1).pk, month): "88" for month in months[:2]}
    with figure(MONTHLY, numbers):
        gathered = inputs.gather(election)
    assert gathered.values["monthly"] == {
        a: {"value": "92.1667", "detail": {"months": {"2026-10": "90", "2026-11": "91", "2026-12": "95.5"}}}
    }
    (missing,) = gathered.missing
    assert sorted(missing.names) == sorted(row.name for row in election.candidates.filter(key__in=[b, c]))


def test_a_window_has_the_mean_of_its_people_where_the_figure_is_about_people(hall):
    award = make_award_without_ballot(hall)
    component(award, "speed", "figure", "100", figure="test.speed")
    election = reviewed(hall, award, candidates=1)
    election.candidates.update(person=None, window=hall.window)
    Election.objects.filter(pk=election.pk).update(rules={**election.rules, "subject": "window"})
    election.refresh_from_db()
    numbers = {hall.person(n).pk: number for n, number in enumerate(("10", "20", "40"))}
    with figure("test.speed", numbers):
        (value,) = inputs.gather(election).values["speed"].values()
    assert value["value"] == "23.3333"
    with figure("test.speed", {hall.window.pk: "77"}, subject="window"):
        (value,) = inputs.gather(election).values["speed"].values()
    assert value["value"] == "77.0000"


def test_clients_votes_are_summed_and_needed(hall):
    award = make_award_without_ballot(hall)
    component(award, "clients", "clients", "100", scale="of_best", label="群众投票")
    election = reviewed(hall, award)
    a, b, c = keys_of(election)
    rows = {row.key: row for row in election.candidates.all()}
    for key, value in ((a, "120"), (a, "30.5"), (b, "0")):
        RoundInput.objects.create(
            election=election, component="clients", candidate=rows[key], value=Decimal(value), created_at=clock.now()
        )
    gathered = inputs.gather(election)
    assert {key: row["value"] for key, row in gathered.values["clients"].items()} == {a: "150.5000", b: "0.0000"}
    assert [one.names for one in gathered.missing] == [[rows[c].name]]


def test_incidents_are_added_to_what_was_brought_by_hand(hall, leader):
    award = make_award_without_ballot(hall)
    component(award, "extra", "adjustment", figure="test.points")
    election = reviewed(hall, award)
    a, b, c = keys_of(election)
    with clock.at(DURING_VOTE):
        assessment.bring(
            election=election, component="extra", key=a, value=Decimal("1.5"), note="锦旗", by=hall.officer
        )
    assert [one.component for one in inputs.gather(election).missing] == ["extra"]
    with figure("test.points", {hall.person(0).pk: "-2", hall.person(1).pk: "-4"}):
        gathered = inputs.gather(election)
    assert gathered.missing == []
    assert {key: row["value"] for key, row in gathered.values["extra"].items()} == {
        **{a: "-0.5000", b: "-4.0000", c: "0.0000"}
    }
    assert gathered.values["extra"][a]["detail"] == {"entries": ["1.5"], "figure": "-2"}


def test_gathering_takes_the_same_few_queries_for_many_candidates(leader, django_assert_max_num_queries):
    asked = []
    for size in (2, 12):
        hall = make_hall(size)
        election = reviewed(hall, assessed_award(hall), candidates=size)
        give(election, leader, *["90"] * size)
        numbers = {hall.person(n).pk: "1" for n in range(size)}
        with figure("test.speed", numbers), django_assert_max_num_queries(12) as counted:
            inputs.gather(election)
        asked.append(len(counted))
    assert asked[0] == asked[1] <= 6


def test_where_nothing_but_a_meeting_chooses_there_is_nothing_to_wait_for(hall):
    election = reviewed(hall, make_award_without_ballot(hall, meeting_decides=True))
    assert election.phase == "decision"
    assert election.inputs == {"values": {}, "tie": dict.fromkeys(keys_of(election), "")}
    assert set(election.result["scores"].values()) == {"0.0000"}
