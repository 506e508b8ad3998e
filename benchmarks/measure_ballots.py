"""Casting, sealing and recounting ballots, against the bare statements through the same driver."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from evaluations import record
from evaluations.models import Ballot, Election, Mark, RollEntry
from evaluations.services import sealing, voting
from evaluations.tally import seal_choices
from intranet import clock
from intranet.people.models import Person
from tests.database import address_of
from tests.evaluations import load
from tests.evaluations.hall import DURING_VOTE, ENDS, Hall, keys_of, make_award, make_hall, voting_round

from .registry import Figure, benchmark, size

VOTES = size(200, 1_000, 5)
WHOLE_HALL, MINUTE = 1_000, 60
VOTERS = size(200, WHOLE_HALL, 10)
SEALED = size(20_000, 100_000, 50)
SCRIPT = Path(__file__).resolve().parent.parent / "docs" / "verify_election.py"
MARK, BALLOT = Mark._meta.db_table, Ballot._meta.db_table


def a_round(staff: int) -> tuple[Hall, Election]:
    hall = make_hall(staff)
    return hall, voting_round(hall, make_award(hall, max_choices=3), candidates=5)


@benchmark("ballots.transaction", unit="times", bar=5)
def cast_a_ballot() -> Figure:
    """Seconds for one ballot; both ways by turns, so that a busy machine slows both."""
    hall, election = a_round(VOTES)
    keys = keys_of(election)[:2]
    entries = list(RollEntry.objects.filter(election=election).order_by("pk").values_list("pk", flat=True))
    bare_entries = iter(range(max(entries) + 1, max(entries) + 1 + VOTES))
    ours = base = 0.0
    with clock.at(DURING_VOTE):
        for user in hall.staff:
            receipt = voting.new_receipt()
            start = time.perf_counter()
            voting.cast_ballot(election=election, user=user, choices=keys, receipt=receipt)
            middle = time.perf_counter()
            bare_transaction(election.pk, next(bare_entries), keys)
            base += time.perf_counter() - middle
            ours += middle - start
    return Figure(
        ours / VOTES, VOTES, base / VOTES, "BEGIN, two INSERTs of a mark and a ballot, COMMIT by the driver"
    )


def bare_transaction(election: int, entry: int, keys: list[str]) -> None:
    """The two statements alone, by the database's own driver."""
    mark, ballot = identifier(), identifier()
    statements = (
        (f"INSERT INTO {MARK} (id, election_id, entry_id, receipt) VALUES (?, ?, ?, ?)",),
        (f"INSERT INTO {BALLOT} (id, election_id, box, envelope) VALUES (?, ?, ?, ?)",),
    )
    values: tuple[tuple[Any, ...], ...] = (
        (mark, election, entry, voting.new_receipt()),
        (ballot, election, "staff", seal_choices(keys)),
    )
    driver = connection.connection
    sign = "%s" if connection.vendor == "postgresql" else "?"
    cursor = driver.cursor()
    cursor.execute("BEGIN IMMEDIATE" if sign == "?" else "BEGIN")
    for (statement,), row in zip(statements, values, strict=True):
        cursor.execute(statement.replace("?", sign), row)
    cursor.execute("COMMIT")


def identifier() -> Any:
    return uuid.uuid4() if connection.vendor == "postgresql" else uuid.uuid4().hex


@benchmark("ballots.load.p95_ms", unit="ms", bar=1000, databases=("postgresql",))
def vote_at_once() -> Figure:
    """The 95th percentile of a request while a hall votes over HTTP, two gunicorn workers, as fast as they answer.

    Everyone opens the ballot and sends it once. Raises if a request failed or a ballot is missing or double, or if a
    whole hall needs more than a minute.
    """
    hall, election = a_round(VOTERS)
    sessions = load.sessions_of(hall.staff)
    with load.served(address_of(str(connection.settings_dict["NAME"]))) as port:
        found = load.run(port, election, keys_of(election)[0], sessions, tabs=1)
    counted = (Mark.objects.count(), Ballot.objects.count())
    late = VOTERS >= WHOLE_HALL and found.seconds > MINUTE
    if counted != (VOTERS, VOTERS) or found.statuses["POST 303"] != VOTERS or late:
        raise RuntimeError(f"{VOTERS} voters, {counted} marks and ballots, {found.statuses}, {found.seconds:.1f} s")
    return Figure(found.p95_ms, VOTERS)


