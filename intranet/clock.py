"""The one clock. Instants are aware and in UTC; days are days in Asia/Shanghai.

Nothing else in the house asks the operating system for the time, so a rehearsal
(``CLOCK=2026-12-01T08:00:00+08:00``) and ``tick --at`` move everything together.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.conf import settings

HALL_ZONE = ZoneInfo("Asia/Shanghai")

_pinned: ContextVar[dt.datetime | None] = ContextVar("pinned_instant", default=None)
_started = time.time()


def parse(text: str) -> dt.datetime:
    """ISO 8601 to an aware UTC instant; a text without zone is read as hall time.

    Raises ValueError for anything that is not an ISO date or date-time.
    """
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=HALL_ZONE)
    return moment.astimezone(dt.UTC)


def now() -> dt.datetime:
    """The present instant, aware, in UTC."""
    pinned = _pinned.get()
    if pinned is not None:
        return pinned
    real = dt.datetime.now(dt.UTC)
    start = getattr(settings, "CLOCK_START", None)
    if start is None:
        return real
    return start + dt.timedelta(seconds=real.timestamp() - _started)


def real_now() -> dt.datetime:
    """The operating system's instant, aware, in UTC, even in a rehearsal.

    Only for what several processes compare with each other: pulses, claims and locks. A
    rehearsal's clock starts anew in every process, and ``tick --at`` moves only its own.
    """
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The present day at the hall."""
    return day_of(now())


def day_of(instant: dt.datetime) -> dt.date:
    """The hall's day that an aware instant falls on."""
    return instant.astimezone(HALL_ZONE).date()


def start_of(day: dt.date, hour: int = 0, minute: int = 0) -> dt.datetime:
    """The UTC instant of a clock time on a day at the hall (midnight by default)."""
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=HALL_ZONE).astimezone(dt.UTC)


@contextmanager
def at(instant: dt.datetime) -> Iterator[dt.datetime]:
    """Let everything inside the block happen at one instant."""
    token = _pinned.set(instant.astimezone(dt.UTC))
    try:
        yield instant
    finally:
        _pinned.reset(token)
