"""After sealing: the tie, the public notice, the recount, the honours, the chain of events."""

from __future__ import annotations

import datetime as dt

import pytest

from evaluations.exceptions import RoundError
from evaluations.models import Ballot, Honour
from evaluations.services import decision, events, nominations, results, rounds
from intranet import clock
from intranet.people.signals import honour_published
from tests.people_of_the_hall import make_user

from .hall import ENDS, OPENS, close, keys_of, make_award, make_hall, opened, vote, voting_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
MONDAY = clock.parse("2026-11-09T09:00")


@pytest.fixture
def hall():
    return make_hall(6)


def tied_round(hall):
    """Two places; one sure winner, three with equal votes for the other."""
    election = voting_round(hall, make_award(hall, places=2, max_choices=4), candidates=5)
    a, b, c, d, _e = keys_of(election)
    vote(election, hall.staff[0], a, b, c, d)
    vote(election, hall.staff[1], a)
    return close(election)


def clear_round(hall, **award):
    election = voting_round(hall, make_award(hall, places=1, **award))
    a, b, _c = keys_of(election)
    vote(election, hall.staff[0], a)
    vote(election, hall.staff[1], a, b)
    return close(election)


def refusal(call, at=MONDAY, **arguments) -> str:
    with pytest.raises(RoundError) as error, clock.at(at):
        call(**arguments)
    return str(error.value)


def notice(election, by, at=MONDAY):
    with clock.at(at):
        return results.start_notice(election=election, by=by)


def test_before_sealing_only_the_turnout_is_known(hall):
    election = voting_round(hall)
    sentence = "The ballots are not sealed yet. Until then only the turnout is known."
    assert refusal(results.tally_of, election=election) == sentence
    for phase in ("preparation", "recommendation", "review", "cancelled"):
        election.phase = phase
        assert refusal(results.tally_of, election=election) == sentence


def test_the_count_is_stored_and_decides(hall):
    election = clear_round(hall)
    a, b, c = keys_of(election)
    assert results.tally_of(election).as_json().items() <= election.result.items()
    assert results.computed(election) == election.result
    assert election.result["counts"] == {a: 2, b: 1, c: 0}
    assert (election.result["winners"], election.result["roll"]) == ([a], election.roll_size)
    assert election.decision == {"kind": "count", "winners": [a], "reason": "", "by": "", "on": "2026-11-06"}
    assert election.blocked_reason == ""


def test_a_tie_is_settled_by_an_officer_with_a_reason(hall):
    election = tied_round(hall)
    a, b, c, d, e = keys_of(election)
    assert (election.result["winners"], sorted(election.result["tied"])) == ([a], sorted([b, c, d]))
    assert election.decision == {}
    assert election.blocked_reason.startswith("There is a tie for the last places.")
    said = refusal(results.start_notice, election=election, by=hall.officer)
    assert said == "There is a tie for the last places. Record who was chosen, and why, first."

    def settle(chosen, reason="现场满意率较高", by=hall.officer):
        return {"election": election, "chosen": chosen, "reason": reason, "by": by}

    only = "Choose only among those with equal votes, each once."
    assert refusal(decision.settle_tie, **settle([e])) == only
    assert refusal(decision.settle_tie, **settle([a])) == only
    assert refusal(decision.settle_tie, **settle([b, b])) == only
    exactly = "Choose exactly 1 of those with equal votes."
    assert refusal(decision.settle_tie, **settle([])) == exactly
    assert refusal(decision.settle_tie, **settle([b, c])) == exactly
    assert refusal(decision.settle_tie, **settle([b], " ")).startswith("Say how the tie was settled.")
    assert refusal(decision.settle_tie, **settle([b], by=hall.staff[5])).startswith("Only union officers")
    with clock.at(MONDAY):
        decision.settle_tie(**settle([c]))
    assert election.decision == {
        "kind": "tie",
        "winners": [a, c],
        "reason": "现场满意率较高",
        "by": "工会周",
        "on": "2026-11-09",
    }
    assert election.blocked_reason == ""
    second = refusal(decision.settle_tie, **settle([b], "抽签", by=make_user(None, "union_chair")))
    assert second == "The tie is settled already; another officer was quicker. Look at the round again."
    election.refresh_from_db()
    assert election.decision["winners"] == [a, c]
    notice(election, hall.officer)
    assert refusal(decision.settle_tie, **settle([b])) == "There is no tie to settle now."


def test_no_tie_no_settling(hall):
    election = clear_round(hall)
    said = refusal(decision.settle_tie, election=election, chosen=[], reason="x", by=hall.officer)
    assert said == "There is no tie to settle now."


def test_a_round_without_a_vote_has_no_notice(hall):
    election = close(voting_round(hall))
    assert refusal(results.start_notice, election=election, by=hall.officer) == (
        "Nobody received a vote. Annul this round; it can be held again."
    )


@pytest.mark.parametrize(
    ("start", "days", "first", "last"),
    [
        ("2026-11-09T09:00", 5, dt.date(2026, 11, 9), dt.date(2026, 11, 13)),
        ("2026-11-10T00:00", 5, dt.date(2026, 11, 10), dt.date(2026, 11, 16)),
        ("2026-11-07T09:00", 1, dt.date(2026, 11, 9), dt.date(2026, 11, 9)),
        ("2026-11-13T23:59", 2, dt.date(2026, 11, 13), dt.date(2026, 11, 16)),
    ],
)
def test_the_days_of_the_notice_are_working_days(hall, start, days, first, last):
    election = clear_round(hall, notice_workdays=days)
    notice(election, hall.officer, clock.parse(start))
    assert (election.notice_first, election.notice_last, election.phase) == (first, last, "public_notice")
    after = clock.start_of(last + dt.timedelta(days=1))
    said = refusal(results.publish, at=after - dt.timedelta(seconds=1), election=election)
    assert said == "The public notice must end first."
    rounds.advance(after - dt.timedelta(seconds=1))
    election.refresh_from_db()
    assert election.phase == "public_notice"
    rounds.advance(after)
    election.refresh_from_db()
    assert (election.phase, election.published_at) == ("published", after)


