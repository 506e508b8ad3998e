"""Killing the clock while it seals, at its statements: no mark and no ballot is lost, and the next tick goes on."""

from __future__ import annotations

import os
import signal

from django.db import connection, connections

from evaluations.models import Ballot, Mark
from evaluations.services import table_rewrite
from evaluations.services.rounds import advance
from tests.evaluations.hall import ENDS, keys_of, make_hall, vote, voting_round

EVERY = 1 if os.environ.get("FULL") == "1" else 6


def advance_and_die(statement: int) -> bool:
    """Tick in a process that is killed before its n-th statement; True if it came to its end alive."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        run = [0]

        def count(execute, sql, params, many, context):
            run[0] += 1
            if run[0] == statement:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            advance(ENDS)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return status == 0


def test_killed_at_any_statement_sealing_loses_nothing_and_goes_on(own_database):
    hall = make_hall(5)
    election = voting_round(hall)
    for user in hall.staff:
        vote(election, user, keys_of(election)[0])
    # A round that is sealed already only reads; so the number of deaths is bounded by the length of one sealing.
    statement, deaths = 1, 0
    while not advance_and_die(statement):
        deaths += 1
        statement += EVERY
        election.refresh_from_db()
        assert (Mark.objects.count(), Ballot.objects.count()) == (5, 5), f"killed before statement {statement}"
        assert table_rewrite.NEW not in connection.introspection.table_names()
        assert (election.phase == "sealed") == (election.sealed_at is not None)
    assert deaths >= 30 // EVERY
    election.refresh_from_db()
    assert (election.phase, election.closed_at, election.result["ballots"]) == ("sealed", ENDS, 5)
    said = list(election.events.values_list("what", flat=True))
    assert len(said) == len(set(said)), "an event is told twice"
