"""Two tabs, two hundred tabs, two hundred voters: one ballot each. With the guard off the same test fails.

Runs on whichever database the tests use; on SQLite a ballot's immediate transaction is the lock, on
PostgreSQL the row of the roll.
"""

from __future__ import annotations

import os

import pytest
from django.db import connection

from evaluations.models import Ballot, Mark

from .hall import keys_of, make_hall, voting_round
from .processes import go, start

FULL = os.environ.get("FULL") == "1"
ATTEMPTS = 10_000 if FULL else 200
PROCESSES, THREADS = 4, 5


def race(database, election, user, **more):
    """ATTEMPTS attempts of one voter from several processes and threads, started together."""
    key = keys_of(election)[0]
    each = ATTEMPTS // PROCESSES
    voters = [
        start(database, election, users=[user.pk] * each, choices=[[key]] * each, threads=THREADS, **more)
        for _ in range(PROCESSES)
    ]
    return go(*voters)


def without_unique_mark():
    """Take the unique key away from the mark's entry: the last guard, behind the lock."""
    table = Mark._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'u' "
                "AND pg_get_constraintdef(oid) LIKE '%%entry_id%%'",
                [table],
            )
            (name,) = cursor.fetchone()
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
            return
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
        (definition,) = cursor.fetchone()
        loose = definition.replace('"entry_id" bigint NOT NULL UNIQUE', '"entry_id" bigint NOT NULL')
        assert loose != definition
        cursor.execute(f"DROP TABLE {table}")
        cursor.execute(loose)


def test_one_voter_in_two_hundred_tabs_casts_one_ballot(own_database):
    hall = make_hall(4)
    election = voting_round(hall)
    outcomes = race(own_database, election, hall.staff[3])
    assert outcomes == {"recorded": 1, "already": ATTEMPTS - 1}
    assert (Mark.objects.count(), Ballot.objects.count()) == (1, 1)


def test_the_lock_alone_is_enough(own_database):
    """Without the unique key behind it: the row lock (on SQLite the transaction) by itself admits one."""
    hall = make_hall(4)
    election = voting_round(hall)
    without_unique_mark()
    outcomes = race(own_database, election, hall.staff[3])
    assert outcomes == {"recorded": 1, "already": ATTEMPTS - 1}
    assert (Mark.objects.count(), Ballot.objects.count()) == (1, 1)


@pytest.mark.control
def test_without_the_lock_one_voter_casts_several(own_database):
    hall = make_hall(4)
    election = voting_round(hall)
    without_unique_mark()
    off = "row lock" if connection.vendor == "postgresql" else "transaction"
    outcomes = race(own_database, election, hall.staff[3], off=off)
    assert Ballot.objects.count() > 1, outcomes


def test_two_hundred_voters_at_once_cast_two_hundred_ballots(own_database):
    hall = make_hall(200)
    election = voting_round(hall)
    key = keys_of(election)[0]
    pks = [user.pk for user in hall.staff]
    parts = [pks[n::PROCESSES] for n in range(PROCESSES)]
    voters = [
        start(own_database, election, users=part, choices=[[key]] * len(part), threads=THREADS) for part in parts
    ]
    assert go(*voters) == {"recorded": 200}
    assert (Mark.objects.count(), Ballot.objects.count()) == (200, 200)
    assert len(set(Mark.objects.values_list("receipt", flat=True))) == 200
