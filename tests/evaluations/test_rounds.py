"""Officers' steps and the clock's: who may, when, what is refused and how it is said."""

from __future__ import annotations

import datetime as dt

import pytest

from evaluations.exceptions import RoundError
from evaluations.jobs import rounds_job
from evaluations.models import Award, Election, Nomination
from evaluations.services import awards, eligibility, nominations, officers, progress, roll, rounds, sealing
from intranet import clock
from intranet.access.models import AuditEntry
from intranet.people.models import Leadership, Person, Posting
from tests.people_of_the_hall import make_user

from .hall import (
    BEFORE,
    CLOSES,
    ENDS,
    OPENS,
    VOTES,
    close,
    keys_of,
    make_award,
    make_hall,
    opened,
    plan,
    voting_round,
)
from .hall import vote as cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def hall():
    return make_hall(4)


def refusal(call, **arguments) -> str:
    with pytest.raises(RoundError) as error:
        call(**arguments)
    return str(error.value)


# Awards


def test_an_award_is_set_up_and_changed(hall):
    award = make_award(hall, places=3)
    assert awards.change_award(award=award, by=hall.officer, places=5).places == 5
    actions = AuditEntry.objects.filter(object_id=str(award.pk), action__startswith="evaluations.")
    assert set(actions.values_list("action", flat=True)) == {"evaluations.set_up", "evaluations.change"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"places": 0}, "places: Ensure this value is greater than or equal to 1."),
        ({"name": ""}, "name: This field cannot be blank."),
        ({"min_choices": 3, "max_choices": 2}, "The fewest choices on a ballot cannot be more than the most."),
        (
            {"quota_per_unit": 0, "self_allowed": False, "colleague_allowed": False},
            "Nobody could be recommended. Allow units, oneself or colleagues to recommend.",
        ),
    ],
)
def test_an_award_that_cannot_work(hall, fields, sentence):
    assert sentence in refusal(make_award, hall=hall, **fields)
    award = make_award(hall)
    assert sentence in refusal(awards.change_award, award=award, by=hall.officer, **fields)
    award.refresh_from_db()
    assert award.places == 2


@pytest.mark.parametrize(
    "fields",
    [{"min_choices": 2, "max_choices": 2}, {"quota_per_unit": 1, "self_allowed": False, "colleague_allowed": False}],
)
def test_awards_at_the_edge_of_what_works(hall, fields):
    assert make_award(hall, **fields).pk


def test_only_officers_run_awards_and_rounds(hall):
    nobody = hall.staff[0]
    sentence = "Only union officers may do this. Please ask the union."
    award, election = make_award(hall), plan(hall)
    assert refusal(awards.set_up_award, by=nobody, slug="x", name="x") == sentence
    assert refusal(awards.change_award, award=award, by=nobody) == sentence
    assert refusal(rounds.change_dates, election=election, by=nobody) == sentence
    assert refusal(rounds.open_round, election=election, by=nobody) == sentence
    assert refusal(rounds.finish_review, election=election, by=nobody) == sentence
    assert refusal(rounds.cancel, election=election, reason="x", by=nobody) == sentence
    assert refusal(rounds.annul, election=election, reason="x", by=nobody) == sentence
    chair = make_user(None, "union_chair")
    with clock.at(BEFORE):
        rounds.change_dates(election=election, by=chair)


# Planning


def test_a_round_is_planned(hall):
    award = make_award(hall, slug="star")
    election = plan(hall, award)
    assert (election.phase, election.slug, str(election)) == (
        "preparation",
        "star-2026-10",
        f"{award.name} 2026年10月",
    )
    assert (
        list(election.events.values_list("what", "previous")) == [("已拟定评选计划", "")]
        or election.events.count() == 1
    )


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ({"recommendation_closes": OPENS}, "Recommendation must close after it opens."),
        ({"voting_opens": CLOSES - SECOND}, "Voting cannot open before recommendation closes."),
        ({"voting_closes": VOTES}, "Voting must close after it opens."),
        ({"period_last": dt.date(2026, 9, 30)}, "The appraised period ends before it begins. Put its dates right."),
        ({"period_last": dt.date(2026, 11, 1)}, "The appraised period must lie within one month."),
        ({"period_last": dt.date(2027, 10, 31)}, "The appraised period must lie within one month."),
    ],
)
def test_dates_in_the_wrong_order(hall, dates, sentence):
    assert refusal(plan, hall=hall, **dates) == sentence
    election = plan(hall)
    assert refusal(rounds.change_dates, election=election, by=hall.officer, **dates) == sentence


