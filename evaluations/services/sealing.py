"""Sealing: after it, nothing in the database ties a ballot to a voter.

Four steps, each safe to repeat after a crash, because the clock starts again at the first:
close voting; make both tables anew in sorted order; clean up what the old tables left (dead rows,
write-ahead log); and only then say "sealed" and count.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.exceptions import RoundError
from evaluations.models import Election
from intranet import clock
from intranet.access import audit
from intranet.access.models import User

from . import events, results, table_rewrite

Phase = Election.Phase


def seal(*, election: Election, by: User | None = None) -> Election:
    """Seal a round whose voting is over; does nothing if it is sealed already.

    Must not run inside a transaction: the clean-up cannot. Raises RoundError while voting is open, and
    SealingDelayed when another process holds the database; the round then still says "voting".
    """
    require_own_transactions()
    if not close_voting(election, by):
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
    if current.phase == Phase.VOTING and clock.now() < current.voting_closes:
        raise RoundError(_("Voting is still open. The ballots are sealed when it ends."))
    if current.closed_at is None:
        current.closed_at = clock.now()
        current.save(update_fields=["closed_at"])
        events.append(current, gettext_lazy("Voting closed"), by)
    _show(election, current)
    return True


@transaction.atomic
def declare_sealed(election: Election, by: User | None) -> Election:
    """The round says "sealed", with its count; a round that was broken off is sealed without a count."""
    current = Election.objects.locked(election.pk)
    if current.sealed_at is None:
        current.sealed_at = clock.now()
        if current.phase == Phase.VOTING:
            current.phase = Phase.SEALED
            current.result = results.count(current).as_json()
            current.decision = results.decision_by_count(current.result, clock.today())
        current.save(update_fields=["sealed_at", "phase", "result", "decision"])
        audit.record("evaluations.seal", current, by=by)
        events.append(current, _sealed(current), by)
    return _show(election, current)


def _sealed(election: Election) -> object:
    if election.phase == Phase.CANCELLED:
        return gettext_lazy("Ballots sealed, not counted")
    what = gettext_lazy("Ballots sealed: %(ballots)d of %(roll)d, valid %(valid)d, void %(void)d")
    return what % {name: election.result[name] for name in ("ballots", "roll", "valid", "void")}


def _show(given: Election, current: Election) -> Election:
    for field in ("phase", "closed_at", "sealed_at", "result", "decision"):
        setattr(given, field, getattr(current, field))
    return given
