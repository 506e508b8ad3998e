"""Facts about accounts that a room above may act on; the signal carries no logic of who listens.

``sign_in_changed``   sender: User; ``users`` whose they are, ``kind`` (one of ``KINDS``), ``role`` (its key, for
                      roles given or taken, else ""), ``by`` (who did it; None: a command or the clock)

Sent with ``send_robust`` after the transaction is committed, so that a receiver's fault undoes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import Signal

sign_in_changed = Signal()

KINDS = ("slip", "reset", "activated", "password", "second_factor", "role_given", "role_taken", "opened", "closed")


def announce(users: Iterable[Any], kind: str, *, by: Any, role: str = "") -> None:
    """Tell, once the transaction is committed, that people can now sign in in another way or as something else."""
    if kind not in KINDS:
        raise ValueError(f"not a kind of change: {kind!r}")
    changed = list(users)
    if changed:
        sender = type(changed[0])
        transaction.on_commit(
            partial(sign_in_changed.send_robust, sender=sender, users=changed, kind=kind, role=role, by=by)
        )
