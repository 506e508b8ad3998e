"""Killing the process at every place between roll and ballot: neither or both, and the voter can vote afterwards."""

from __future__ import annotations

import os

import pytest

from evaluations.models import Ballot, Mark
from evaluations.services import sealing, table_rewrite, voting
from evaluations.services.rounds import advance
from tests.evaluations.hall import ENDS, entry, keys_of, make_hall, vote, voting_round
from tests.evaluations.processes import go, start

PLACES = ("after the lock", "before the mark", "between mark and ballot", "before the commit")
ROUNDS = 50 if os.environ.get("FULL") == "1" else 1


@pytest.mark.parametrize("place", PLACES)
def test_killed_between_roll_and_ballot_leaves_neither(place, own_database):
    hall = make_hall(ROUNDS + 3)
    election = voting_round(hall)
    key = keys_of(election)[0]
    for user in hall.staff[:ROUNDS]:
        victim = start(own_database, election, users=[user.pk], choices=[[key]], die=place)
        assert go(victim) == {"killed": 1}
        assert Mark.objects.count() == Ballot.objects.count()
        assert not voting.has_voted(entry(election, user))
        vote(election, user, key)
        assert voting.has_voted(entry(election, user))
    assert (Mark.objects.count(), Ballot.objects.count()) == (ROUNDS, ROUNDS)


@pytest.mark.parametrize("place", ["rewrite", "clean_up"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_sealing_broken_off_is_never_called_sealed_and_goes_on(place, when, own_database, monkeypatch):
    hall = make_hall(5)
    election = voting_round(hall)
    key = keys_of(election)[0]
    for user in hall.staff:
        vote(election, user, key)
    real = getattr(table_rewrite, place)

    def break_off():
        if when == "after":
            real()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(table_rewrite, place, break_off)
        with pytest.raises(KeyboardInterrupt):
            advance(ENDS)
    election.refresh_from_db()
    assert (election.phase, election.sealed_at, election.result) == ("voting", None, {})
    assert election.closed_at == ENDS
    advance(ENDS)
    election.refresh_from_db()
    assert election.phase == "sealed"
    assert election.result["ballots"] == 5
    said = list(election.events.values_list("what", flat=True))
    assert len(said) == len(set(said)), "an event is told twice"


def test_a_busy_database_delays_sealing_and_nothing_else(own_database, monkeypatch):
    hall = make_hall(5)
    election = voting_round(hall)
    vote(election, hall.staff[0], keys_of(election)[0])

    def busy():
        raise sealing.table_rewrite.SealingDelayed("busy")

    with monkeypatch.context() as patch:
        patch.setattr(table_rewrite, "clean_up", busy)
        advance(ENDS)
    election.refresh_from_db()
    assert election.phase == "voting"
    advance(ENDS)
    election.refresh_from_db()
    assert election.phase == "sealed"
