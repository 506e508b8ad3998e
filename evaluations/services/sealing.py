"""Sealing: after it, nothing in the database ties a ballot to a voter.

Steps, each safe to repeat after a crash, because the clock starts again at the first: close voting; wait
until the paper ballots are counted and, where the rules say so, two scrutineers have confirmed; make both tables
anew in sorted order; clean up what the old tables left (dead rows, write-ahead log); and only then say "sealed"
and count.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations import closing, record
from evaluations.exceptions import RoundError
from evaluations.models import Ballot, Election, PaperCount
from intranet import clock
from intranet.access import audit
from intranet.access.models import User

from . import assessment, events, table_rewrite

Phase = Election.Phase


def seal(*, election: Election, by: User | None = None) -> Election:
    """Seal a round whose voting is over; does nothing if it is sealed already, or waits for scrutineers.

    Must not run inside a transaction: the clean-up cannot. Raises RoundError while voting is open, and
    SealingDelayed when another process holds the database; the round then still says "voting".
    """
    require_own_transactions()
    if not close_voting(election, by) or closing.missing(election):
        return election
    table_rewrite.rewrite()
    table_rewrite.clean_up()
    return declare_sealed(election, by)


def require_own_transactions() -> None:
    if connection.in_atomic_block:
        raise RuntimeError("Sealing cleans up after itself, which no database does inside a transaction")


@transaction.atomic
def close_voting(election: Election, by: User | None) -> bool:
    """From here on no ballot is taken. False if there is nothing left to seal."""
    current = Election.objects.locked(election.pk)
    if current.sealed_at is not None:
        _show(election, current)
        return False
    broken_off = current.phase == Phase.CANCELLED and current.closed_at is not None
    if current.phase != Phase.VOTING and not broken_off:
        raise RoundError(_("There are no ballots to seal in this round now."))
    if current.phase == Phase.VOTING and current.voting_closes and clock.now() < current.voting_closes:
        raise RoundError(_("Voting is still open. The ballots are sealed when it ends."))
    if broken_off:
        # Nobody will count again what was read from paper; it must not outlive the seal.
        PaperCount.objects.filter(election=current, counted_at__isnull=True).delete()
    if current.closed_at is None:
        current.closed_at = clock.now()
        current.save(update_fields=["closed_at"])
        events.append(current, gettext_lazy("Voting closed"), by)
    _show(election, current)
    return True


@transaction.atomic
def declare_sealed(election: Election, by: User | None) -> Election:
    """The round says "sealed"; a round that was broken off is sealed without a count.

    Where ballots alone count, they are counted now. Where more counts, the boxes stay closed until the inputs are
    frozen, and the assessment begins.
    """
    current = Election.objects.locked(election.pk)
    if current.sealed_at is None:
        for sentence in closing.missing(current):
            raise RoundError(sentence)
        current.sealed_at = clock.now()
        if current.phase == Phase.VOTING:
            current.phase = Phase.SEALED
            current.sealing_root = record.sealing_root(current)
        current.save(update_fields=["sealed_at", "phase", "sealing_root"])
        audit.record("evaluations.seal", current, by=by)
        events.append(current, _sealed(current), by)
        if current.phase == Phase.SEALED:
            assessment.begin(current)
    return _show(election, current)


def _sealed(election: Election) -> object:
    if election.phase == Phase.CANCELLED:
        return gettext_lazy("Ballots sealed, not counted")
    what = gettext_lazy("Ballots sealed: %(ballots)d of %(roll)d, root of the boxes %(root)s")
    ballots = Ballot.objects.filter(election=election).count()
    return what % {"ballots": ballots, "roll": election.roll_size, "root": election.sealing_root}


def _show(given: Election, current: Election) -> Election:
    shown = "phase closed_at sealed_at sealing_root inputs inputs_hash inputs_frozen_at result decision"
    for field in shown.split():
        setattr(given, field, getattr(current, field))
    return given
