"""Making the tables of marks and ballots anew, sorted, as new tables; and removing what the old ones left behind.

New tables, never DELETE and INSERT: deleted rows stay readable in their pages. In the new tables every
row has the same hidden transaction number, and the place of a row follows from its content alone.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from evaluations.exceptions import SealingDelayed
from evaluations.models import Ballot, Mark, PaperCount, RollEntry

MARK, BALLOT = Mark._meta.db_table, Ballot._meta.db_table
BOTH = f"{MARK}, {BALLOT}"
NEW = "evaluations_sealing_new"
# Whoever votes in another round waits as long as sealing waits for somebody's long reading: so it waits briefly.
LOCK_WAIT_MS = 3000
CHECKPOINT_WAIT_MS = 500
CHECKPOINT_TRIES = 5


def orders() -> dict[str, str]:
    """Table, and the content that decides the place of a row. A ballot's own id is random, a mark's entry the voter.

    Text is compared byte by byte, as SQLite does of itself: no place depends on the locale, and it is quicker.
    """
    bytewise = ' COLLATE "C"' if connection.vendor == "postgresql" else ""
    return {MARK: "election_id, entry_id", BALLOT: f"election_id, box{bytewise}, envelope{bytewise}, id"}


@contextmanager
def delayed_if_busy() -> Iterator[None]:
    """Turn "the database is held by somebody else" into SealingDelayed."""
    try:
        yield
    except OperationalError as error:
        raise SealingDelayed(_("The database is busy. Sealing goes on with the next tick of the clock.")) from error


def rewrite() -> None:
    """Make both tables anew in one transaction: the same rows, constraints, indexes and defaults.

    Raises SealingDelayed while somebody holds a table (a backup reads it for minutes); nothing is changed then.
    """
    with delayed_if_busy(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Whoever casts a ballot now waits for the new tables.
            cursor.execute(f"SET LOCAL lock_timeout = {LOCK_WAIT_MS}")
            cursor.execute(f"LOCK TABLE {BOTH} IN ACCESS EXCLUSIVE MODE")
        for table, order in orders().items():
            _remake = _remake_postgresql if connection.vendor == "postgresql" else _remake_sqlite
            _remake(cursor, table, order)


def _remake_postgresql(cursor, table: str, order: str) -> None:
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass "
        "ORDER BY contype DESC, conname",
        [table],
    )
    constraints = cursor.fetchall()
    cursor.execute(
        "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass AND NOT EXISTS "
        "(SELECT 1 FROM pg_constraint WHERE conindid = indexrelid) ORDER BY 1",
        [table],
    )
    indexes = [definition for (definition,) in cursor.fetchall()]
    cursor.execute(
        f"CREATE TABLE {NEW} (LIKE {table} INCLUDING DEFAULTS INCLUDING STORAGE INCLUDING COMPRESSION "
        "INCLUDING COMMENTS INCLUDING GENERATED INCLUDING IDENTITY)"
    )
    keep_no_statistics(cursor, NEW)
    cursor.execute(f"INSERT INTO {NEW} SELECT * FROM {table} ORDER BY {order}")
    cursor.execute(f"DROP TABLE {table}")
    cursor.execute(f"ALTER TABLE {NEW} RENAME TO {table}")
    for name, definition in constraints:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    for definition in indexes:
        cursor.execute(definition)


def keep_no_statistics(cursor, table: str) -> None:
    """Forbid PostgreSQL's planner to note which values a table holds.

    An ANALYZE while voting is open (autovacuum makes one of itself) would store the ballots cast so far among the
    statistics, whose dead rows outlive the table. ``LIKE`` does not copy the prohibition.
    """
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", [table]
    )
    columns = ", ".join(f'ALTER COLUMN "{name}" SET STATISTICS 0' for (name,) in cursor.fetchall())
    cursor.execute(f"ALTER TABLE {table} {columns}")


def _remake_sqlite(cursor, table: str, order: str) -> None:
    cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [table])
    (definition,) = cursor.fetchone()
    cursor.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL", [table]
    )
    indexes = [statement for (statement,) in cursor.fetchall()]
    cursor.execute(re.sub(rf'^CREATE TABLE "?{table}"?', f'CREATE TABLE "{NEW}"', definition, count=1))
    cursor.execute(f'INSERT INTO "{NEW}" SELECT * FROM "{table}" ORDER BY {order}')
    cursor.execute(f'DROP TABLE "{table}"')
    cursor.execute(f'ALTER TABLE "{NEW}" RENAME TO "{table}"')
    for statement in indexes:
        cursor.execute(statement)


def clean_up() -> None:
    """Remove dead rows and old log pages, outside any transaction. Raises SealingDelayed if it is impossible now."""
    with delayed_if_busy(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _clean_up_postgresql(cursor)
        else:
            _clean_up_sqlite(cursor)


def _clean_up_postgresql(cursor) -> None:
    # The files of the dropped tables were cut to nothing when the rewrite was committed, and the new ones have no
    # dead rows and one transaction number. What is left is the roll: casting a ballot locked the voter's row, and
    # the lock leaves its transaction number there.
    cursor.execute(f"VACUUM (FREEZE) {RollEntry._meta.db_table}")
    cursor.execute(f"ANALYZE {BOTH}")
    # What scrutineers read from paper was emptied when it went into the box; its dead rows go too.
    cursor.execute(f"VACUUM (FULL, FREEZE) {PaperCount._meta.db_table}")


def _clean_up_sqlite(cursor) -> None:
    cursor.execute("VACUUM")
    (patience,) = cursor.execute("PRAGMA busy_timeout").fetchone()
    # A truncating checkpoint keeps every writer out while it waits for the last reader.
    cursor.execute(f"PRAGMA busy_timeout = {CHECKPOINT_WAIT_MS}")
    try:
        _truncate_log(cursor)
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {patience}")


def _truncate_log(cursor) -> None:
    for _try in range(CHECKPOINT_TRIES):
        busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return
        time.sleep(CHECKPOINT_WAIT_MS / 1000)
    raise SealingDelayed(
        _("Another process is reading the database. Sealing goes on with the next tick of the clock.")
    )


def wait_for_new_tables() -> None:
    """Inside a transaction that writes marks or ballots: on PostgreSQL, wait while sealing remakes the tables.

    A row that was checked before and written after would lie in the new table with a transaction number of its own.
    On SQLite the immediate transaction excludes sealing already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {BOTH} IN ROW EXCLUSIVE MODE")
