"""Rounds that open by themselves: once a period, on their working day, not when skipped, and not twice."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.exceptions import NominationError, RoundError
from evaluations.models import Award, Election, Honour, Nomination
from evaluations.openings import Openings
from evaluations.planning import period_around
from evaluations.services import awards, nominations, openings, rounds, skips
from evaluations.services.eligibility import eligible_people
from intranet import clock
from intranet.access.models import AuditEntry
from intranet.people.models import Posting

from .hall import make_award, make_hall

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SET_UP = clock.parse("2026-01-05T10:00")
HALF_A_DAY = dt.timedelta(hours=12)


@pytest.fixture
def hall():
    return make_hall(3)


def monthly(hall, *, set_up: str = "2026-01-05T10:00", **fields) -> Award:
    with clock.at(clock.parse(set_up)):
        return make_award(hall, **{"opens_by_itself": True, "open_workday": 1} | fields)


def run(first: str, last: str, every: dt.timedelta = HALF_A_DAY) -> list[Election]:
    """The clock from one instant to another; an instant at which something opened is run again."""
    now, end, made = clock.parse(first), clock.parse(last), []
    while now <= end:
        opened = openings.open_due(now)
        assert not opened or openings.open_due(now) == []
        made += opened
        now += every
    return made


def periods(award: Award) -> list[str]:
    return [f"{day:%Y-%m}" for day in award.elections.order_by("period_first").values_list("period_first", flat=True)]


def test_24_months_make_exactly_24_rounds(hall):
    award = monthly(hall)
    made = run("2026-01-06T00:00", "2028-01-31T12:00")
    assert periods(award) == [f"{2026 + month // 12}-{month % 12 + 1:02d}" for month in range(24)]
    assert len(made) == 24
    for election in made:
        assert clock.day_of(election.opened_at) == clock.day_of(election.recommendation_opens)
        assert clock.day_of(election.recommendation_opens) > election.period_last
        assert election.phase == "recommendation"
        assert election.created_by is None


def test_the_dates_are_the_awards_working_days(hall):
    monthly(hall, set_up="2026-10-15T10:00", recommend_workdays=2, review_workdays=2, vote_workdays=1)
    (made,) = run("2026-10-31T00:00", "2026-11-02T12:00")
    wanted = ["2026-11-02T09:00", "2026-11-03T17:30", "2026-11-06T09:00", "2026-11-06T17:30"]
    found = [made.recommendation_opens, made.recommendation_closes, made.voting_opens, made.voting_closes]
    assert found == [clock.parse(moment) for moment in wanted]
    assert (made.period_first, made.scores_due) == (dt.date(2026, 10, 1), None)


def test_a_round_without_ballot_has_its_scores_due(hall):
    panel = {"key": "panel", "kind": "panel", "label": "评委", "weight": 100, "panel_roles": ["inspection"]}
    monthly(hall, set_up="2026-10-15T10:00", ballot_kind="none", components=[panel])
    (made,) = run("2026-10-31T00:00", "2026-11-02T12:00")
    assert (made.voting_opens, made.voting_closes) == (None, None)
    # Three days of recommendation, one of review, three for the scores.
    assert made.scores_due == clock.parse("2026-11-10T17:30")


def test_backwards_from_the_end_of_the_period(hall):
    award = monthly(hall, open_workday=-3)
    run("2026-10-26T00:00", "2026-10-27T12:00")
    assert "2026-10" not in periods(award)
    run("2026-10-28T00:00", "2026-10-28T12:00")
    assert periods(award)[-1] == "2026-10"


def test_not_before_nine(hall):
    award = monthly(hall)
    assert openings.open_due(clock.parse("2026-02-02T08:59")) == []
    openings.open_due(clock.parse("2026-02-02T09:00"))
    assert periods(award) == ["2026-01"]


def test_nothing_from_before_it_was_set_up(hall):
    with clock.at(clock.parse("2026-10-15T10:00")):
        award = make_award(hall, opens_by_itself=True)
    assert run("2026-10-15T12:00", "2026-10-31T12:00") == []
    run("2026-11-01T00:00", "2026-11-03T00:00")
    assert periods(award) == ["2026-10"]


def test_turned_on_again_it_does_not_make_up_for_what_was_off(hall):
    award = monthly(hall)
    with clock.at(clock.parse("2026-03-10T10:00")):
        awards.change_award(award=award, by=hall.officer, opens_by_itself=False)
    assert run("2026-03-10T12:00", "2026-06-10T12:00") == []
    with clock.at(clock.parse("2026-06-10T13:00")):
        awards.change_award(award=award, by=hall.officer, opens_by_itself=True)
    run("2026-06-11T00:00", "2026-07-02T00:00")
    assert periods(award) == ["2026-06"]


def test_after_an_outage_only_the_last_period_opens(hall):
    award = monthly(hall)
    run("2026-02-01T00:00", "2026-02-05T00:00")
    (made,) = openings.open_due(clock.parse("2026-06-14T12:00"))
    assert periods(award) == ["2026-01", "2026-05"]
    # A Sunday: what the clock notices then begins on Monday.
    assert made.recommendation_opens == clock.parse("2026-06-15T09:00")
    assert made.phase == "preparation"
    assert made.opened_at is not None


def test_a_skipped_period_stays_without_a_round(hall):
    award = monthly(hall)
    with clock.at(SET_UP):
        skip = skips.skip_period(award=award, period_first=dt.date(2026, 2, 1), reason="春节", by=hall.officer)
    run("2026-02-01T00:00", "2026-04-30T12:00")
    assert periods(award) == ["2026-01", "2026-03"]
    with clock.at(SET_UP):
        with pytest.raises(RoundError, match="春节"):
            rounds.plan_round(
                award=award,
                period_first=dt.date(2026, 2, 1),
                period_last=dt.date(2026, 2, 28),
                by=hall.officer,
                recommendation_opens=clock.parse("2026-03-02T09:00"),
                recommendation_closes=clock.parse("2026-03-03T09:00"),
                voting_opens=clock.parse("2026-03-04T09:00"),
                voting_closes=clock.parse("2026-03-05T09:00"),
            )
        skips.hold_after_all(skip=skip, by=hall.officer)
        with pytest.raises(RoundError, match="not skipped any more"):
            skips.hold_after_all(skip=skip, by=hall.officer)
    # Later periods have their rounds: the clock does not go back for it.
    run("2026-05-01T00:00", "2026-05-02T12:00")
    assert periods(award) == ["2026-01", "2026-03"]
    actions = AuditEntry.objects.for_instance(award).values_list("action", flat=True)
    assert {"evaluations.skip", "evaluations.hold_after_all"} <= set(actions)


@pytest.mark.parametrize(
    ("first", "reason", "sentence"),
    [
        (dt.date(2026, 2, 2), "春节", "A period is named by its first day."),
        (dt.date(2026, 2, 1), " ", "Say why."),
        (dt.date(2026, 2, 1), "长" * 301, "The reason is too long."),
        (dt.date(2026, 1, 1), "春节", "There is already a round of this award for that period."),
        (dt.date(2026, 3, 1), "春节", "This period is skipped already."),
    ],
)
def test_skips_that_are_refused(hall, first, reason, sentence):
    award = monthly(hall)
    run("2026-02-02T00:00", "2026-02-02T12:00")
    with clock.at(SET_UP):
        skips.skip_period(award=award, period_first=dt.date(2026, 3, 1), reason="两会", by=hall.officer)
        with pytest.raises(RoundError, match=sentence):
            skips.skip_period(award=award, period_first=first, reason=reason, by=hall.officer)
        with pytest.raises(RoundError, match="Only union officers"):
            skips.skip_period(award=award, period_first=dt.date(2026, 4, 1), reason="x", by=hall.staff[0])


def test_what_an_officer_called_off_the_clock_does_not_open_again(hall):
    award = monthly(hall)
    (made,) = run("2026-02-02T00:00", "2026-02-02T12:00")
    with clock.at(clock.parse("2026-02-02T15:00")):
        rounds.cancel(election=made, reason="改期", by=hall.officer)
    assert run("2026-02-03T00:00", "2026-02-27T12:00") == []
    assert periods(award) == ["2026-01"]


def test_one_that_cannot_open_does_not_hold_up_the_others(hall, caplog):
    nobody = monthly(hall, electorate="centre_leader")
    other = monthly(hall)
    run("2026-02-02T00:00", "2026-02-02T12:00")
    assert (periods(nobody), periods(other)) == ([], ["2026-01"])
    assert "Nobody would be allowed to vote" in caplog.text
    late = Openings([nobody], clock.parse("2026-02-03T12:00")).due(nobody)
    assert late is not None
    assert late.day == dt.date(2026, 2, 2)


def test_an_ended_award_opens_nothing_more(hall):
    award = monthly(hall)
    with clock.at(SET_UP):
        awards.change_award(award=award, by=hall.officer, retired_on=dt.date(2026, 2, 1))
    assert run("2026-02-01T00:00", "2026-03-05T12:00") == []


def test_quarters_and_years(hall):
    quarterly = monthly(hall, period="quarter")
    yearly = monthly(hall, set_up="2026-02-02T10:00", period="year", open_workday=10)
    run("2026-04-01T00:00", "2027-01-31T12:00")
    assert periods(quarterly) == ["2026-01", "2026-04", "2026-07", "2026-10"]
    assert periods(yearly) == ["2026-01"]


def test_openings_are_reckoned_once_for_all_awards(hall, django_assert_num_queries):
    first, *others = [monthly(hall) for _ in range(5)]
    now = clock.parse("2026-06-10T12:00")
    with CaptureQueriesContext(connection) as captured:
        seen = Openings([first], now)
        assert seen.following(first).day == dt.date(2026, 7, 1)
    with django_assert_num_queries(len(captured.captured_queries)):
        seen = Openings([first, *others], now)
        assert [seen.following(award).day for award in [first, *others]] == [dt.date(2026, 7, 1)] * 5


# Candidates from earlier honours


@contextmanager
def at(moment: str):
    with clock.at(clock.parse(moment)):
        yield


def honour(award: Award, month: int, person, year: int = 2026) -> Honour:
    day = dt.date(year, month, 1)
    return Honour.objects.create(
        award=award,
        period_first=day,
        award_name=award.name,
        name=person.name,
        period_label=f"{day:%Y-%m}",
        published_on=day,
        person=person,
    )


def yearly_from(hall, pool: Award, **fields) -> Award:
    values = {"quota_per_unit": 0, "self_allowed": False, "colleague_allowed": False, "pool_award": pool}
    return monthly(hall, set_up="2026-02-02T10:00", period="year", open_workday=5, **values | fields)


def test_yearly_candidates_are_those_honoured_often_enough(hall):
    pool = monthly(hall, opens_by_itself=False)
    for n, months in enumerate([(1, 2, 3, 4), (1, 2, 3), (5, 6)]):
        for month in months:
            honour(pool, month, hall.person(n))
    honour(pool, 7, hall.person(2), year=2025)
    Honour.objects.filter(person=hall.person(1), period_first=dt.date(2026, 3, 1)).update(
        annulled_on=dt.date(2026, 5, 1)
    )
    yearly = yearly_from(hall, pool)
    run("2027-01-01T00:00", "2027-01-10T12:00")
    (election,) = yearly.elections.all()
    (given,) = election.nominations.all()
    assert (given.person, given.kind, given.state, given.by) == (
        hall.person(0),
        "honours",
        Nomination.State.ACCEPTED,
        hall.officer,
    )
    assert "4" in given.reason
    assert pool.name in given.reason
    with at("2027-01-11T10:00"), pytest.raises(NominationError, match="Colleagues cannot be recommended"):
        nominations.recommend(
            election=election, kind="colleague", person=hall.person(2), reason="好", by=hall.staff[0]
        )


def test_honours_published_after_opening_still_count(hall):
    pool = monthly(hall, opens_by_itself=False)
    for month in (1, 2):
        honour(pool, month, hall.person(0))
        honour(pool, month, hall.person(1))
    honour(pool, 3, hall.person(1))
    yearly = yearly_from(hall, pool)
    run("2027-01-01T00:00", "2027-01-10T12:00")
    (election,) = yearly.elections.all()
    (first,) = election.nominations.all()
    assert first.person == hall.person(1)
    with at("2027-01-10T13:00"):
        nominations.withdraw(nomination=first, by=hall.staff[1])
    honour(pool, 12, hall.person(0))
    rounds.advance(election.recommendation_closes)
    # Whoever withdrew is not entered again.
    assert sorted(election.nominations.values_list("person", "state")) == sorted(
        [(hall.person(1).pk, "withdrawn"), (hall.person(0).pk, "accepted")]
    )


def test_who_left_the_hall_is_no_candidate(hall):
    pool = monthly(hall, opens_by_itself=False)
    for month in (1, 2, 3):
        honour(pool, month, hall.person(0))
    person = hall.person(0)
    Posting.objects.filter(person=person).update(ends_on=dt.date(2026, 12, 1))
    yearly = yearly_from(hall, pool)
    run("2027-01-01T00:00", "2027-01-10T12:00")
    assert not Nomination.objects.filter(election__award=yearly).exists()


def test_36_months_never_honour_somebody_within_the_rounds_sat_out(hall):
    """Whoever comes first wins each month: with two rounds to sit out, three people take turns."""
    award = make_award(hall, no_repeat_rounds=2, places=1)
    won: list[int] = []
    for month in range(36):
        first, last = period_around(award, dt.date(2026 + month // 12, month % 12 + 1, 1))
        opens = clock.start_of(last, 10)
        election = Election.objects.create(
            award=award,
            slug=f"r{month}",
            rules=award.rules(),
            period_first=first,
            period_last=last,
            phase="published",
            recommendation_opens=opens,
            recommendation_closes=opens,
            voting_opens=opens,
            voting_closes=opens,
        )
        with clock.at(opens):
            winner = eligible_people(election).order_by("pk").first()
        assert winner is not None
        honour(award, first.month, winner, year=first.year)
        won.append(winner.pk)
    assert all(len(set(won[n : n + 3])) == 3 for n in range(34))
