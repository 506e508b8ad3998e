"""Panels: who has a seat, what a seat may enter and when, and who never sees what."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.exceptions import RoundError
from evaluations.models import PanelScore
from evaluations.services import assessment, inputs, panels
from intranet import clock
from intranet.access.models import AuditEntry
from tests.people_of_the_hall import make_user

from .assessed import component, give, make_award_without_ballot, reviewed, seat_of
from .hall import DURING_VOTE, keys_of, make_award, make_hall, place, voting_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LEADERS = {"panel_roles": ["centre_leader", "inspection"], "label": "领导评分"}


@pytest.fixture
def hall():
    return make_hall(6)


@pytest.fixture
def leaders(hall):
    users = [make_user(None, "centre_leader", name=f"主任{n}") for n in range(3)]
    for user in users:
        place(user, hall.unit)
    return users


@pytest.fixture
def election(hall, leaders):
    award = make_award_without_ballot(hall)
    component(award, "leaders", "panel", "100", **LEADERS)
    return reviewed(hall, award)


def refusal(call, at=DURING_VOTE, **arguments) -> str:
    with pytest.raises(RoundError) as error, clock.at(at):
        call(**arguments)
    return str(error.value)


def test_seats_are_everyone_with_a_role_of_the_panel_once(hall, leaders):
    both = make_user(None, "inspection", "centre_leader", name="兼职钱")
    gone = make_user(None, "inspection", name="离职孙", is_active=False)
    hall.staff[0].groups.add(*both.groups.all())
    award = make_award_without_ballot(hall, leaders_excluded=False)
    component(award, "leaders", "panel", "60", **LEADERS)
    component(award, "duty", "panel", "40", order=2, panel_roles=["inspection"])
    election = reviewed(hall, award)
    seats = {(seat.component, seat.user_id): seat.role for seat in election.seats.all()}
    assert seats == {
        **{("leaders", user.pk): "centre_leader" for user in [*leaders, both]},
        ("duty", both.pk): "inspection",
    }
    assert gone.pk not in {user for _part, user in seats}
    assert seat_of(election, leaders[0]).name == "主任0"
    make_user(None, "centre_leader")
    panels.seat(election=election)
    assert election.seats.count() == 5


def test_whoever_sits_at_or_heads_a_window_that_stands_has_no_seat(hall, leaders):
    place_of_leader = leaders[0].person.postings.get()
    place_of_leader.window = hall.window
    place_of_leader.save()
    hall.window.leaderships.create(kind="window_head", person=leaders[1].person, starts_on="2020-01-06")
    award = make_award_without_ballot(hall)
    component(award, "monthly", "scores", "100")
    election = reviewed(hall, award, candidates=1)
    election.candidates.update(person=None, window=hall.window)
    standing = panels.standing_users(election)
    assert {leaders[0].pk, leaders[1].pk} <= standing
    assert leaders[2].pk not in standing
    election.candidates.update(window=None, team=hall.unit)
    assert {user.pk for user in leaders} <= panels.standing_users(election)


def test_seating_takes_few_queries(hall, leaders, django_assert_num_queries):
    for _ in range(20):
        make_user(None, "inspection")
    award = make_award_without_ballot(hall)
    component(award, "leaders", "panel", "100", **LEADERS)
    election = reviewed(hall, award)
    election.seats.all().delete()
    with django_assert_num_queries(9):
        panels.seat(election=election)
    assert election.seats.count() == 23


def test_a_panel_without_anybody_stops_the_round(hall):
    award = make_award_without_ballot(hall)
    component(award, "leaders", "panel", "100", panel_roles=["centre_leader"], label="领导评分")
    with pytest.raises(RoundError) as error:
        reviewed(hall, award)
    assert str(error.value).startswith("Nobody can score “领导评分”.")


def test_a_box_is_one_s_own(election, hall, leaders):
    seat = seat_of(election, leaders[0])
    for other in (leaders[1], hall.officer, hall.staff[0]):
        for call, more in (
            (panels.save_scores, {"scores": {}, "conflicts": set()}),
            (panels.hand_in, {}),
            (panels.take_back, {}),
        ):
            assert refusal(call, seat=seat, by=other, **more).startswith("You have no seat on this panel.")
    assert not PanelScore.objects.exists()


def test_scores_are_drafts_until_handed_in(election, leaders):
    a, b, c = keys_of(election)
    seat = give(election, leaders[0], "90", None, "85.5", hand_in=False)
    assert inputs.gather(election).values["leaders"] == {}
    said = refusal(panels.hand_in, seat=seat, by=leaders[0])
    assert said.startswith("Still without a score: ")
    with clock.at(DURING_VOTE):
        panels.save_scores(seat=seat, scores={b: Decimal(70), c: None}, conflicts={a}, by=leaders[0])
    kept = {row.candidate.key: (row.score, row.has_conflict) for row in seat.scores.all()}
    assert kept == {a: (None, True), b: (Decimal(70), False), c: (None, False)}
    assert refusal(panels.hand_in, seat=seat, by=leaders[0]).startswith("Still without a score: ")
    with clock.at(DURING_VOTE):
        panels.save_scores(seat=seat, scores={a: Decimal(1), c: Decimal("60.25")}, conflicts=set(), by=leaders[0])
        panels.hand_in(seat=seat, by=leaders[0])
    assert seat.handed_in_at == DURING_VOTE
    again = refusal(panels.save_scores, seat=seat, scores={a: Decimal(2)}, conflicts=set(), by=leaders[0])
    assert again == "Your scores are handed in. Take them back first to change them."
    assert refusal(panels.hand_in, seat=seat, by=leaders[0]) == "Your scores are handed in already."
    with clock.at(DURING_VOTE):
        panels.take_back(seat=seat, by=leaders[0])
    assert inputs.gather(election).values["leaders"] == {}
    assert refusal(panels.take_back, seat=seat, by=leaders[0]) == "Your scores are not handed in yet."


@pytest.mark.parametrize("score", ["-0.01", "100.01", "9.999", "NaN", "Infinity"])
def test_a_score_lies_between_0_and_100(election, leaders, score):
    seat, key = seat_of(election, leaders[0]), keys_of(election)[0]
    said = refusal(panels.save_scores, seat=seat, scores={key: Decimal(score)}, conflicts=set(), by=leaders[0])
    assert said.endswith("must lie between 0 and 100, with at most two decimals.")
    for fine in ("0", "100", "99.99"):
        with clock.at(DURING_VOTE):
            panels.save_scores(seat=seat, scores={key: Decimal(fine)}, conflicts=set(), by=leaders[0])


def test_only_those_who_stand_are_scored(election, hall, leaders):
    seat = seat_of(election, leaders[0])
    said = "Somebody among these does not stand in this round. Open the page again."
    assert refusal(panels.save_scores, seat=seat, scores={"x": Decimal(1)}, conflicts=set(), by=leaders[0]) == said
    assert refusal(panels.save_scores, seat=seat, scores={}, conflicts={"x"}, by=leaders[0]) == said


def test_nothing_is_scored_before_the_review_nor_in_an_ended_round(election, leaders):
    seat = seat_of(election, leaders[0])
    for change in ({"reviewed_at": None}, {"phase": "cancelled"}, {"phase": "annulled"}, {"phase": "public_notice"}):
        kept = {name: getattr(election, name) for name in change}
        type(election).objects.filter(pk=election.pk).update(**change)
        said = refusal(panels.save_scores, seat=seat, scores={}, conflicts=set(), by=leaders[0])
        assert said == "Nothing is scored in this round now."
        type(election).objects.filter(pk=election.pk).update(**kept)


def test_scoring_goes_on_while_people_vote(hall, leaders):
    award = make_award(hall)
    component(award, "ballots", "ballots", "50")
    component(award, "leaders", "panel", "50", order=2, **LEADERS)
    election = voting_round(hall, award)
    panels.seat(election=election)
    give(election, leaders[0], "80", "90", "x")


def test_whoever_came_to_stand_scores_no_more_and_the_officer_withdraws_the_seat(election, hall, leaders, settings):
    settings.LANGUAGE_CODE = "en"
    seat = give(election, leaders[0], "80", "90", "70")
    first = election.nominations.order_by("pk").first()
    election.nominations.filter(pk=first.pk).update(person=None, window=hall.window)
    hall.window.leaderships.create(kind="window_head", person=leaders[0].person, starts_on="2020-01-06")
    said = refusal(panels.take_back, seat=seat, by=leaders[0])
    assert said == "You stand in this round yourself, so you cannot score in it."
    assert refusal(panels.excuse, seat=seat, reason="absent", by=hall.officer).startswith(
        "These scores are handed in"
    )
    assert refusal(panels.excuse, seat=seat, reason="whatever", by=hall.officer).startswith("Say why")
    assert refusal(panels.excuse, seat=seat, reason="stands", by=leaders[1]).startswith("Only union officers")
    with clock.at(DURING_VOTE):
        panels.excuse(seat=seat, reason="stands", by=hall.officer)
    assert not PanelScore.objects.exists()
    last = election.events.order_by("-number").first()
    assert last is not None
    assert last.what == "Seat of 主任0 for “领导评分” withdrawn: stands in this round"
    assert refusal(panels.excuse, seat=seat, reason="stands", by=hall.officer).startswith("This seat is withdrawn")


def test_neither_events_nor_the_audit_log_tell_a_score(election, leaders):
    give(election, leaders[0], "83.17", "x", "61.29")
    texts = [str(row) for row in AuditEntry.objects.values_list("data", "label")]
    texts += list(election.events.values_list("what", flat=True))
    assert not [text for text in texts if "83.17" in text or "61.29" in text]
    assert AuditEntry.objects.filter(action="evaluations.hand_in", user=leaders[0]).count() == 1


def test_the_mean_of_what_counts(election, leaders):
    a, b, c = keys_of(election)
    give(election, leaders[0], "90", "x", "80")
    give(election, leaders[1], "85", "70", "81")
    give(election, leaders[2], "80.01", "71", "81")
    values = inputs.gather(election).values["leaders"]
    assert {key: (values[key]["value"], values[key]["detail"]) for key in (a, b, c)} == {
        a: ("85.0033", {"scores": 3, "counted": 3}),
        b: ("70.5000", {"scores": 2, "counted": 2}),
        c: ("80.6667", {"scores": 3, "counted": 3}),
    }


def test_extremes_are_left_out_only_where_three_others_remain():
    given = [Decimal(n) for n in (60, 99, 80, 70)]
    assert inputs.without_extremes(given) == [60, 70, 80, 99]
    assert inputs.without_extremes([*given, Decimal(99)]) == [70, 80, 99]


def test_a_late_seat_blocks_until_the_day_scores_are_due(election, leaders, hall):
    give(election, leaders[0], "90", "91", "92")
    assert [str(one) for one in inputs.gather(election).missing] == [
        "领导评分: scores not handed in yet (主任1、主任2)"
    ]
    election.scores_due = clock.parse("2026-11-09T17:30")
    with clock.at(clock.parse("2026-11-09T17:29")):
        assert inputs.gather(election).missing
    with clock.at(clock.parse("2026-11-09T17:30")):
        assert inputs.gather(election).missing == []


def test_a_candidate_whom_nobody_scored_is_missing_and_never_zero(election, leaders, hall):
    for user in leaders:
        give(election, user, "90", "x", "92")
    (one,) = inputs.gather(election).missing
    assert (one.component, one.names) == ("leaders", [election.candidates.get(key=keys_of(election)[1]).name])
    said = refusal(assessment.freeze, election=election, by=hall.officer)
    assert said.startswith(
        "The inputs cannot be frozen yet. Missing: 领导评分: "
        "nobody on the panel has given a score; give somebody else a seat ("
    )


def test_somebody_else_scores_where_the_whole_panel_has_a_conflict(election, leaders, hall, settings):
    settings.LANGUAGE_CODE = "en"
    for user in leaders:
        give(election, user, "90", "x", "92")
    inspector = make_user(None, "inspection", name="督查郑")
    with clock.at(DURING_VOTE):
        seat = panels.add_seat(election=election, component="leaders", user=inspector.pk, by=hall.officer)
    assert (seat.role, seat.name) == ("inspection", "督查郑")
    last = election.events.order_by("-number").first()
    assert last is not None
    assert (last.what, last.who) == ("Seat for “领导评分” given to 督查郑", "工会周 (Union officer)")
    assert AuditEntry.objects.filter(action="evaluations.add_seat", user=hall.officer).count() == 1
    assert [str(one) for one in inputs.gather(election).missing] == ["领导评分: scores not handed in yet (督查郑)"]
    give(election, inspector, "80", "81", "82")
    with clock.at(DURING_VOTE):
        assessment.freeze(election=election, by=hall.officer)
    values = election.inputs["values"]["leaders"]
    assert values[keys_of(election)[1]] == {"value": "81.0000", "detail": {"scores": 1, "counted": 1}}
    said = refusal(panels.add_seat, election=election, component="leaders", user=leaders[0].pk, by=hall.officer)
    assert said.startswith("The inputs of this round are frozen.")


def test_after_the_last_seat_was_withdrawn_another_is_given(election, leaders, hall):
    for seat in election.seats.all():
        with clock.at(DURING_VOTE):
            panels.excuse(seat=seat, reason="absent", by=hall.officer)
    (one,) = inputs.gather(election).missing
    assert one.what == "nobody on the panel has given a score; give somebody else a seat"
    with clock.at(DURING_VOTE):
        panels.add_seat(election=election, component="leaders", user=leaders[2].pk, by=hall.officer)
    assert [(seat.user, seat.role) for seat in election.seats.all()] == [(leaders[2], "centre_leader")]
    give(election, leaders[2], "80", "81", "82")
    assert inputs.gather(election).missing == []


def test_who_may_be_given_a_seat_and_by_whom(election, leaders, hall, django_assert_num_queries):
    standing = make_user(None, "inspection", name="参评王")
    hall.window.leaderships.create(kind="window_head", person=standing.person, starts_on="2020-01-06")
    first = election.nominations.order_by("pk").first()
    candidate = election.candidates.get(nomination=first)
    election.candidates.filter(pk=candidate.pk).update(person=None, window=hall.window)
    gone = make_user(None, "inspection", name="离职孙", is_active=False)
    both = make_user(None, "union_officer", "inspection", name="兼职钱")
    assert [(user, role) for user, role in panels.replacements(election) if user not in leaders] == [
        (both, "inspection")
    ]

    def said(user, by=hall.officer, component="leaders") -> str:
        return refusal(panels.add_seat, election=election, component=component, user=user.pk, by=by)

    for user in (standing, gone, hall.staff[4]):
        assert said(user).startswith("Choose somebody with a role of this panel")
    assert said(leaders[0]).startswith("This person has a seat already.")
    assert said(both, by=both).startswith("Nobody gives themselves a seat.")
    assert said(both, component="none").startswith("No panel scores this component.")
    assert said(both, by=leaders[1]).startswith("Only union officers")
    assert not election.seats.filter(user=both).exists()
    with django_assert_num_queries(4):
        panels.replacements(election)