def test_a_notice_is_started_once_by_an_officer(hall):
    election = clear_round(hall)
    assert refusal(results.start_notice, election=election, by=hall.staff[0]).startswith("Only union officers")
    notice(election, hall.officer)
    assert len(election.record_root) == 64
    said = refusal(results.start_notice, election=election, by=hall.officer)
    assert said == "The public notice begins after the ballots are sealed, and only once."
    assert refusal(results.publish, election=opened(hall)) == "The public notice must end first."


def test_honours_are_written_once_with_the_names_of_that_day(hall, django_capture_on_commit_callbacks):
    election = clear_round(hall, honour_text="敬业奉献", window_staff_only=True)
    notice(election, hall.officer)
    hall.person(0).postings.update(ends_on=dt.date(2026, 11, 9))
    heard = []

    def listen(sender, **facts):
        heard.append((sender, facts["subject"], facts["title"], facts["day"]))

    def fail(sender, **facts):
        raise RuntimeError("a receiver's own fault")

    honour_published.connect(fail)
    honour_published.connect(listen)
    try:
        for _twice in range(2):
            with django_capture_on_commit_callbacks(execute=True), clock.at(clock.parse("2026-11-16T08:00")):
                results.publish(election=election)
    finally:
        honour_published.disconnect(fail)
        honour_published.disconnect(listen)
    honour = Honour.objects.get()
    assert (honour.election, honour.person, honour.window) == (election, hall.person(0), None)
    assert (honour.award_name, honour.name, honour.unit_name) == (
        election.award.name,
        hall.person(0).name,
        hall.unit.name,
    )
    assert (honour.period_label, honour.text, honour.published_on) == (
        "2026年10月",
        "敬业奉献",
        dt.date(2026, 11, 16),
    )
    title = f"2026年10月{election.award.name}"
    assert heard == [(Honour, hall.person(0), title, dt.date(2026, 11, 16))]
    assert list(Honour.objects.standing()) == [honour]
    with clock.at(clock.parse("2026-12-01T08:00")):
        rounds.annul(election=election, reason="举报属实", by=hall.officer)
    assert list(Honour.objects.standing()) == []
    assert Honour.objects.get().annulled_on == dt.date(2026, 12, 1)


def test_a_scrutineer_recounts(hall):
    election = clear_round(hall)
    with clock.at(MONDAY):
        assert results.recount(election=election, by=hall.scrutineer) is True
        notice(election, hall.officer)
        assert results.recount(election=election, by=hall.scrutineer) is True
    assert refusal(results.recount, election=election, by=hall.officer) == (
        "Only a scrutineer may do this. Please ask one of them."
    )
    number = election.events.count()
    Ballot.objects.filter(election=election).first().delete()
    with clock.at(MONDAY):
        assert results.recount(election=election, by=hall.scrutineer) is False
    assert election.events.count() == number + 1


def test_a_recount_finds_a_record_that_was_changed_after_the_notice(hall):
    election = clear_round(hall)
    notice(election, hall.officer)
    election.candidates.filter(key=keys_of(election)[0]).update(name="别人")
    with clock.at(MONDAY):
        assert results.recount(election=election, by=hall.scrutineer) is False


def test_a_scrutineer_who_stands_does_not_recount(hall):
    hall.scrutineer.person.postings.update(window=hall.window)
    election = opened(hall)
    with clock.at(OPENS):
        nominations.recommend(election=election, kind="self", reason="好", by=hall.scrutineer)
    said = refusal(results.recount, election=election, by=hall.scrutineer)
    assert said == "You stand in this round yourself, so another scrutineer must do this."


# Events


def test_events_form_a_chain_in_the_halls_language(hall):
    election = clear_round(hall)
    chain = list(election.events.order_by("number"))
    assert [event.number for event in chain] == list(range(1, len(chain) + 1))
    previous = ""
    for event in chain:
        assert event.previous == previous
        at = event.at.astimezone(dt.UTC).isoformat()
        previous = events.hash_of(at=at, who=event.who, what=event.what, previous=event.previous)
        assert event.hash == previous
    assert events.head(election) == previous
    assert events.head(rounds.Election(pk=0)) == ""


def test_who_is_named_with_the_role_they_act_in(hall):
    election = opened(hall)
    for user, role in ((hall.officer, "union_officer"), (hall.scrutineer, "scrutineer"), (hall.staff[0], "staff")):
        with clock.at(ENDS):
            event = events.append(election, "x" * 400, user)
        assert event.who.startswith(f"{user.name}（")
        assert (event.at, len(event.what)) == (ENDS, 300)
        assert events.ROLES[role].key == role
    nameless = make_user("20260001", name="甲")
    nameless.name = ""
    assert events.append(election, "x", nameless).who.startswith("20260001（")


def test_the_events_never_tell_how_anyone_voted(hall):
    election = voting_round(hall)
    before = election.events.count()
    vote(election, hall.staff[0], keys_of(election)[0])
    assert election.events.count() == before
