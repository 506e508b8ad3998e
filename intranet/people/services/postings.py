"""Where people work: entry, transfer, withdrawal. A posting is ended, never overwritten."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit

from ..exceptions import PostingError
from ..models import Person, Posting, Unit, Window
from ..rules import window_fault
from . import departures, leaderships


def locked(person: Person) -> Person:
    """The person's row, held until the transaction ends: whoever comes second waits and then sees the new state."""
    return Person.objects.select_for_update().get(pk=person.pk)


def current_of(person: Person) -> Posting | None:
    return Posting.objects.open().filter(person=person).select_related("unit", "window").first()


def enter(
    *,
    person: Person,
    unit: Unit,
    window: Window | None = None,
    position: str = "",
    starts_on: dt.date | None = None,
    by: Any,
) -> Posting:
    """进驻: the person's first day at a unit. Also for somebody who comes back after a withdrawal.

    Raises PostingError when the person already has a place, when the day lies before the end of an
    earlier one or after a departure still to come, or when unit or window cannot take them.
    """
    day = starts_on or clock.today()
    _check_place(unit, window, day)
    with transaction.atomic():
        person_row = locked(person)
        if current := current_of(person_row):
            raise PostingError(
                _("%(name)s already works at %(unit)s. Use a transfer to move them.")
                % {"name": person_row, "unit": current.unit}
            )
        until = _earlier_until(person_row, day)
        posting = _begin(person_row, unit, window, position, day)
        # Who has not gone yet does not go: a first day to come would take them out of every list until then.
        if person_row.entered_on is None or (until and until < clock.today()):
            person_row.entered_on = day
        person_row.left_on = None
        person_row.save(update_fields=["entered_on", "left_on"])
        audit.record("people.enter", person_row, by=by, data={"posting": posting.pk})
    return posting


def transfer(
    *,
    person: Person,
    unit: Unit,
    window: Window | None = None,
    position: str = "",
    starts_on: dt.date | None = None,
    by: Any,
    seen: Posting | None = None,
) -> Posting:
    """A move within the hall: ends the open posting on the day before and begins the next.

    ``seen`` is the posting the officer had before them; if somebody else has changed it meanwhile,
    nothing is written and PostingError says so.
    """
    day = starts_on or clock.today()
    _check_place(unit, window, day)
    with transaction.atomic():
        person_row = locked(person)
        current = _open_posting(person_row, seen)
        if (current.unit_id, current.window_id, current.position) == (unit.pk, window and window.pk, position):
            raise PostingError(_("Nothing changes: %(name)s already works there.") % {"name": person_row})
        if day <= current.starts_on:
            raise PostingError(
                _("The present posting began on %(day)s. Choose a later first day for the new one.")
                % {"day": current.starts_on}
            )
        _end(current, day - dt.timedelta(days=1), Posting.Ending.TRANSFER)
        posting = _begin(person_row, unit, window, position, day)
        leaderships.end_left_behind(people=[person_row.pk], by=by)
        audit.record("people.transfer", person_row, by=by, data={"from": current.pk, "posting": posting.pk})
    return posting


def withdraw(*, person: Person, last_day: dt.date | None = None, by: Any, seen: Posting | None = None) -> Person:
    """退出: ends posting, leaderships and memberships; the account is closed when the last day is here.

    With a last day in the future the account is closed by the clock on the day after it.
    """
    day = last_day or clock.today()
    with transaction.atomic():
        person_row = locked(person)
        current = _open_posting(person_row, seen)
        if day < current.starts_on:
            raise PostingError(
                _("The present posting began on %(day)s. Choose a last day on or after it.")
                % {"day": current.starts_on}
            )
        _end(current, day, Posting.Ending.WITHDRAWAL)
        departures.depart(person=person_row, posting=current, by=by)
    return person_row


def _earlier_until(person: Person, day: dt.date) -> dt.date | None:
    """The last day of the posting before one that begins on ``day``, None without one."""
    latest = person.postings.filter(ends_on__isnull=False).order_by("-ends_on").first()
    until = latest.ends_on if latest else None
    if until is None:
        return None
    if until >= day:
        raise PostingError(_("The earlier posting lasted until %(day)s. Choose a later first day.") % {"day": until})
    if until >= clock.today() and until + dt.timedelta(days=1) < day:
        raise PostingError(
            _("%(name)s is at the hall until %(day)s. Enter the return after that day.")
            % {"name": person, "day": until}
        )
    return until


def _open_posting(person: Person, seen: Posting | None) -> Posting:
    current = current_of(person)
    if current is None:
        raise PostingError(_("%(name)s has no posting at present. Enter one first.") % {"name": person})
    if seen is not None and seen.pk != current.pk:
        raise PostingError(
            _("Somebody else has just moved %(name)s to %(unit)s. Look at the page again before you decide.")
            % {"name": person, "unit": current.unit}
        )
    return current


def _check_place(unit: Unit, window: Window | None, day: dt.date) -> None:
    for place in (unit, window):
        if place is not None and place.retired_on and place.retired_on <= day:
            raise PostingError(_("%(place)s is closed. Choose one that is open.") % {"place": place})
    if fault := window_fault(unit, window):
        raise PostingError(fault)


def _begin(person: Person, unit: Unit, window: Window | None, position: str, day: dt.date) -> Posting:
    try:
        with transaction.atomic():
            return Posting.objects.create(
                person=person, unit=unit, window=window, position=position.strip(), starts_on=day
            )
    except IntegrityError as error:
        raise PostingError(
            _("Somebody else has just given %(name)s a place. Look at the page again before you decide.")
            % {"name": person}
        ) from error


def _end(posting: Posting, last_day: dt.date, ending: str) -> None:
    posting.ends_on, posting.ending = last_day, ending
    posting.save(update_fields=["ends_on", "ending"])
