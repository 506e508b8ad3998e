"""Whether the parts of the house are at work; what ``/readyz`` tells."""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from functools import cache
from typing import TypeVar

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from intranet import clock

from .models import ClockMark

logger = logging.getLogger(__name__)

# A pulse comes every two seconds; with the answer's own time a stop shows within ten.
FRESH = dt.timedelta(seconds=7)
# Ticks come every minute; a slow mail server may delay one by LONGEST seconds.
TICK_FRESH = dt.timedelta(seconds=150)
PATIENCE = 2.5  # seconds for each check

T = TypeVar("T")

_migrated: set[str] = set()


def report() -> dict[str, bool]:
    """Each part and whether it works; never why not, for strangers read this. Takes at most a few seconds."""
    marks = _within(_marks, default=None)
    return {
        "database": marks is not None,
        "broker": _within(_broker_answers, default=False),
        "migrations": marks is not None and _within(_all_migrated, default=False),
        "worker": _younger(marks, "worker", FRESH),
        "tick": _younger(marks, "beat", FRESH) and _younger(marks, "tick", TICK_FRESH),
    }


def _younger(marks: dict[str, dt.datetime] | None, key: str, age: dt.timedelta) -> bool:
    # A mark that lies ahead is of before the machine's clock was set back: who lives has left a new one.
    return bool(marks and key in marks and abs(clock.real_now() - marks[key]) <= age)


def _within(check: Callable[[], T], *, default: T) -> T:
    """The check's answer, or ``default`` when it fails or hangs: a stopped server answers nobody."""
    try:
        return _threads_for(check.__name__).submit(check).result(timeout=PATIENCE)
    except (TimeoutError, Error, OSError, redis.RedisError) as error:
        logger.warning("A part is not ready (%s): %s", check.__name__, type(error).__name__)
        return default


@cache
def _threads_for(check: str) -> ThreadPoolExecutor:
    """Threads of each check's own: while a stopped database holds all of one, the broker is still asked."""
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix=f"readyz{check}")


def _marks() -> dict[str, dt.datetime]:
    try:
        return dict(ClockMark.objects.filter(key__in=["worker", "beat", "tick"]).values_list("key", "reached"))
    finally:
        connection.close()


def _all_migrated() -> bool:
    """Whether no migration is waiting; asked until it is true, since it is slow and stays true."""
    name = str(connection.settings_dict["NAME"])
    if name not in _migrated:
        try:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return False
        finally:
            connection.close()
        _migrated.add(name)
    return True


def _broker_answers() -> bool:
    url = settings.CELERY_BROKER_URL
    if url.startswith("filesystem:"):
        return os.access(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"], os.R_OK | os.W_OK | os.X_OK)
    with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
        return bool(client.ping())
