"""What the clock does to rounds: phases move forward when their instant has come, and never back."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from evaluations.exceptions import SealingDelayed
from evaluations.models import Election
from intranet import clock

from . import assessment, events, pool
from .results import publish
from .sealing import seal

logger = logging.getLogger(__name__)

Phase = Election.Phase
DATES = ("recommendation_opens", "recommendation_closes", "voting_opens", "voting_closes", "scores_due")


def advance(now: dt.datetime) -> None:
    """Bring every running round to where it should be at an instant. Twice changes nothing; nor does an earlier one.

    A round that cannot be sealed now (someone is reading the file) waits for the next call and
    does not hold up the others. Nor does one that fails for a reason nobody foresaw: the others
    go on, then its error is raised, so that whoever called knows.
    """
    failed: list[Exception] = []
    with clock.at(now):
        for pk in Election.objects.running().order_by("recommendation_opens", "pk").values_list("pk", flat=True):
            try:
                _bring_forward(pk)
            except Exception as error:
                logger.exception("Round %s could not be brought forward", pk)
                failed.append(error)
        for election in Election.objects.waiting_for_seal(now).filter(phase=Phase.CANCELLED):
            _seal(election)
    if failed:
        raise failed[0]


def _bring_forward(pk: int) -> None:
    with transaction.atomic():
        election = Election.objects.locked(pk)
        step(election)
    if Election.objects.waiting_for_seal(clock.now()).filter(pk=pk).exists():
        _seal(election)
    if election.phase == Phase.PUBLIC_NOTICE and notice_is_over(election) and not election.objections.in_the_way():
        publish(election=election)


def _seal(election: Election) -> None:
    try:
        seal(election=election)
    except SealingDelayed as delayed:
        logger.warning("Round %s: %s", election.slug, delayed)


def step(election: Election) -> None:
    """Move a locked round through every phase up to voting, or to the assessment where nobody votes, whose instant
    has come.
    """
    now = clock.now()
    if election.phase == Phase.PREPARATION and election.opened_at and now >= election.recommendation_opens:
        _enter(election, Phase.RECOMMENDATION, _("Recommendation opened"))
    if election.phase == Phase.RECOMMENDATION and now >= election.recommendation_closes:
        # Honours published since the opening bring in who has enough of them by now.
        pool.nominate(election, None)
        _enter(election, Phase.REVIEW, _("Recommendation closed, review began"))
    if election.phase == Phase.REVIEW and election.reviewed_at:
        if not election.has_ballot:
            assessment.begin(election)
        elif election.voting_opens is not None and now >= election.voting_opens:
            _enter(election, Phase.VOTING, _("Voting opened"))


def _enter(election: Election, phase: Election.Phase, what: object) -> None:
    election.phase = phase
    election.save(update_fields=["phase"])
    events.append(election, what, None)


def notice_is_over(election: Election) -> bool:
    """The last day of the public notice has passed."""
    return election.notice_last is not None and clock.today() > election.notice_last


def due_instants(start: dt.datetime, end: dt.datetime) -> Iterable[dt.datetime]:
    """The instants in (start, end] at which some round has something to do, in order."""
    found: set[dt.datetime] = set()
    for dates in Election.objects.running().values_list(*DATES, "notice_last"):
        *instants, notice_last = dates
        if notice_last is not None:
            instants.append(clock.start_of(notice_last + dt.timedelta(days=1)))
        found.update(moment for moment in instants if moment is not None and start < moment <= end)
    return sorted(found)