def test_dates_at_the_edge(hall):
    assert plan(hall, voting_opens=CLOSES).pk
    assert plan(hall, period_first=dt.date(2026, 10, 31), period_last=dt.date(2026, 10, 31)).pk


@pytest.mark.parametrize("has_ballot", [True, False])
def test_a_round_is_not_planned_when_recommending_would_be_over(hall, has_ballot):
    award = make_award(hall, **({} if has_ballot else {"ballot_kind": "none", "meeting_decides": True}))
    dates = {"recommendation_opens": BEFORE - 2 * SECOND} | (
        {} if has_ballot else {"voting_opens": None, "voting_closes": None}
    )
    over = "Recommendation would already be over. Choose later dates."
    assert refusal(plan, hall=hall, award=award, **dates, recommendation_closes=BEFORE) == over
    planned = plan(hall, award, **dates, recommendation_closes=BEFORE + SECOND)
    with clock.at(BEFORE):
        late = {"recommendation_closes": BEFORE}
        assert refusal(rounds.change_dates, election=planned, by=hall.officer, **late) == over


def test_scores_are_due_when_the_vote_is_over(hall):
    early = "Scores cannot be due before voting closes."
    assert refusal(plan, hall=hall, scores_due=ENDS - SECOND) == early
    assert plan(hall, scores_due=ENDS).scores_due == ENDS


def test_one_round_a_period_unless_the_first_was_called_off(hall):
    award = make_award(hall, slug="star")
    first = plan(hall, award)
    assert refusal(plan, hall=hall, award=award) == "There is already a round of this award for that period."
    rounds.cancel(election=first, reason="日期有误", by=hall.officer)
    assert plan(hall, award).slug == "star-2026-10-2"
    assert Election.objects.get(pk=first.pk).ended_reason == "日期有误"


@pytest.mark.parametrize(
    ("period", "last", "slug", "label"),
    [
        ("quarter", dt.date(2026, 12, 31), "-2026-q4", "2026年第4季度"),
        ("year", dt.date(2026, 12, 31), "-2026", "2026年"),
        ("once", dt.date(2026, 10, 31), "-2026-10", "2026年10月"),
        ("once", dt.date(2027, 3, 1), "-2026-10", "2026年"),
    ],
)
def test_periods(hall, period, last, slug, label):
    election = plan(hall, make_award(hall, slug="award", period=period), period_last=last)
    assert (election.slug, election.period_label) == (f"award{slug}", label)


def test_an_ended_award_has_no_new_rounds(hall):
    award = make_award(hall, retired_on=clock.day_of(BEFORE))
    assert "This award has ended." in refusal(plan, hall=hall, award=award)
    with clock.at(BEFORE):
        assert award not in Award.objects.current()
    later = make_award(hall, retired_on=clock.day_of(BEFORE) + dt.timedelta(days=1))
    assert plan(hall, later).pk
    with clock.at(BEFORE):
        assert later in Award.objects.current()


def test_dates_change_only_before_opening(hall):
    election = plan(hall)
    with clock.at(BEFORE):
        later = ENDS + dt.timedelta(hours=1)
        assert rounds.change_dates(election=election, by=hall.officer, voting_closes=later).voting_closes == later
        with pytest.raises(TypeError):
            rounds.change_dates(election=election, by=hall.officer, phase="sealed")
        rounds.open_round(election=election, by=hall.officer)
        assert election.phase == "preparation"
        said = refusal(rounds.change_dates, election=election, by=hall.officer, voting_closes=ENDS)
    assert said == "The dates are fixed since the round was opened. Cancel it and plan another if you must."


