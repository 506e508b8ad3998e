"""Periods for which no round of an award is held, with the reason everyone can read."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.exceptions import RoundError
from evaluations.models import Award, Skip
from evaluations.phases import ENDED_EARLY
from evaluations.planning import period_around
from intranet import clock
from intranet.access import audit
from intranet.access.models import User

from .officers import require_officer


@transaction.atomic
def skip_period(*, award: Award, period_first: dt.date, reason: str, by: User) -> Skip:
    """No round of that period; ``period_first`` is its first day. Raises RoundError: held or skipped already."""
    require_officer(by)
    current = Award.objects.select_for_update().get(pk=award.pk)
    said = reason.replace("\0", "").strip()
    if not said:
        raise RoundError(_("Say why. The reason is shown to everyone."))
    if len(said) > 300:
        raise RoundError(_("The reason is too long. Use at most 300 characters."))
    around = period_around(current, period_first)
    if around[0] != period_first:
        raise RoundError(_("A period is named by its first day. Choose one of the list."))
    if current.elections.filter(period_first__range=around).exclude(phase__in=ENDED_EARLY).exists():
        raise RoundError(_("There is already a round of this award for that period. Cancel it instead."))
    if current.skips.filter(period_first=period_first).exists():
        raise RoundError(_("This period is skipped already."))
    skip = Skip.objects.create(award=current, period_first=period_first, reason=said, by=by, created_at=clock.now())
    audit.record("evaluations.skip", current, by=by, data={"period": period_first.isoformat()})
    return skip


@transaction.atomic
def hold_after_all(*, skip: Skip, by: User) -> None:
    """Take a skip back: a round of that period can be planned again. The log keeps that it was skipped."""
    require_officer(by)
    award = Award.objects.select_for_update().get(pk=skip.award_id)
    found = award.skips.filter(pk=skip.pk).first()
    if found is None:
        raise RoundError(_("This period is not skipped any more."))
    audit.record("evaluations.hold_after_all", award, by=by, data={"period": found.period_first.isoformat()})
    found.delete()


def require_not_skipped(award: Award, period_first: dt.date) -> None:
    """Raise RoundError with the reason if no round is to be held for the period in which that day lies."""
    skip = award.skips.filter(period_first=period_around(award, period_first)[0]).first()
    if skip is not None:
        raise RoundError(
            _("No round is held for this period: %(reason)s. Take that back first.") % {"reason": skip.reason}
        )
