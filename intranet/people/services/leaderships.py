"""Who leads what: appointment and dismissal, and the role that goes with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit, roles
from intranet.access import services as access

from ..exceptions import LeadershipError
from ..models import Leadership, Person, Posting, Unit, Window

ROLE_OF = {
    Leadership.Kind.CHIEF_REPRESENTATIVE: roles.CHIEF_REPRESENTATIVE,
    Leadership.Kind.WINDOW_HEAD: roles.WINDOW_HEAD,
}


def appoint(
    *,
    kind: str,
    person: Person,
    unit: Unit | None = None,
    window: Window | None = None,
    starts_on: dt.date | None = None,
    by: Any,
) -> Leadership:
    """Make someone chief representative or head of a unit, or head of a window.

    Whoever led it until then ends on the day before. Raises LeadershipError when kind and place do not
    belong together, the place is closed, the person is not at the hall, or somebody else holds the
    appointment on that day or later.
    """
    day = starts_on or clock.today()
    place = _place_for(kind, unit, window)
    if place.retired_on and place.retired_on <= day:
        raise LeadershipError(_("%(place)s is closed. Choose one that is open.") % {"place": place})
    with transaction.atomic():
        # Two appointments to one place wait for each other here.
        type(place).objects.select_for_update().get(pk=place.pk)
        if not Person.objects.current(day).filter(pk=person.pk).exists():
            raise LeadershipError(_("%(name)s is not at the hall on that day.") % {"name": person})
        _end_present(kind, person, unit, window, day, by)
        leadership = Leadership.objects.create(kind=kind, person=person, unit=unit, window=window, starts_on=day)
        audit.record("people.appoint", leadership, by=by, data={"person": person.pk, "kind": str(kind)})
        settle_roles(person=person, by=by)
    return leadership


def dismiss(*, leadership: Leadership, last_day: dt.date | None = None, by: Any) -> Leadership:
    """End an appointment; raises LeadershipError if it has ended already or the day lies before its first."""
    day = last_day or clock.today()
    with transaction.atomic():
        row = Leadership.objects.select_for_update().get(pk=leadership.pk)
        if row.ends_on is not None:
            raise LeadershipError(_("This appointment has already ended."))
        if day < row.starts_on:
            raise LeadershipError(
                _("The appointment began on %(day)s. Choose a last day on or after it.") % {"day": row.starts_on}
            )
        _end(row, day, by)
        settle_roles(person=row.person, by=by)
    return row


def end_all(*, person: Person, last_day: dt.date, by: Any) -> None:
    """Everything someone leads ends with them; an appointment not yet begun ends on its first day."""
    for row in person.leaderships.filter(ends_on__isnull=True):
        _end(row, max(last_day, row.starts_on), by)
    settle_roles(person=person, by=by)


def end_left_behind(
    *, people: Iterable[int], by: Any, corrected: Iterable[tuple[int, Unit, Window | None]] = ()
) -> None:
    """After moves: what somebody led at a place they no longer work at ends with their last day there.

    ``people`` are primary keys of those who moved; ``corrected`` are places (person, unit, window) that were written
    over. An appointment stays when the present place belongs to what is led, when the person never worked there (they
    lead it from elsewhere), or when it began after they had left.
    """
    lines: dict[int, list[Posting]] = {}
    rows = Posting.objects.filter(person_id__in=list(people)).select_related("unit").order_by("starts_on")
    for posting in rows:
        lines.setdefault(posting.person_id, []).append(posting)
    held = Leadership.objects.filter(person_id__in=list(lines)).exclude(ends_on__lt=clock.today())
    yesterday = clock.today() - dt.timedelta(days=1)
    wrong = [(pk, Posting(unit=unit, window=window, ends_on=yesterday)) for pk, unit, window in corrected]
    for row in held.select_related("person__user", "unit", "window"):
        *before, present = lines[row.person_id]
        before += [posting for pk, posting in wrong if pk == row.person_id]
        last_day = _left_behind_on(row, present, before)
        if last_day and (row.ends_on is None or row.ends_on > last_day):
            _end(row, last_day, by)
            settle_roles(person=row.person, by=by)


def _left_behind_on(row: Leadership, present: Posting, before: list[Posting]) -> dt.date | None:
    if _belongs(present, row):
        return None
    days = [posting.ends_on for posting in before if posting.ends_on and _belongs(posting, row)]
    last = max(days, default=None)
    begun_there = last is not None and (row.starts_on <= last or row.starts_on == clock.today())
    return max(last, row.starts_on) if last is not None and begun_there else None


def _belongs(posting: Posting, row: Leadership) -> bool:
    """Whether who works there works at what is led: the window, the unit or a section of it."""
    if row.window_id is not None:
        return posting.window_id == row.window_id
    return row.unit_id in (posting.unit_id, posting.unit.parent_id)


def settle_roles(*, person: Person, by: Any, day: dt.date | None = None) -> None:
    """Give the roles that today's appointments carry; take those whose last appointment is over.

    A role somebody holds without ever having been appointed was given by hand and stays.
    """
    if person.user is None:
        return
    day = day or clock.today()
    for kind, role in ROLE_OF.items():
        rows = person.leaderships.filter(kind=kind)
        # Whose last day is today has handed over: the role goes with the dismissal.
        if rows.on(day).exclude(ends_on=day).exists():
            if person.user.is_active:
                access.give_role(person.user, role, by=by)
        elif rows.filter(ends_on__lte=day).exists():
            access.take_role(person.user, role, by=by)


def _place_for(kind: str, unit: Unit | None, window: Window | None) -> Unit | Window:
    if kind == Leadership.Kind.WINDOW_HEAD:
        if window is None or unit is not None:
            raise LeadershipError(_("A window head is appointed for a window. Choose one."))
        return window
    if unit is None or window is not None:
        raise LeadershipError(_("Choose the unit this appointment is for."))
    return unit


def _end_present(kind: str, person: Person, unit: Unit | None, window: Window | None, day: dt.date, by: Any) -> None:
    held = Leadership.objects.filter(kind=kind, unit=unit, window=window)
    if until := held.filter(ends_on__gte=day).order_by("-ends_on").first():
        raise LeadershipError(
            _("%(name)s holds this appointment until %(day)s. Choose a later first day.")
            % {"name": until.person, "day": until.ends_on}
        )
    present = held.filter(ends_on__isnull=True).first()
    if present is None:
        return
    if present.person_id == person.pk:
        raise LeadershipError(_("%(name)s already holds this appointment.") % {"name": person})
    if present.starts_on >= day:
        raise LeadershipError(
            _("%(name)s was appointed from %(day)s. Choose a later first day, or end that appointment first.")
            % {"name": present.person, "day": present.starts_on}
        )
    _end(present, day - dt.timedelta(days=1), by)
    settle_roles(person=present.person, by=by)


def _end(row: Leadership, last_day: dt.date, by: Any) -> None:
    row.ends_on = last_day
    row.save(update_fields=["ends_on"])
    audit.record("people.dismiss", row, by=by, data={"person": row.person_id, "kind": str(row.kind)})
