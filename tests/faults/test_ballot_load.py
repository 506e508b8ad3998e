"""A hall votes at once, over HTTP, from other processes, against two gunicorn workers: one ballot for each voter.

The same run without the voter's lock doubles ballots, so it is the lock that is tested.
"""

from __future__ import annotations

import os

import pytest
from django.db import connection

from evaluations.models import Ballot, Mark
from tests.evaluations.hall import keys_of, make_hall, voting_round
from tests.evaluations.load import run, served, sessions_of
from tests.evaluations.test_races import without_unique_mark

FULL = os.environ.get("FULL") == "1"
VOTERS = 1000 if FULL else 60
# 10,000 posts in all.
RACERS, TABS = (500, 20) if FULL else (10, 20)


def vote_at_once(database, *, voters: int = VOTERS, tabs: int = 2, off: str = ""):
    hall = make_hall(voters)
    election = voting_round(hall)
    sessions = sessions_of(hall.staff)
    with served(database.url, off=off) as port:
        return run(port, election, keys_of(election)[0], sessions, tabs)


def test_a_hall_votes_at_once_and_each_voter_has_one_ballot(own_database, capsys):
    load = vote_at_once(own_database)
    with capsys.disabled():
        print(f"\n{VOTERS} voters in {load.seconds:.1f} s, p95 of a request {load.p95_ms:.0f} ms")
    assert load.statuses == {"GET 200": VOTERS, "POST 303": VOTERS, "POST 409": VOTERS}
    assert (Mark.objects.count(), Ballot.objects.count()) == (VOTERS, VOTERS)


def test_of_the_racing_posts_of_many_tabs_one_counts(own_database, capsys):
    load = vote_at_once(own_database, voters=RACERS, tabs=TABS)
    with capsys.disabled():
        print(f"\n{RACERS * TABS} racing posts in {load.seconds:.1f} s, p95 of a request {load.p95_ms:.0f} ms")
    assert load.statuses == {"GET 200": RACERS, "POST 303": RACERS, "POST 409": RACERS * (TABS - 1)}
    assert (Mark.objects.count(), Ballot.objects.count()) == (RACERS, RACERS)


@pytest.mark.control
def test_without_the_lock_the_same_load_doubles_ballots(own_database):
    without_unique_mark()
    off = "row lock" if connection.vendor == "postgresql" else "transaction"
    load = vote_at_once(own_database, off=off)
    assert Ballot.objects.count() > VOTERS, load.statuses
