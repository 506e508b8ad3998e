"""Memory of dated things, and subscriptions."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit

from .exceptions import AlreadyRevoked, EndsBeforeItStarts, NotYours
from .models import Colour, FeedToken, Scheduled
from .querysets import hash_of
from .registry import calendar_subjects

TITLE = 200  # characters that are kept of a title


@transaction.atomic
def remember(
    *,
    uid: str,
    starts: dt.datetime,
    ends: dt.datetime,
    location: str = "",
    title: str | None = None,
    by: Any = None,
) -> Scheduled:
    """Note when and where something takes place; ``uid`` names it for ever.

    SEQUENCE rises by one when time or place changed, or when it had been cancelled and takes
    place after all (RFC 5545, 3.8.7.4); a second call with the same facts changes nothing.
    ``title``, which names no reasons, is for invitations; None leaves the one that is there. A corrected
    title is shown and raises nothing: a device that asks gets it, and nobody is told. Raises EndsBeforeItStarts.
    """
    if ends < starts:
        raise EndsBeforeItStarts(_("The end lies before the start. Please check both times."))
    facts = {"starts": starts, "ends": ends, "location": location}
    row, is_new = Scheduled.objects.select_for_update().get_or_create(
        uid=uid, defaults={**facts, "title": (title or "")[:TITLE], "changed_at": clock.now()}
    )
    if is_new:
        return row
    retitled = title is not None and row.title != title[:TITLE]
    row.title = row.title if title is None else title[:TITLE]
    if all(getattr(row, name) == value for name, value in facts.items()) and row.cancelled_at is None:
        if retitled:
            row.changed_at = clock.now()
            row.save(update_fields=["title", "changed_at"])
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
def issue_token(
    *,
    user: Any,
    label: str,
    title: str = "",
    colour: str = Colour.TEAL,
    off: Collection[str] = (),
    subject: str = "",
    subject_key: str = "",
) -> str:
    """A new subscription for one device; gives the token, which is shown once and kept only as a hash.

    Without ``subject`` it is one's own calendar, without the kinds (source keys) in ``off``. Raises NotYours for a
    subject one may not show.
    """
    if subject and about_of(user, subject, subject_key) is None:
        raise NotYours(_("This calendar is not yours to subscribe to. Please choose another one."))
    token = secrets.token_urlsafe(32)
    row = FeedToken.objects.create(
        user=user,
        label=label,
        title=title,
        colour=colour,
        off=sorted(off),
        subject=subject,
        subject_key=subject_key,
        token_hash=hash_of(token),
        created_at=clock.now(),
    )
    audit.record("calendars.subscribe", row, by=user, data={"subject": subject})
    return token


def about_of(user: Any, subject: str, subject_key: str) -> Any | None:
    """The object behind a subject's feed; None when the user may not show it, or nobody knows that subject."""
    known = calendar_subjects().get(subject)
    return known.find(user, subject_key) if known else None


@transaction.atomic
def change_subscription(
    *, subscription: FeedToken, label: str, title: str, colour: str, off: Collection[str], by: Any
) -> FeedToken:
    """Name, colour and kinds of a subscription; its address stays. Raises AlreadyRevoked."""
    row = FeedToken.objects.select_for_update().filter(pk=subscription.pk, revoked_at=None).first()
    if row is None:
        raise AlreadyRevoked(_("This subscription has been ended already. Please create a new one."))
    row.label, row.title, row.colour, row.off = label, title, colour, sorted(off)
    row.save(update_fields=["label", "title", "colour", "off"])
    audit.record("calendars.change", row, by=by)
    return row


@transaction.atomic
def revoke(*, subscription: FeedToken, by: Any) -> None:
    """End a subscription: its address is unknown from now on. Raises AlreadyRevoked."""
    ended = FeedToken.objects.filter(pk=subscription.pk, revoked_at=None).update(revoked_at=clock.now())
    if not ended:
        raise AlreadyRevoked(_("This subscription has been ended already. Please create a new one."))
    audit.record("calendars.revoke", subscription, by=by)


@transaction.atomic
def rotate(*, subscription: FeedToken, by: Any) -> str:
    """End a subscription and give the device a new address in one step. Raises AlreadyRevoked, or NotYours."""
    revoke(subscription=subscription, by=by)
    kept = ("user", "label", "title", "colour", "off", "subject", "subject_key")
    return issue_token(**{name: getattr(subscription, name) for name in kept})


def feed_path(token: str) -> str:
    """The feed's address on this site."""
    return reverse("calendars:feed", args=[token])
