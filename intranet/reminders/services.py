"""What the clock does, from beat and from the command line alike; and reading one's inbox."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from intranet import clock

from .jobs import run_jobs
from .models import ClockMark, InboxMessage
from .planner import plan
from .single import holding
from .sweeper import sweep


class TickFailed(Exception):
    """Some jobs or rules failed; the rest was done. ``keys`` names them."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys


@dataclass(frozen=True)
class Ticked:
    """``led`` is False when another tick was at work, and this one only delivered. ``rows`` counts by state."""

    led: bool
    rows: Counter[str] = field(default_factory=Counter)


def tick(now: dt.datetime | None = None, *, wait: dt.timedelta = dt.timedelta(0)) -> Ticked:
    """Do everything due up to ``now``: clock jobs, then planning, then delivery. Twice does nothing twice.

    Jobs and planning run in one process at a time; a second tick waits ``wait`` for the first
    and then leaves these to it. Delivery may run in many: every row is claimed.
    Raises TickFailed at the end when jobs or rules failed.
    """
    instant = now or clock.now()
    failed: list[str] = []
    with clock.at(instant):
        with holding("tick", wait=wait) as led:
            if led:
                failed = run_jobs(instant) + plan(instant)
        rows = sweep(instant)
    if led:
        ClockMark.objects.reach({"tick": clock.real_now()})
    if failed:
        raise TickFailed(failed)
    return Ticked(led, rows)


@transaction.atomic
def read_message(*, message: InboxMessage, by: Any) -> None:
    """Mark one message as read by its reader; a second time changes nothing."""
    InboxMessage.objects.visible_to(by).filter(pk=message.pk).mark_read()


@transaction.atomic
def read_all(*, by: Any) -> int:
    """Mark everything in a person's inbox as read; gives the number of messages that were unread."""
    return InboxMessage.objects.visible_to(by).mark_read()