# Opening: rules and roll are frozen


def test_opening_freezes_the_rules(hall):
    award = make_award(hall, places=2, honour_text="敬业奉献")
    election = opened(hall, award)
    awards.change_award(award=award, by=hall.officer, places=9, honour_text="")
    election.refresh_from_db()
    rules = election.rules
    assert (rules["places"], rules["honour_text"], rules["slug"]) == (2, "敬业奉献", election.slug)
    assert rules["voting_opens"] == "2026-11-05T01:00:00+00:00"
    assert (rules["period_first"], rules["period_last"]) == ("2026-10-01", "2026-10-31")
    assert election.rules_now == rules
    assert set(award.rules()) <= set(rules)
    assert plan(hall, make_award(hall, places=7)).rules_now["places"] == 7


def test_the_roll_is_frozen_and_later_changes_touch_nothing(hall, django_assert_max_num_queries):
    without_account = Person.objects.create(staff_number="N1", name="无账号", entered_on=dt.date(2026, 1, 1))
    Person.objects.create(staff_number="N2", name="已离开", left_on=dt.date(2026, 11, 1))
    leaving_today = Person.objects.create(staff_number="N3", name="今天离开", left_on=dt.date(2026, 11, 2))
    Person.objects.create(staff_number="N4", name="明天来", entered_on=dt.date(2026, 11, 3))
    election = opened(hall)
    numbers = {row.staff_number for row in election.roll.all()}
    staff = {user.person.staff_number for user in [*hall.staff, hall.officer, hall.scrutineer]}
    assert numbers == staff | {"N1", "N3"}
    assert election.roll_size == len(numbers)
    assert {row.box for row in election.roll.all()} == {"staff"}
    before = election.roll_root
    person = hall.person(0)
    assert election.roll.get(person=person).unit_name == hall.unit.name
    assert election.roll.get(person=without_account).unit_name == ""
    Person.objects.filter(pk=person.pk).update(name="改名", left_on=dt.date(2026, 11, 2))
    Posting.objects.filter(person=leaving_today).delete()
    election.refresh_from_db()
    assert (
        roll.root_of(election.roll.all())
        == roll.root_of(reversed(election.roll.all()))
        == before
        == election.roll_root
    )
    election.roll.filter(person=person).update(name="改名")
    assert roll.root_of(election.roll.all()) != before


def test_only_window_staff_vote_where_the_award_says_so(hall):
    election = opened(hall, make_award(hall, electorate="window_staff"))
    assert {row.person_id for row in election.roll.all()} == {user.person.pk for user in hall.staff}


def test_opening_a_hall_of_many_takes_few_queries(hall, django_assert_max_num_queries):
    Person.objects.bulk_create([Person(staff_number=f"M{n}", name=f"某{n}") for n in range(900)])
    election = plan(hall)
    with clock.at(OPENS), django_assert_max_num_queries(40):
        rounds.open_round(election=election, by=hall.officer)
    assert election.roll_size > 900


def test_opening_is_refused(hall):
    election = plan(hall)
    with clock.at(CLOSES):
        said = refusal(rounds.open_round, election=election, by=hall.officer)
    assert said == "The time for recommendations is already over. Change the dates first."
    with clock.at(CLOSES - SECOND):
        rounds.open_round(election=election, by=hall.officer)
        assert election.phase == "recommendation"
        assert refusal(rounds.open_round, election=election, by=hall.officer) == "This round is already open."
    nobody = plan(hall, make_award(hall, electorate="window_staff"))
    Posting.objects.update(window=None)
    with clock.at(OPENS):
        said = refusal(rounds.open_round, election=nobody, by=hall.officer)
    assert said.startswith("Nobody would be allowed to vote.")
    nobody.refresh_from_db()
    assert nobody.opened_at is None


# The clock


def phase_of(election) -> str:
    return Election.objects.get(pk=election.pk).phase