def filled_round(ballots: int) -> Election:
    """A round whose voting is over, with that many ballots."""
    _hall, election = a_round(5)
    keys = keys_of(election)
    people = Person.objects.bulk_create(
        [Person(staff_number=f"B{n}", name=f"某{n}") for n in range(ballots)], batch_size=2000
    )
    entries = RollEntry.objects.bulk_create(
        [
            RollEntry(election=election, person=person, staff_number=person.staff_number, name="某")
            for person in people
        ],
        batch_size=2000,
    )
    envelopes = [seal_choices(chosen) for chosen in ((keys[0],), keys[:2], keys[1:4], (keys[4],), keys[2:5])]
    with transaction.atomic():
        marks = [Mark(election=election, entry=entry, receipt=voting.new_receipt()) for entry in entries]
        Mark.objects.bulk_create(marks, batch_size=2000)
        given = [Ballot(election=election, envelope=envelopes[n * 7 % 5]) for n in range(ballots)]
        Ballot.objects.bulk_create(given, batch_size=2000)
    Election.objects.filter(pk=election.pk).update(roll_size=election.roll.count())
    election.refresh_from_db()
    return election


@benchmark("ballots.seal", unit="times", bar=2)
def seal_a_round() -> Figure:
    """Seconds for the whole of seal(), clean-up and count included; the best of three by turns."""
    election = filled_round(SEALED)
    base, ours = [], []
    for _turn in range(3):
        base.append(timed(bare_rewrite))
        Election.objects.filter(pk=election.pk).update(phase=Election.Phase.VOTING, sealed_at=None, closed_at=None)
        with clock.at(ENDS):
            ours.append(timed(lambda: sealing.seal(election=election)))
    said = "the bare SQL rewrite of both tables, sorted, with their keys, and the VACUUM that goes with it"
    return Figure(min(ours), SEALED, min(base), said)


def bare_rewrite() -> None:
    """What a database administrator would type for the same: sorted copies with their keys, then VACUUM."""
    postgresql = connection.vendor == "postgresql"
    keys = {MARK: (["receipt"], ["entry_id"]), BALLOT: ()}
    orders = {MARK: "election_id, entry_id", BALLOT: "election_id, box, envelope, id"}
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for table, order in orders.items():
            cursor.execute(f"CREATE TABLE bare_new AS SELECT * FROM {table} ORDER BY {order}")
            for n, columns in enumerate((["id"], *keys[table])):
                cursor.execute(f"CREATE UNIQUE INDEX bare_{table}_{n} ON bare_new ({', '.join(columns)})")
            cursor.execute(f"CREATE INDEX bare_{table}_election ON bare_new (election_id)")
            cursor.execute(f"ALTER TABLE bare_new RENAME TO bare_{table}")
        cursor.execute("COMMIT")
        cursor.execute(f"VACUUM (ANALYZE) bare_{MARK}, bare_{BALLOT}" if postgresql else "VACUUM")
        for table in orders:
            cursor.execute(f"DROP TABLE bare_{table}")


def timed(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


@benchmark("ballots.verify_s", unit="s", bar=10)
def recount_a_record() -> Figure:
    """Seconds the verifier takes for a record, as a process of its own."""
    election = filled_round(SEALED)
    with clock.at(ENDS):
        sealing.seal(election=election)
    with tempfile.TemporaryDirectory() as directory:
        root = record.write_bundle(election, Path(directory))
        command = [sys.executable, "-I", "-S", str(SCRIPT), directory, "--root", root]
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True)
        seconds = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"the record does not hold: {done.stdout}")
    return Figure(seconds, SEALED)
