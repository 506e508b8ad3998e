"""Killing the server at every step of a ballot: neither mark nor ballot or both, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter

import pytest
from django.db import connection

from evaluations.services import sealing, table_rewrite
from evaluations.services.rounds import advance
from tests.evaluations.hall import ENDS, keys_of, make_hall, vote, voting_round
from tests.evaluations.load import sessions_of

from .voters_of_a_mortal_site import Site, Vote, marks_and_ballots, mortal_site, wrong_with

UNDONE = ("before the reading", "before the mark", "before the ballot", "before the commit")
DONE = "before the answer"
ANY = "at any moment"
STEPS = (*UNDONE, DONE, ANY)
KILLS = 200 if os.environ.get("FULL") == "1" else 4
BYSTANDER_EVERY = 4
SEED = os.environ.get("KILL_SEED", str(random.randrange(10**6)))


class Killing:
    """A hall that votes while its server is killed again and again."""

    def __init__(self, site: Site, sessions: list[str], keys: list[str]) -> None:
        self.site, self.sessions = site, sessions
        self.first, self.again, self.other = keys
        self.votes: list[Vote] = []
        self.draw = random.Random(SEED)

    def votes_in_peace(self) -> Vote:
        """A vote of somebody whose own worker is not told to die."""
        given = self.site.vote(self.sessions.pop(), self.other)
        self.votes.append(given)
        return given

    def killed(self, step: str, *, beside: bool) -> Vote:
        """One voter's worker is killed at the step; ``beside`` somebody else votes at the same moment."""
        others = [threading.Thread(target=self.votes_in_peace)] if beside else []
        die = f"after {self.draw.uniform(0, 1.5 * self.votes[-1].took):.6f}" if step == ANY else step
        for thread in others:
            thread.start()
        given = self.site.vote(self.sessions.pop(), self.first, die, self.again)
        for thread in others:
            thread.join()
        self.votes.append(given)
        return given


def test_killed_at_any_step_marks_are_ballots_and_nothing_acknowledged_is_lost(own_database, capsys):
    hall = make_hall(len(STEPS) * (KILLS + KILLS // BYSTANDER_EVERY) + 1)
    election = voting_round(hall)
    with mortal_site(own_database.url, election) as site:
        killing = Killing(site, sessions_of(hall.staff), keys_of(election))
        statements = killing.votes_in_peace().statements
        # Whoever adds a statement to the transaction adds the step before it here.
        beginning = [] if connection.vendor == "postgresql" else ["beginning"]
        assert statements.split(",") == [*beginning, "reading", "mark", "ballot"]
        for step in STEPS:
            began, recorded = time.monotonic(), Counter()
            for number in range(KILLS):
                given = killing.killed(step, beside=number % BYSTANDER_EVERY == 0)
                marks, ballots = marks_and_ballots()
                assert marks == ballots, f"KILL_SEED={SEED}, kill {number} {step}"
                assert given.broken or step == ANY, f"nothing was killed {step}"
                recorded[given.recorded] += 1
            with capsys.disabled():
                told = ", ".join(f"{count} {how}" for how, count in sorted(recorded.items()))
                print(
                    f"\nKILL_SEED={SEED} {KILLS} × {step}, recorded: {told}; {time.monotonic() - began:.0f} s", end=""
                )
            expected = {ANY: recorded, DONE: {"before it broke": KILLS}}
            assert recorded == expected.get(step, {"again": KILLS}), step
    assert wrong_with(killing.votes) == []


@pytest.mark.control
def test_without_the_transaction_a_killed_server_leaves_a_mark_without_its_ballot(own_database):
    hall = make_hall(3)
    election = voting_round(hall)
    with mortal_site(own_database.url, election, off="transaction") as site:
        killing = Killing(site, sessions_of(hall.staff), keys_of(election))
        killing.killed("before the ballot", beside=False)
    assert wrong_with(killing.votes)[0] == "1 ballots acknowledged, 1 marks and 0 ballots kept"


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