def test_phases_move_at_their_second_and_never_back(hall):
    election = plan(hall)
    with clock.at(BEFORE):
        rounds.open_round(election=election, by=hall.officer)
    steps = [(OPENS - SECOND, "preparation"), (OPENS, "recommendation"), (CLOSES - SECOND, "recommendation")]
    for moment, phase in [*steps, (CLOSES, "review"), (BEFORE, "review"), (VOTES, "review")]:
        rounds.advance(moment)
        assert phase_of(election) == phase
    assert (
        list(election.events.order_by("number").values_list("who", flat=True)[2:]) == [election.events.last().who] * 2
    )


def test_a_round_that_fails_holds_up_no_other_and_is_told(hall, monkeypatch):
    broken, sound = plan(hall), plan(hall, make_award(hall, slug="another", name="示范岗"))
    with clock.at(BEFORE):
        for election in (broken, sound):
            rounds.open_round(election=election, by=hall.officer)
    step = progress.step

    def step_or_fail(election):
        if election.pk == broken.pk:
            raise ValueError("unforeseen")
        step(election)

    monkeypatch.setattr(progress, "step", step_or_fail)
    with pytest.raises(ValueError, match="unforeseen"):
        rounds.advance(OPENS)
    assert (phase_of(broken), phase_of(sound)) == ("preparation", "recommendation")


def test_a_round_nobody_opened_stays_in_preparation_and_says_why(hall):
    election = plan(hall)
    rounds.advance(ENDS)
    assert phase_of(election) == "preparation"
    with clock.at(OPENS - SECOND):
        assert election.blocked_reason == ""
    with clock.at(OPENS):
        assert election.blocked_reason == "Recommendation should have begun. Open the round, or change its dates."


def review(hall):
    election = opened(hall)
    with clock.at(OPENS):
        given = nominations.recommend(election=election, kind="self", reason="好", by=hall.staff[0])
    rounds.advance(CLOSES)
    election.refresh_from_db()
    return election, given


def test_voting_waits_for_the_review_and_opens_when_it_is_finished(hall):
    election, given = review(hall)
    with clock.at(VOTES - SECOND):
        assert election.blocked_reason == ""
    rounds.advance(VOTES)
    assert phase_of(election) == "review"
    with clock.at(VOTES):
        assert election.blocked_reason.startswith("Voting should have begun. Finish the review;")
        nominations.approve(nomination=given, by=hall.officer)
        rounds.finish_review(election=election, by=hall.officer)
    assert (election.phase, phase_of(election), election.reviewed_at) == ("voting", "voting", VOTES)


def test_review_finished_early_opens_voting_at_its_time(hall):
    election, given = review(hall)
    with clock.at(CLOSES):
        nominations.approve(nomination=given, by=hall.officer)
        rounds.finish_review(election=election, by=hall.officer)
        assert election.phase == "review"
        assert election.blocked_reason == ""
        assert (
            refusal(rounds.finish_review, election=election, by=hall.officer) == "There is no review to finish now."
        )
    rounds.advance(VOTES - SECOND)
    assert phase_of(election) == "review"
    rounds.advance(VOTES)
    assert phase_of(election) == "voting"


def test_a_review_never_finished_is_past_help(hall):
    election, given = review(hall)
    with clock.at(ENDS):
        assert "review was never finished. Cancel this round" in election.blocked_reason
        nominations.approve(nomination=given, by=hall.officer)
        said = refusal(rounds.finish_review, election=election, by=hall.officer)
    assert said == "The time for voting is already over. Cancel this round and plan another."


def test_what_a_review_needs(hall):
    election, given = review(hall)
    with clock.at(CLOSES):
        said = refusal(rounds.finish_review, election=election, by=hall.officer)
        assert said == "1 recommendations still wait for review. Admit or refuse each."
        nominations.reject(nomination=given, reason="材料不全", by=hall.officer)
        said = refusal(rounds.finish_review, election=election, by=hall.officer)
    assert said == "A ballot needs at least 1 candidates, and there are 0. Admit more, or cancel the round."


