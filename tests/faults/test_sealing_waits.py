"""Somebody reads the database for minutes (a backup) when a round should be sealed: nobody else is held up."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

from django.db import connection

from evaluations.models import Ballot
from evaluations.services import sealing, table_rewrite
from evaluations.services.rounds import advance
from intranet import clock
from tests.evaluations.hall import ENDS, keys_of, make_award, make_hall, vote, voting_round

LONG = 60


@contextmanager
def somebody_reads():
    """Another connection in the middle of reading the ballots, as a backup is."""
    reads, done = threading.Event(), threading.Event()

    def read():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"SELECT count(*) FROM {Ballot._meta.db_table}")
            cursor.fetchall()
            reads.set()
            done.wait(LONG)
            cursor.execute("ROLLBACK")
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    assert reads.wait(LONG)
    try:
        yield
    finally:
        done.set()
        reader.join()


def test_a_long_reader_delays_sealing_and_neither_the_clock_nor_other_voters(own_database):
    hall = make_hall(5)
    election, other = voting_round(hall), voting_round(hall, make_award(hall))
    other.__class__.objects.filter(pk=other.pk).update(voting_closes=clock.parse("2026-11-20T17:30"))
    vote(election, hall.staff[0], keys_of(election)[0])
    with somebody_reads():
        began = time.monotonic()
        ticking = threading.Thread(target=tick)
        ticking.start()
        time.sleep(0.5)
        vote(other, hall.staff[1], keys_of(other)[0])
        voted = time.monotonic() - began
        ticking.join()
        waited = time.monotonic() - began
    election.refresh_from_db()
    assert (election.phase, election.sealed_at, election.closed_at) == ("voting", None, ENDS)
    assert voted < 15, "a voter of another round waited for somebody's reading"
    assert waited < 30, "the clock stood still for somebody's reading"
    advance(ENDS)
    election.refresh_from_db()
    assert (election.phase, election.result["ballots"]) == ("sealed", 1)


def tick() -> None:
    advance(ENDS)
    connection.close()


def test_the_connection_keeps_its_patience(own_database):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            before = cursor.fetchone()
            table_rewrite.rewrite()
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == before
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA busy_timeout").fetchone()
        table_rewrite.clean_up()
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == before


def test_a_table_that_cannot_be_had_delays_sealing(own_database, monkeypatch):
    from django.db import OperationalError

    hall = make_hall(5)
    election = voting_round(hall)

    def held(*_args):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(table_rewrite, "_remake_sqlite", held)
        patch.setattr(table_rewrite, "_remake_postgresql", held)
        advance(ENDS)
    election.refresh_from_db()
    assert (election.phase, election.sealed_at) == ("voting", None)
    with clock.at(ENDS):
        sealing.seal(election=election)
    assert election.phase == "sealed"
