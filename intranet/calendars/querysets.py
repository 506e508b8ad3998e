"""Which feed tokens count, and whose they are."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.db import models


def hash_of(token: str) -> str:
    """SHA-256 in hex. A token has 256 random bits, so it needs neither salt nor stretching."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class ScheduledQuerySet(models.QuerySet):
    def invited(self, user: Any) -> ScheduledQuerySet:
        """What a person is invited to at present; what was called off is among it, to be seen as cancelled."""
        return self.filter(invitations__user=user.pk, invitations__withdrawn_at=None)


class InvitationQuerySet(models.QuerySet):
    def changed_in(self, start: dt.datetime, end: dt.datetime) -> InvitationQuerySet:
        """What people are to be told of: changed after ``start`` and up to ``end``, and not over by then."""
        own = models.Q(changed_at__gt=start, changed_at__lte=end)
        moved = models.Q(withdrawn_at=None, scheduled__changed_at__gt=start, scheduled__changed_at__lte=end)
        still_ahead = self.filter(scheduled__ends__gt=models.F("changed_at"))
        still_ahead = still_ahead.filter(scheduled__ends__gt=models.F("scheduled__changed_at"))
        return still_ahead.filter(own | moved).select_related("scheduled").order_by("pk")


class FeedTokenQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> FeedTokenQuerySet:
        """A subscription is its holder's own business, whatever the role."""
        return self.filter(user_id=user.pk) if user.is_active else self.none()

    def valid(self) -> FeedTokenQuerySet:
        """Not revoked, and the holder's account is open."""
        return self.filter(revoked_at=None, user__is_active=True)

    def holding(self, token: str) -> FeedTokenQuerySet:
        """The valid row of a token as it stands in an address, with its user; one query, at most one row."""
        return self.valid().filter(token_hash=hash_of(token)).select_related("user")

    def with_roles(self) -> FeedTokenQuerySet:
        """A row for each role of the user, as ``role_key``; None for a user without any."""
        return self.annotate(role_key=models.F("user__groups__role__key"))

    def held(self, token: str) -> Any | None:
        """The valid row of a token, whose user knows their roles already; one query in all, or None."""
        rows = list(self.holding(token).with_roles())
        if not rows:
            return None
        rows[0].user.know_roles(row.role_key for row in rows if row.role_key)
        return rows[0]