def test_a_ballot_needs_as_many_candidates_as_the_fewest_choices(hall):
    election = opened(hall, make_award(hall, min_choices=2))
    with clock.at(OPENS):
        given = [
            nominations.recommend(election=election, kind="self", reason="好", by=user) for user in hall.staff[:2]
        ]
        waiting = nominations.recommend(
            election=election, kind="colleague", person=hall.person(3), reason="好", by=hall.staff[0]
        )
        nominations.approve(nomination=given[0], by=hall.officer)
    rounds.advance(CLOSES)
    election.refresh_from_db()
    with clock.at(CLOSES):
        nominations.approve(nomination=given[1], by=hall.officer)
        rounds.finish_review(election=election, by=hall.officer)
    waiting.refresh_from_db()
    assert waiting.state == "lapsed"


def test_due_instants(hall):
    election = opened(hall)
    far = (BEFORE, ENDS + dt.timedelta(days=30))
    assert list(progress.due_instants(*far)) == [OPENS, CLOSES, VOTES, ENDS]
    assert list(progress.due_instants(OPENS, VOTES)) == [CLOSES, VOTES]
    Election.objects.update(notice_last=dt.date(2026, 11, 13))
    assert list(progress.due_instants(ENDS, far[1])) == [clock.parse("2026-11-14T00:00")]
    rounds.cancel(election=election, reason="撤", by=hall.officer)
    assert list(progress.due_instants(*far)) == []
    assert (rounds_job.run, rounds_job.due_instants) == (rounds.advance, rounds.due_instants)


# Ending early


def test_cancelling(hall):
    election = opened(hall)
    assert refusal(rounds.cancel, election=election, reason=" ", by=hall.officer).startswith("Say why.")
    said = refusal(rounds.cancel, election=election, reason="x" * 301, by=hall.officer)
    assert said == "The reason is too long. Use at most 300 characters."
    rounds.cancel(election=election, reason=" " + "x" * 300, by=hall.officer)
    assert (election.phase, election.ended_reason, election.closed_at) == ("cancelled", "x" * 300, None)
    said = refusal(rounds.cancel, election=election, reason="x", by=hall.officer)
    assert said == "Voting in this round is over. It can be annulled, not cancelled."
    assert election in Election.objects.all()
    assert election not in Election.objects.running()
    # "The reason is shown to everyone": whoever was on the roll can read why.
    assert election in Election.objects.visible_to(hall.staff[0])
    never_opened = plan(hall)
    assert never_opened not in Election.objects.visible_to(hall.staff[0])
    rounds.cancel(election=never_opened, reason="计划有变", by=hall.officer)
    assert never_opened not in Election.objects.visible_to(hall.staff[0])
    assert never_opened in Election.objects.visible_to(hall.officer)


def test_cancelling_during_and_after_voting(hall):
    election = voting_round(hall)
    with clock.at(ENDS):
        assert "can be annulled, not cancelled" in refusal(
            rounds.cancel, election=election, reason="x", by=hall.officer
        )
    with clock.at(ENDS - SECOND):
        rounds.cancel(election=election, reason="系统故障", by=hall.officer)
    assert election.closed_at == ENDS - SECOND
    assert list(Election.objects.waiting_for_seal(BEFORE)) == [election]


def test_annulling(hall):
    election = voting_round(hall)
    assert (
        refusal(rounds.annul, election=election, reason="x", by=hall.officer)
        == "Only a round whose ballots are sealed can be annulled."
    )
    cast(election, hall.staff[0], keys_of(election)[0])
    close(election)
    with clock.at(ENDS):
        rounds.annul(election=election, reason="举报属实", by=hall.officer)
    assert (election.phase, election.ended_reason) == ("annulled", "举报属实")
    assert "举报属实" in election.events.last().what
    assert refusal(rounds.annul, election=election, reason="x", by=hall.officer).startswith("Only a round")


# Sealing's own rules (how it keeps the secret: test_secrecy)


def test_sealing_is_refused_before_its_time_and_done_once(hall):
    election = voting_round(hall)
    with clock.at(ENDS - SECOND):
        said = refusal(sealing.close_voting, election=election, by=None)
        assert said == "Voting is still open. The ballots are sealed when it ends."
    closed = close(election)
    events = election.events.count()
    with clock.at(ENDS):
        assert sealing.close_voting(election, None) is False
        sealing.declare_sealed(election, None)
    assert election.events.count() == events
    assert closed.sealed_at == ENDS
    early = opened(hall)
    assert refusal(sealing.close_voting, election=early, by=None) == "There are no ballots to seal in this round now."


