"""What the clock runs for this app."""

from __future__ import annotations

import datetime as dt

from intranet.reminders.registry import ClockJob

from .services.openings import open_due
from .services.progress import advance, due_instants


def open_rounds(now: dt.datetime) -> None:
    open_due(now)


# Before the other: a round that opens by itself goes on at once. It names no missed instants, because after an
# outage only the latest period is opened.
openings_job = ClockJob(key="evaluations.openings", run=open_rounds, order=9)
# Before reminders and mail: a round that opens now is announced now.
rounds_job = ClockJob(key="evaluations.rounds", run=advance, order=10, due_instants=due_instants)
