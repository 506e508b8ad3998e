"""The register of complaints, praise and other incidents: registered, looked into, appealed, settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit
from intranet.access.exceptions import NotAllowed
from intranet.people.models import Person, Unit, Window

from ..exceptions import IncidentError
from ..models import Incident
from .months import check_inspection

State, Appeal = Incident.State, Incident.Appeal
MOST_POINTS = Decimal(100)


@transaction.atomic
def register(
    *,
    kind: str,
    channel: str,
    subject: Person | Window | Unit,
    occurred_on: dt.date,
    text: str,
    source: str = "",
    points: Decimal = Decimal(0),
    by: Any,
) -> Incident:
    """Write down what was heard. ``points`` are given (praise) or taken off (with a minus).

    Raises NotAllowed, IncidentError.
    """
    check_inspection(by)
    _check_what_happened(kind, channel, occurred_on, text)
    row = Incident(
        kind=kind, channel=channel, occurred_on=occurred_on, source=source.strip(), text=text.strip(), points=points
    )
    setattr(row, str(type(subject)._meta.model_name), subject)
    _check_points(row, points)
    row.registered_by, row.registered_at = by, clock.now()
    row.save()
    audit.record("figures.register_incident", row, by=by, data={"kind": str(kind), "channel": str(channel)})
    return row


@transaction.atomic
def decide(*, incident: Incident, verified: bool, finding: str, points: Decimal | None = None, by: Any) -> Incident:
    """Verified, or not upheld, with what was found. Only once; by nobody whom it names.

    Raises NotAllowed, IncidentError.
    """
    row = _held(incident, by)
    if row.state != State.REGISTERED:
        raise IncidentError(_("Somebody has already decided on this incident. Look at it again."))
    if not finding.strip():
        raise IncidentError(_("Write what was found."))
    if points is not None:
        _check_points(row, points)
        row.points = points
    row.state = State.VERIFIED if verified else State.NOT_UPHELD
    row.finding, row.decided_by, row.decided_at = finding.strip(), by, clock.now()
    row.save(update_fields=["state", "finding", "points", "decided_by", "decided_at"])
    audit.record("figures.decide_incident", row, by=by, data={"state": str(row.state)})
    return row


@transaction.atomic
def appeal(*, incident: Incident, text: str, by: Any) -> Incident:
    """Say something against a verified incident: the person it names, the head of the window or unit it names. Once.

    Raises NotAllowed, IncidentError.
    """
    row = Incident.objects.locked(incident.pk)
    if not text.strip():
        raise IncidentError(_("Write what you say to it."))
    if row.state != State.VERIFIED or row.is_good:
        raise IncidentError(_("There is nothing to appeal against."))
    if row.appeal != Appeal.NONE:
        raise IncidentError(_("There has been an appeal already. The inspection section answers it once."))
    if not Incident.objects.open_to_appeal(by).filter(pk=row.pk).exists():
        raise NotAllowed(_("Only the person named, or the head of the window or unit named, can appeal."))
    row.appeal, row.appeal_text, row.appealed_by, row.appealed_at = Appeal.OPEN, text.strip(), by, clock.now()
    row.save(update_fields=["appeal", "appeal_text", "appealed_by", "appealed_at"])
    audit.record("figures.appeal_incident", row, by=by)
    return row


@transaction.atomic
def settle_appeal(*, incident: Incident, succeeded: bool, answer: str, by: Any) -> Incident:
    """Answer an appeal; one that succeeds makes the incident “not upheld”, so that it counts no longer.

    Raises NotAllowed, IncidentError.
    """
    row = _held(incident, by)
    if row.appeal != Appeal.OPEN:
        raise IncidentError(_("No appeal is open. Look at the incident again."))
    if row.appealed_by_id == by.pk:
        raise NotAllowed(_("This is your own appeal. A colleague of the inspection section must answer it."))
    if not answer.strip():
        raise IncidentError(_("Write the answer."))
    row.appeal = Appeal.SUCCEEDED if succeeded else Appeal.DISMISSED
    if succeeded:
        row.state = State.NOT_UPHELD
    row.answer, row.settled_by, row.settled_at = answer.strip(), by, clock.now()
    row.save(update_fields=["appeal", "state", "answer", "settled_by", "settled_at"])
    audit.record("figures.settle_appeal", row, by=by, data={"appeal": str(row.appeal)})
    return row


def verified_about(
    *, subject: str, ids: Collection[int], kinds: Collection[str], first: dt.date, last: dt.date
) -> list[Incident]:
    """Verified incidents of these kinds about these subjects ("person", "window", "unit") in a period, by day."""
    rows = Incident.objects.verified(first, last).filter(kind__in=kinds, **{f"{subject}__in": list(ids)})
    return list(rows.with_names().order_by("occurred_on", "pk"))


def may_appeal(incident: Incident, user: Any) -> bool:
    return Incident.objects.open_to_appeal(user).filter(pk=incident.pk).exists()


def concerns(incident: Incident, user: Any) -> bool:
    """Whether it is about this person or the window they lead: they decide nothing about it."""
    return Incident.objects.filter(pk=incident.pk).filter(Incident.objects.all().naming(user)).exists()


def _held(incident: Incident, by: Any) -> Incident:
    check_inspection(by)
    row = Incident.objects.locked(incident.pk)
    if concerns(row, by):
        raise NotAllowed(_("This is about you. A colleague of the inspection section must decide."))
    return row


def _check_what_happened(kind: str, channel: str, occurred_on: dt.date, text: str) -> None:
    if kind not in Incident.Kind.values or channel not in Incident.Channel.values:
        raise IncidentError(_("Choose what it is and how it was heard."))
    if occurred_on > clock.today():
        raise IncidentError(_("The day lies in the future. Correct it."))
    if not text.strip():
        raise IncidentError(_("Write what happened."))


def _check_points(row: Incident, points: Decimal) -> None:
    """Praise takes nothing off, and nothing else gives points."""
    if abs(points) > MOST_POINTS or (points < 0 if row.is_good else points > 0):
        raise IncidentError(
            _("Praise and good press give points, everything else takes points off (with a minus), up to %(most)d.")
            % {"most": MOST_POINTS}
        )