def test_a_round_cancelled_before_voting_has_nothing_to_seal(hall):
    election = opened(hall)
    with clock.at(OPENS):
        rounds.cancel(election=election, reason="延期举行", by=hall.officer)
        said = refusal(sealing.close_voting, election=election, by=None)
    assert said == "There are no ballots to seal in this round now."
    election.refresh_from_db()
    assert election.closed_at is None


def test_sealing_inside_a_transaction_is_a_mistake_of_the_program(hall):
    election = voting_round(hall)
    with clock.at(ENDS), pytest.raises(RuntimeError, match="inside a transaction"):
        sealing.seal(election=election)
    assert phase_of(election) == "voting"


def test_while_sealing_goes_on_the_round_says_so(hall):
    election = voting_round(hall)
    with clock.at(ENDS):
        sealing.close_voting(election, None)
        assert election.phase == "voting"
        assert election.blocked_reason == "Voting has ended; the ballots are being sealed."
    said = election.events.count()
    with clock.at(ENDS + SECOND):
        # The clock begins again after a crash: voting was closed once, and then.
        assert sealing.close_voting(election, None) is True
    assert (election.closed_at, election.events.count()) == (ENDS, said)
    with clock.at(ENDS - SECOND):
        assert election.blocked_reason == ""
        assert election.is_open_for_votes is False


# Officers who stand


def test_an_officer_who_stands_is_locked_out(hall):
    hall.officer.person.postings.update(window=hall.window)
    other = make_user(None, "union_officer")
    election = opened(hall)
    sentence = "You stand in this round yourself, so another union officer must run it."
    with clock.at(OPENS):
        proposed = nominations.recommend(
            election=election, kind="colleague", person=hall.officer.person, reason="好", by=hall.staff[0]
        )
        officers.require_officer(hall.officer, election)  # being named does not lock anybody out
        nominations.accept(nomination=proposed, by=hall.officer)
        assert officers.stands_in(election, hall.officer) is True
        assert refusal(rounds.cancel, election=election, reason="x", by=hall.officer) == sentence
        assert refusal(nominations.approve, nomination=proposed, by=hall.officer) == sentence
        nominations.approve(nomination=proposed, by=other)
        assert refusal(rounds.cancel, election=election, reason="x", by=hall.officer) == sentence
        nominations.withdraw(nomination=proposed, by=hall.officer)
        assert officers.stands_in(election, hall.officer) is False
    assert officers.stands_in(opened(hall), hall.officer) is False
    assert officers.stands_in(election, make_user(person=False)) is False


def test_an_officer_at_a_window_that_stands_is_locked_out(hall):
    hall.officer.person.postings.update(window=hall.window)
    election = opened(hall, make_award(hall, subject="window"))
    Nomination.objects.create(
        election=election,
        kind="unit",
        window=hall.window,
        by=hall.staff[0],
        reason="好",
        state="accepted",
        created_at=OPENS,
    )
    with clock.at(OPENS):
        assert officers.stands_in(election, hall.officer) is True
        assert officers.stands_in(election, hall.scrutineer) is False
        # Who heads a window without sitting there has accepted for it, and stands as well.
        Leadership.objects.create(
            kind="window_head", person=hall.scrutineer.person, window=hall.window, starts_on=dt.date(2020, 1, 6)
        )
        assert officers.stands_in(election, hall.scrutineer) is True


def test_months_before():
    assert eligibility.months_before(dt.date(2026, 5, 31), 3) == dt.date(2026, 2, 28)
    assert eligibility.months_before(dt.date(2026, 1, 15), 1) == dt.date(2025, 12, 15)
    assert eligibility.months_before(dt.date(2026, 12, 15), 12) == dt.date(2025, 12, 15)
    assert eligibility.months_before(dt.date(2026, 3, 1), 0) == dt.date(2026, 3, 1)
