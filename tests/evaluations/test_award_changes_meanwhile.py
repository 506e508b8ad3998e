"""An award is changed, renamed or given another period while rounds of it are planned, run, or long over."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, connections

from evaluations.exceptions import RoundError
from evaluations.models import Award, Election
from evaluations.services import awards, rerun, rounds, sealing, skips
from intranet import clock
from tests.people_of_the_hall import make_user

from .hall import BEFORE, ENDS, OPENS, make_award, make_hall, on_notice, opened, plan, voting_round

ENGLISH = pytest.mark.usefixtures("english")
NO_BALLOT = {"ballot_kind": "none", "meeting_decides": True, "components": []}
A_BALLOT = {"ballot_kind": "choose", "meeting_decides": False}
NO_VOTING = {"voting_opens": None, "voting_closes": None}


@pytest.fixture
def hall(db):
    return make_hall(4)


def refusal(call, **arguments) -> str:
    with pytest.raises(RoundError) as error:
        call(**arguments)
    return str(error.value)


def opening(election: Election, hall) -> str:
    with clock.at(OPENS):
        return refusal(rounds.open_round, election=Election.objects.get(pk=election.pk), by=hall.officer)


@ENGLISH
def test_a_ballot_taken_from_the_award_is_no_voting_without_voters(hall):
    award = make_award(hall)
    election = plan(hall, award)
    awards.change_award(award=award, by=hall.officer, **NO_BALLOT)
    assert opening(election, hall) == "This award has no ballot. Leave the dates of voting empty."
    with clock.at(BEFORE):
        rounds.change_dates(election=election, by=hall.officer, **NO_VOTING)
    with clock.at(OPENS):
        rounds.open_round(election=election, by=hall.officer)
    assert not election.has_ballot


@ENGLISH
def test_a_ballot_given_to_the_award_wants_its_dates(hall):
    award = make_award(hall, **NO_BALLOT)
    election = plan(hall, award, **NO_VOTING)
    awards.change_award(award=award, by=hall.officer, **A_BALLOT)
    assert opening(election, hall) == "Say when voting opens and closes."
    assert Election.objects.get(pk=election.pk).opened_at is None


@ENGLISH
def test_a_period_that_fits_no_longer(hall):
    award = make_award(hall, period="quarter")
    election = plan(hall, award, period_last=dt.date(2026, 12, 31))
    awards.change_award(award=award, by=hall.officer, period="month")
    assert opening(election, hall) == "The appraised period must lie within one month."


def test_held_again_it_has_the_dates_the_award_asks_for_now(hall):
    award = make_award(hall, **NO_BALLOT)
    election = plan(hall, award, **NO_VOTING)
    with clock.at(BEFORE):
        rounds.cancel(election=election, reason="改为投票", by=hall.officer)
    awards.change_award(award=award, by=hall.officer, **A_BALLOT)
    with clock.at(OPENS):
        again = rerun.hold_again(election=Election.objects.get(pk=election.pk), by=hall.officer)
    assert again.recommendation_closes < again.voting_opens < again.voting_closes


def test_rounds_keep_the_name_and_period_they_had(hall, client):
    award = make_award(hall)
    election = on_notice(hall, award)
    before = str(election)
    awards.change_award(award=award, by=hall.officer, name="服务标兵", period="quarter")
    election = Election.objects.get(pk=election.pk)
    assert (str(election), election.period_label) == (before, "2026年10月")
    client.force_login(hall.staff[0])
    page = client.get(f"/awards/{election.slug}/notice/").content.decode()
    assert election.rules["name"] in page
    assert "服务标兵" not in page
    later = plan(hall, award, period_first=dt.date(2027, 1, 1), period_last=dt.date(2027, 3, 31))
    assert str(later) == "服务标兵 2027年第1季度"


@ENGLISH
def test_a_month_has_one_round_whatever_day_is_called_its_first(hall):
    award = make_award(hall)
    plan(hall, award)
    second = {"period_first": dt.date(2026, 10, 2)}
    assert (
        refusal(plan, hall=hall, award=award, **second) == "There is already a round of this award for that period."
    )
    once = make_award(hall, period="once")
    plan(hall, once)
    plan(hall, once, **second)


@ENGLISH
def test_a_skipped_month_is_skipped_from_any_of_its_days(hall):
    award = make_award(hall)
    skips.skip_period(award=award, period_first=dt.date(2026, 10, 1), reason="大厅搬迁", by=hall.officer)
    said = refusal(plan, hall=hall, award=award, period_first=dt.date(2026, 10, 2))
    assert said.startswith("No round is held for this period: 大厅搬迁")
    other = make_award(hall)
    plan(hall, other, period_first=dt.date(2026, 10, 2))
    said = refusal(skips.skip_period, award=other, period_first=dt.date(2026, 10, 1), reason="x", by=hall.officer)
    assert said.startswith("There is already a round of this award for that period.")


class Meeting:
    """One opens a round and reads the award; the other changes it as soon as that has begun."""

    def __init__(self, hall, election: Election, patch: pytest.MonkeyPatch) -> None:
        self.hall, self.election = hall, election
        make_user(None, "centre_leader", name="沈主任")
        self.reading, self.changed = threading.Event(), threading.Event()
        self.errors: list[Exception] = []
        real = Award._components

        def slowly(award):
            if threading.current_thread().name == "opener":
                self.reading.set()
                self.changed.wait(3)
            return real(award)

        patch.setattr(Award, "_components", slowly)

    def go(self) -> dict:
        pair = [threading.Thread(target=self.open, name="opener"), threading.Thread(target=self.change)]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
        self.election.refresh_from_db()
        return self.election.rules

    def open(self) -> None:
        with clock.at(OPENS):
            self.attempt(lambda: rounds.open_round(election=self.election, by=self.hall.officer))

    def change(self) -> None:
        self.reading.wait(10)
        parts = [{"key": "p", "kind": "panel", "label": "领导", "weight": 100, "panel_roles": ["centre_leader"]}]
        new = {"ballot_kind": "none", "meeting_decides": True, "places": 1, "components": parts}
        self.attempt(lambda: awards.change_award(award=self.election.award, by=self.hall.officer, **new))
        self.changed.set()

    def attempt(self, act) -> None:
        try:
            act()
        except Exception as error:
            self.errors.append(error)
        finally:
            connections.close_all()


def test_rules_are_of_one_moment(own_database, monkeypatch):
    hall = make_hall(4)
    meeting = Meeting(hall, plan(hall), monkeypatch)
    rules = meeting.go()
    assert not meeting.errors
    assert (rules["ballot_kind"], rules["places"]) == ("choose", 2)
    assert [part["kind"] for part in rules["components"]] == ["ballots"]
    assert meeting.election.award.__class__.objects.get().ballot_kind == "none"


@pytest.mark.control
def test_without_the_lock_they_are_of_two(own_database, monkeypatch):
    if connection.vendor == "sqlite":
        # There the transaction itself is the lock: nobody writes beside it.
        return
    hall = make_hall(4)
    monkeypatch.setattr(rounds, "_hold_award", lambda election: None)
    rules = Meeting(hall, plan(hall), monkeypatch).go()
    assert (rules["ballot_kind"], [part["kind"] for part in rules["components"]]) == ("choose", ["panel"])


@ENGLISH
def test_a_round_that_waits_for_its_scrutineers_can_be_called_off(hall):
    election = voting_round(hall, make_award(hall, sealed_by_two=True))
    with clock.at(ENDS):
        sealing.close_voting(election, None)
    with clock.at(ENDS + dt.timedelta(days=1)):
        rounds.cancel(election=election, reason="两名监票人均已离岗", by=hall.officer)
    assert (election.phase, election.closed_at) == ("cancelled", ENDS)
    assert list(Election.objects.waiting_for_seal(ENDS)) == [election]
    assert opened(hall, election.award).phase == "recommendation"
