"""One at a time: a lock that dies with the process that holds it.

A row with an expiry would make everybody wait after a kill; these are let go at once by
the operating system (a file next to the embedded database) or by PostgreSQL (an advisory
lock of the session).
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

PAUSE = 0.2  # seconds between two attempts


@contextmanager
def holding(name: str, *, wait: dt.timedelta = dt.timedelta(0)) -> Iterator[bool]:
    """Hold the lock ``name`` of this database inside the block; False when somebody else kept it for ``wait``."""
    take = _advisory_lock if connection.vendor == "postgresql" else _file_lock
    with take(name, time.monotonic() + wait.total_seconds()) as held:
        yield held


@contextmanager
def _file_lock(name: str, deadline: float) -> Iterator[bool]:
    database = hashlib.sha256(str(connection.settings_dict["NAME"]).encode()).hexdigest()[:12]
    path = Path(settings.VAR_DIR) / "run" / f"{name}-{database}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:

        def attempt() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield _until(attempt, deadline)


@contextmanager
def _advisory_lock(name: str, deadline: float) -> Iterator[bool]:
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)

    def attempt() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
            return cursor.fetchone()[0]

    held = _until(attempt, deadline)
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def _until(attempt: Callable[[], bool], deadline: float) -> bool:
    while not attempt():
        if time.monotonic() >= deadline:
            return False
        time.sleep(PAUSE)
    return True
