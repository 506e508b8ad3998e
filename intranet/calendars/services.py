"""Memory of dated things, and who may fetch a feed."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit

from .exceptions import AlreadyRevoked, EndsBeforeItStarts
from .models import FeedToken, Scheduled
from .querysets import hash_of


@transaction.atomic
def remember(*, uid: str, starts: dt.datetime, ends: dt.datetime, location: str = "", by: Any = None) -> Scheduled:
    """Note when and where something takes place; ``uid`` names it for ever.

    SEQUENCE rises by one when time or place changed, or when it had been cancelled and takes
    place after all (RFC 5545, 3.8.7.4); a second call with the same facts changes nothing.
    Raises EndsBeforeItStarts.
    """
    if ends < starts:
        raise EndsBeforeItStarts(_("The end lies before the start. Please check both times."))
    facts = {"starts": starts, "ends": ends, "location": location}
    row, is_new = Scheduled.objects.select_for_update().get_or_create(
        uid=uid, defaults={**facts, "changed_at": clock.now()}
    )
    same = all(getattr(row, name) == value for name, value in facts.items()) and row.cancelled_at is None
    if is_new or same:
        return row
    for name, value in facts.items():
        setattr(row, name, value)
    row.cancelled_at = None
    return _raised(row, "calendars.move", by)


@transaction.atomic
def cancel(*, uid: str, by: Any = None) -> Scheduled | None:
    """Note that something does not take place: calendars show it as cancelled for 60 days.

    Gives None when ``uid`` was never remembered; a second call changes nothing.
    """
    row = Scheduled.objects.select_for_update().filter(uid=uid).first()
    if row is None or row.cancelled_at is not None:
        return row
    row.cancelled_at = clock.now()
    return _raised(row, "calendars.cancel", by)


def _raised(row: Scheduled, action: str, by: Any) -> Scheduled:
    row.sequence += 1
    row.changed_at = clock.now()
    row.save()
    audit.record(action, row, by=by)
    return row


@transaction.atomic
def issue_token(*, user: Any, label: str) -> str:
    """A new subscription for one device; gives the token, which is shown once and kept only as a hash."""
    token = secrets.token_urlsafe(32)
    row = FeedToken.objects.create(user=user, label=label, token_hash=hash_of(token), created_at=clock.now())
    audit.record("calendars.subscribe", row, by=user)
    return token


@transaction.atomic
def revoke(*, subscription: FeedToken, by: Any) -> None:
    """End a subscription: its address is unknown from now on. Raises AlreadyRevoked."""
    ended = FeedToken.objects.filter(pk=subscription.pk, revoked_at=None).update(revoked_at=clock.now())
    if not ended:
        raise AlreadyRevoked(_("This subscription has been ended already. Please create a new one."))
    audit.record("calendars.revoke", subscription, by=by)


@transaction.atomic
def rotate(*, subscription: FeedToken, by: Any) -> str:
    """End a subscription and give the device a new address in one step. Raises AlreadyRevoked."""
    revoke(subscription=subscription, by=by)
    return issue_token(user=subscription.user, label=subscription.label)


def feed_path(token: str) -> str:
    """The feed's address on this site."""
    return reverse("calendars:feed", args=[token])
