"""Clock jobs: run in order, and after an outage at every instant they missed."""

from __future__ import annotations

import datetime as dt
import logging

from intranet import clock

from .models import ClockMark
from .planner import FIRST_LOOK_BACK
from .registry import ClockJob, clock_jobs

logger = logging.getLogger(__name__)


def run_jobs(now: dt.datetime) -> list[str]:
    """Run every job at the instants it missed, in time order across jobs, then at ``now``.

    Gives the keys of the jobs that failed; these keep their mark, so the next run begins
    where they failed. A failed job does not run again in this run: its instants are in order
    for a reason.
    """
    marks = ClockMark.objects.under("job")
    failed: set[str] = set()
    agenda: list[tuple[dt.datetime, int, str, ClockJob]] = []
    for job in clock_jobs():
        start = marks.get(job.key, now - FIRST_LOOK_BACK)
        try:
            missed = {instant for instant in job.due_instants(start, now) if start < instant < now}
        except Exception:
            logger.exception("The clock job %s could not say when it is due", job.key)
            failed.add(job.key)
            continue
        agenda += [(instant, job.order, job.key, job) for instant in {*missed, now}]
    for instant, _order, key, job in sorted(agenda, key=lambda item: item[:3]):
        if key not in failed and not _run(job, instant):
            failed.add(key)
    ClockMark.objects.reach({f"job:{key}": now for *_, key, _job in agenda if key not in failed})
    return sorted(failed)


def _run(job: ClockJob, instant: dt.datetime) -> bool:
    try:
        with clock.at(instant):
            job.run(instant)
    except Exception:
        logger.exception("The clock job %s failed at %s", job.key, instant.isoformat())
        return False
    return True
