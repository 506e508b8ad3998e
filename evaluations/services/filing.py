"""Recommendations that came on paper: an officer files them with the scan of the sealed form."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.exceptions import NominationError
from evaluations.models import Award, Election, Nomination, RoundFile
from intranet.access import audit
from intranet.access.models import User
from intranet.people.models import Person, Unit, Window

from . import files, nominations
from .officers import require_officer
from .vetoes import names_in

Kind, State, Phase = Nomination.Kind, Nomination.State, Election.Phase


@transaction.atomic
def file_recommendation(
    *,
    election: Election,
    unit: Unit,
    person: Person | None = None,
    window: Window | None = None,
    team: Unit | None = None,
    reason: str,
    upload: Any,
    by: User,
) -> Nomination:
    """A unit's recommendation on paper, while recommendation is open; counts in the unit's quota like any other.

    A person named still accepts; a window or a team stands for review at once. Raises NominationError, RoundError.
    """
    if upload is None:
        raise NominationError(_("Add the scan of the sealed form."))
    current = Election.objects.locked(election.pk)
    nomination = enter_row(election=current, unit=unit, person=person, window=window, team=team, reason=reason, by=by)
    nomination.scan = _file_scan(current, nomination, upload, by)
    nomination.save(update_fields=["scan"])
    return nomination


def enter_row(
    *,
    election: Election,
    unit: Unit,
    person: Person | None = None,
    window: Window | None = None,
    team: Unit | None = None,
    reason: str,
    by: User,
) -> Nomination:
    """The recommendation without its form, its round's row locked: for a sheet of many, whose forms follow.

    It is not admitted before its form is filed.
    """
    require_officer(by, election)
    nominations.check_open(election)
    if election.rules["quota_per_unit"] == 0:
        raise NominationError(_("Units do not recommend in this award."))
    subject = nominations.named_subject(election, person=person, window=window, team=team)
    text = nominations.checked_reason(reason)
    nominations.check_unit(election, unit, subject)
    nominations.check_subject(election, subject)
    of_people = election.rules["subject"] == Award.Subject.PERSON
    nomination = nominations.make(
        election,
        subject,
        kind=Kind.UNIT,
        unit=unit,
        by=by,
        reason=text,
        state=State.PROPOSED if of_people else State.ACCEPTED,
    )
    if names_in(nomination, by):
        raise NominationError(_("It names yourself, so another officer must file it."))
    audit.record("evaluations.file_recommendation", nomination, by=by)
    return nomination


@transaction.atomic
def add_form(*, nomination: Nomination, upload: Any, by: User) -> Nomination:
    """The sealed form of a unit's recommendation that has none yet, until the review is finished."""
    election = Election.objects.locked(nomination.election_id)
    require_officer(by, election)
    current = Nomination.objects.select_related("unit").get(pk=nomination.pk)
    if election.phase not in (Phase.RECOMMENDATION, Phase.REVIEW) or election.reviewed_at is not None:
        raise NominationError(_("The list of candidates is final, so this can no longer be changed."))
    if current.kind != Kind.UNIT or current.scan_id is not None:
        raise NominationError(_("This recommendation needs no further form."))
    if upload is None:
        raise NominationError(_("Add the scan of the sealed form."))
    current.scan = _file_scan(election, current, upload, by)
    current.save(update_fields=["scan"])
    return current


def _file_scan(election: Election, nomination: Nomination, upload: Any, by: User) -> RoundFile:
    title = _("Sealed recommendation of %(unit)s") % {"unit": nomination.unit}
    return files.file(election=election, kind=RoundFile.Kind.RECOMMENDATION, upload=upload, title=title, by=by)
