"""What can be delivered now, what a person may read, and how far the clock has come."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Q

from intranet import clock

from .states import OutboxState


class OutboxQuerySet(models.QuerySet):
    def worth_sending(self, now: dt.datetime) -> OutboxQuerySet:
        """Rows whose ``until`` has not passed; the instant itself still counts."""
        return self.filter(until__gte=now)

    def outdated(self, now: dt.datetime) -> OutboxQuerySet:
        """Unsent rows that nobody is sending at this moment and that came too late."""
        return self.filter(until__lt=now).filter(self._free())

    def deliverable(self, *, channel: str, rules: Iterable[str], now: dt.datetime) -> OutboxQuerySet:
        """Rows of one channel that may be claimed now.

        Rows of a rule that is not registered (its plug-in is out) are left as they are:
        nobody could say what to write, and the plug-in may come back.
        """
        rested = Q(next_try=None) | Q(next_try__lte=now)
        return (
            self.worth_sending(now)
            .filter(self._free(), rested, channel=channel, rule__in=list(rules), due__lte=now)
            .order_by("due", "pk")
        )

    def _free(self) -> Q:
        """Planned, or claimed by somebody whose claim has run out (its process died)."""
        return Q(state=OutboxState.PLANNED) | Q(state=OutboxState.CLAIMED, claimed_until__lt=clock.real_now())

    def held_by(self, claim: uuid.UUID | None) -> OutboxQuerySet:
        """Rows this claim still holds; one that ran out may have been taken by another worker."""
        return self.filter(state=OutboxState.CLAIMED, claim=claim) if claim else self.none()

    def settle(self, state: str, **fields: Any) -> int:
        """End the claim in the given state; gives the number of rows."""
        return self.update(state=state, claim=None, claimed_until=None, **fields)


class InboxQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> InboxQuerySet:
        """A message is for its recipient's eyes only, whatever the role."""
        return self.filter(recipient_id=user.pk) if user.is_active else self.none()

    def unread(self) -> InboxQuerySet:
        return self.filter(read_at=None)

    def unread_first(self) -> InboxQuerySet:
        return self.order_by(
            models.Case(models.When(read_at=None, then=0), default=1), F("received_at").desc(), "-pk"
        )

    def mark_read(self) -> int:
        """Mark the unread ones as read now; gives their number."""
        return self.unread().update(read_at=clock.now())


class ClockMarkQuerySet(models.QuerySet):
    def under(self, prefix: str) -> dict[str, dt.datetime]:
        """The marks whose key is "<prefix>:<name>", by name; one query."""
        found = self.filter(key__startswith=f"{prefix}:").values_list("key", "reached")
        return {key.partition(":")[2]: reached for key, reached in found}

    def reach(self, marks: dict[str, dt.datetime]) -> None:
        """Set marks, in one statement; a clock that went back takes its marks back too."""
        self.bulk_create(
            [self.model(key=key, reached=reached) for key, reached in sorted(marks.items())],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["reached"],
        )
