"""The chain of events of a round: what officers, scrutineers and the clock did, each hashing the one before."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from evaluations.canonical import canonical, instant
from evaluations.models import Election, ElectionEvent
from intranet import clock
from intranet.access.models import User
from intranet.access.roles import ROLES
from intranet.ui.templatetags.ui import brackets, hall_date

# Which of someone's roles they act in, first that fits.
ACTING_ROLES = ("union_officer", "union_chair", "scrutineer", "hr_admin", "system_admin")


def hash_of(*, at: str, who: str, what: str, previous: str) -> str:
    """SHA-256 over the canonical JSON of the four values."""
    return hashlib.sha256(canonical({"at": at, "previous": previous, "what": what, "who": who}).encode()).hexdigest()


def append(election: Election, what: Any, by: User | None, said: Mapping[str, Any] | None = None) -> ElectionEvent:
    """Add one event. ``what`` is a (lazy) text, kept in the hall's language; ``by`` None is the clock.

    ``said`` fills its places, days as pages write them. It is not filled by the caller: a lazy text with its places
    filled is a plain one, in the language of whoever acts.

    The round's row is locked meanwhile, so that two events never share a number or a predecessor.
    """
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        Election.objects.hold(election.pk)
        last = ElectionEvent.objects.filter(election=election).order_by("-number").first()
        at, who, told = clock.now(), _who(by), (str(what) % _words(said) if said else str(what))[:300]
        previous = last.hash if last else ""
        return ElectionEvent.objects.create(
            election=election,
            number=last.number + 1 if last else 1,
            at=at,
            who=who,
            what=told,
            previous=previous,
            hash=hash_of(at=instant(at), who=who, what=told, previous=previous),
        )


def _words(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: hall_date(value) if isinstance(value, dt.date) else value for name, value in said.items()}


def head(election: Election) -> str:
    """The hash of the last event; "" before the first."""
    last = ElectionEvent.objects.filter(election=election).order_by("-number").first()
    return last.hash if last else ""


def _who(by: User | None) -> str:
    """Name and role word, or the clock."""
    if by is None:
        return _("clock")
    role = next((key for key in ACTING_ROLES if by.has_role(key)), "staff")
    return f"{by.get_full_name() or by.username}{brackets(ROLES[role].label)}"[:80]
