"""Invitations by mail to something a calendar remembers: who is asked, who no longer, and what each is to be told.

A plug-in remembers its event (``services.remember(uid=, …, title=)``), invites and withdraws people, and moves or
cancels the event through the same services; who is invited is told of every change of time or place. The mail itself
leaves through the outbox: the reminder rule that asks here stands on a higher floor (``people.invitations``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit

from .exceptions import NothingToInviteTo
from .models import Invitation, Scheduled

REQUEST, CANCEL = "REQUEST", "CANCEL"


@transaction.atomic
def invite(*, user: Any, uid: str, by: Any = None) -> Invitation:
    """Invite someone to what is remembered under ``uid``; a second time changes nothing.

    Whoever was withdrawn is invited again, with a higher SEQUENCE. Raises NothingToInviteTo when nothing of that
    name is remembered, it has no title, or it was called off.
    """
    scheduled = Scheduled.objects.select_for_update().filter(uid=uid, cancelled_at=None).exclude(title="").first()
    if scheduled is None:
        raise NothingToInviteTo(_("There is nothing to invite to. Please enter the date first."))
    row, is_new = Invitation.objects.select_for_update().get_or_create(
        scheduled=scheduled,
        user=user,
        defaults={"changed_at": clock.now(), "told_from": scheduled.sequence},
    )
    if is_new or row.withdrawn_at is not None:
        if not is_new:
            row.withdrawn_at = row.withdrawn_with = None
            row.steps, row.changed_at = row.steps + 1, clock.now()
            row.told_from = scheduled.sequence + row.steps
            row.save()
        audit.record("calendars.invite", row, by=by)
    return row


@transaction.atomic
def withdraw(*, user: Any, uid: str, by: Any = None) -> Invitation | None:
    """Take an invitation back: the person is told that it does not take place for them.

    Gives None for who was not invited; a second call changes nothing.
    """
    # First the entry, as ``invite`` does: a move at the same moment would else raise the SEQUENCE past the last told.
    scheduled = Scheduled.objects.select_for_update().filter(uid=uid).first()
    row = Invitation.objects.select_for_update().filter(scheduled=scheduled, user=user).first()
    if scheduled is None or row is None or row.withdrawn_at is not None:
        return row
    row.withdrawn_at = row.changed_at = clock.now()
    row.steps += 1
    row.withdrawn_with = scheduled.sequence + row.steps
    row.save()
    audit.record("calendars.uninvite", row, by=by)
    return row


@dataclass(frozen=True)
class Told:
    """What one person is to be told: ``invitation`` as it stands, and since when."""

    invitation: Invitation
    since: dt.datetime

    @property
    def method(self) -> str:
        return CANCEL if self.invitation.cancelled else REQUEST

    @property
    def occasion(self) -> str:
        """Names this state of the invitation among all it ever had: each is told once at most."""
        return f"{self.method}.{self.invitation.sequence}".lower()

    @property
    def is_first(self) -> bool:
        return self.invitation.sequence == self.invitation.told_from


def told_between(start: dt.datetime, end: dt.datetime) -> list[Told]:
    """Who is to be told of something that changed after ``start`` and up to ``end``; one query.

    Several changes within the span are one: people are told how it stands.
    """
    changed = Invitation.objects.changed_in(start, end)
    return [Told(row, row.changed) for row in changed if start < row.changed <= end]


def told_now(keys: Iterable[int]) -> dict[int, Told]:
    """How these invitations (primary keys) stand at present, with entry and person; one query."""
    rows = Invitation.objects.select_related("scheduled", "user").in_bulk(list(keys))
    return {pk: Told(row, row.changed) for pk, row in rows.items()}
