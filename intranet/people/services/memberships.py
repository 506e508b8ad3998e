"""Places in the union and its groups, party branches and other bodies."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit

from ..exceptions import MembershipError
from ..models import Body, Membership, Person


def join(
    *,
    person: Person,
    body: Body,
    office: str = Membership.Office.MEMBER,
    starts_on: dt.date | None = None,
    by: Any,
) -> Membership:
    """A place in a body from a day on. With another office than before, the old place ends the day before.

    Raises MembershipError when the body is closed, the person is not at the hall, holds this very place, or
    has a place in the body that lasts until that day or longer.
    """
    day = starts_on or clock.today()
    if body.retired_on and body.retired_on <= day:
        raise MembershipError(_("%(place)s is closed. Choose one that is open.") % {"place": body})
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if not Person.objects.current(day).filter(pk=person.pk).exists():
            raise MembershipError(_("%(name)s is not at the hall on that day.") % {"name": person})
        until = Membership.objects.filter(person=person, body=body, ends_on__gte=day).order_by("-ends_on").first()
        if until:
            raise MembershipError(
                _("The earlier membership lasts until %(day)s. Choose a later first day.") % {"day": until.ends_on}
            )
        present = Membership.objects.filter(person=person, body=body, ends_on__isnull=True).first()
        if present:
            _make_way(present, office, day)
        membership = Membership.objects.create(person=person, body=body, office=office, starts_on=day)
        audit.record("people.join", membership, by=by, data={"person": person.pk, "body": body.pk})
    return membership


def leave(*, membership: Membership, last_day: dt.date | None = None, by: Any) -> Membership:
    """End a place; raises MembershipError if it has ended already or the day lies before its first."""
    day = last_day or clock.today()
    with transaction.atomic():
        row = Membership.objects.select_for_update().get(pk=membership.pk)
        if row.ends_on is not None:
            raise MembershipError(_("This membership has already ended."))
        if day < row.starts_on:
            raise MembershipError(
                _("The membership began on %(day)s. Choose a last day on or after it.") % {"day": row.starts_on}
            )
        row.ends_on = day
        row.save(update_fields=["ends_on"])
        audit.record("people.leave_body", row, by=by, data={"person": row.person_id, "body": row.body_id})
    return row


def end_all(*, person: Person, last_day: dt.date) -> None:
    """With a withdrawal every place ends; one not yet begun ends on its first day."""
    for row in person.memberships.filter(ends_on__isnull=True):
        row.ends_on = max(last_day, row.starts_on)
        row.save(update_fields=["ends_on"])


def _make_way(present: Membership, office: str, day: dt.date) -> None:
    if present.office == office:
        raise MembershipError(
            _("%(name)s already belongs to %(body)s.") % {"name": present.person, "body": present.body}
        )
    if present.starts_on >= day:
        raise MembershipError(
            _("The membership began on %(day)s. Choose a later first day for the new office.")
            % {"day": present.starts_on}
        )
    present.ends_on = day - dt.timedelta(days=1)
    present.save(update_fields=["ends_on"])
