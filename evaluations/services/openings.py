"""Rounds that open by themselves on their working day: planned and opened by the clock, once a period."""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction

from evaluations import planning
from evaluations.exceptions import RoundError
from evaluations.models import Award, Election
from evaluations.openings import Openings
from intranet import clock
from intranet.workdays.arithmetic import add_workdays

from .rounds import open_round, plan_round

logger = logging.getLogger(__name__)


def open_due(now: dt.datetime) -> list[Election]:
    """Plan and open every round that is due at an instant; twice opens nothing twice.

    After an outage at most the latest period of an award is opened, from the day it is noticed. An award that cannot
    open (nobody on the roll) is logged and tried again; an unforeseen error is raised when the others are done.
    """
    made: list[Election] = []
    failed: list[Exception] = []
    with clock.at(now):
        for pk in Award.objects.current().filter(opens_by_itself=True).order_by("pk").values_list("pk", flat=True):
            try:
                made += _open(pk, now)
            except RoundError as refusal:
                logger.warning("Award %s does not open by itself: %s", pk, refusal)
            except Exception as error:
                logger.exception("Award %s could not open by itself", pk)
                failed.append(error)
    if failed:
        raise failed[0]
    return made


@transaction.atomic
def _open(pk: int, now: dt.datetime) -> list[Election]:
    """The due round of one award, the award's row locked: two clocks at once make one round."""
    award = Award.objects.select_for_update().get(pk=pk)
    opening = Openings([award], now).due(award)
    if opening is None:
        return []
    begins = opening.day if opening.day == clock.today() else add_workdays(clock.today(), 0)
    election = plan_round(
        award=award,
        period_first=opening.first,
        period_last=opening.last,
        by=None,
        **planning.schedule(award, begins),
    )
    return [open_round(election=election, by=None)]
