"""What the clock runs for this app."""

from __future__ import annotations

from intranet.reminders.registry import ClockJob

from .services.progress import advance, due_instants

# Before reminders and mail: a round that opens now is announced now.
rounds_job = ClockJob(key="evaluations.rounds", run=advance, order=10, due_instants=due_instants)
