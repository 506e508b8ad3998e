"""Recommendations: by units within their quota, by oneself, by a colleague; accepted by whom they name; reviewed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.exceptions import NominationError
from evaluations.models import Award, Candidate, Election, Nomination
from intranet import clock
from intranet.access import audit
from intranet.access.models import User
from intranet.people.models import Person, Posting, Unit, Window
from intranet.people.reach import person_of, place_of, units_led_by, windows_led_by, with_sections

from . import vetoes
from .eligibility import why_not
from .officers import has_reviewed, require_officer, stands_in
from .reach import FIELDS, nominable

__all__ = ["accept", "approve", "decline", "nominable", "recommend", "reject", "why_not", "withdraw"]

Subject = Person | Window | Unit
Kind, State, Phase = Nomination.Kind, Nomination.State, Election.Phase
LONGEST_REASON = 500


@transaction.atomic
def recommend(
    *,
    election: Election,
    kind: str,
    person: Person | None = None,
    window: Window | None = None,
    team: Unit | None = None,
    unit: Unit | None = None,
    reason: str,
    by: User,
) -> Nomination:
    """Recommend a person, a window or a team (as the award says). ``unit`` goes with the kind "unit" only.

    The round's row is locked, so that a unit's quota holds however many send at once. A
    colleague's recommendation waits until whom it names accepts.
    """
    current = Election.objects.locked(election.pk)
    check_open(current)
    _check_kind(current, kind)
    if kind == Kind.SELF and current.rules["subject"] == Award.Subject.PERSON:
        person = person or person_of(by)
    subject = named_subject(current, person=person, window=window, team=team)
    text = checked_reason(reason)
    if kind == Kind.UNIT:
        if unit is None or not units_led_by(by).filter(pk=unit.pk).exists():
            raise NominationError(_("Only the chief representative or head of a unit recommends for it."))
        check_unit(current, unit, subject)
    _check_by(kind, subject, by)
    check_subject(current, subject)
    nomination = make(
        current,
        subject,
        kind=kind,
        unit=unit if kind == Kind.UNIT else None,
        by=by,
        reason=text,
        state=State.PROPOSED if kind == Kind.COLLEAGUE else State.ACCEPTED,
    )
    audit.record("evaluations.recommend", nomination, by=by)
    return nomination


def make(election: Election, subject: Subject, **fields: Any) -> Nomination:
    """The row itself, once every rule is checked under the round's lock."""
    named = {FIELDS[election.rules["subject"]]: subject}
    return Nomination.objects.create(election=election, created_at=clock.now(), **named, **fields)


def check_open(election: Election) -> None:
    if election.phase != Phase.RECOMMENDATION or clock.now() >= election.recommendation_closes:
        raise NominationError(_("Recommendations are not being taken in this round now."))


def _check_kind(election: Election, kind: str) -> None:
    rules = election.rules
    allowed = {
        Kind.UNIT: rules["quota_per_unit"] > 0,
        Kind.SELF: rules["self_allowed"],
        Kind.COLLEAGUE: rules["colleague_allowed"],
    }
    if kind not in allowed:
        raise NominationError(_("Say whether the unit, you yourself or a colleague recommends."))
    if not allowed[Kind(kind)]:
        raise NominationError(
            {
                Kind.UNIT: _("Units do not recommend in this award."),
                Kind.SELF: _("One cannot recommend oneself in this award."),
                Kind.COLLEAGUE: _("Colleagues cannot be recommended in this award."),
            }[Kind(kind)]
        )


def named_subject(
    election: Election, *, person: Person | None = None, window: Window | None = None, team: Unit | None = None
) -> Subject:
    """The one the award honours; raises NominationError when another sort, or none, was chosen."""
    given = {"person": person, "window": window, "team": team}
    of = election.rules["subject"]
    subject = given.pop(FIELDS[of])
    if subject is None or any(given.values()):
        raise NominationError(
            {
                Award.Subject.WINDOW: _("This award honours windows. Choose a window."),
                Award.Subject.TEAM: _("This award honours teams. Choose a unit or section."),
            }.get(of, _("This award honours people. Choose a person."))
        )
    return subject  # type: ignore[return-value]


def checked_reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise NominationError(_("Say in a few words why. The reason is shown to the voters."))
    if len(text) > LONGEST_REASON:
        raise NominationError(_("The reason is too long. Use at most %(n)d characters.") % {"n": LONGEST_REASON})
    return text


def check_unit(election: Election, unit: Unit, subject: Subject) -> None:
    """Whom a unit recommends belongs to it, and its quota is not used up."""
    if not belongs(subject, unit):
        raise NominationError(_("%(who)s does not belong to %(unit)s.") % {"who": subject, "unit": unit})
    quota = election.rules["quota_per_unit"]
    if election.nominations.standing().filter(kind=Kind.UNIT, unit=unit).count() >= quota:
        raise NominationError(
            _("%(unit)s has used its %(n)d recommendations. Withdraw one to make another.")
            % {"unit": unit, "n": quota}
        )


def belongs(subject: Subject, unit: Unit) -> bool:
    """A person posted to the unit today, a window it shares, the unit itself or a section of it."""
    if isinstance(subject, Person):
        return Posting.objects.on().filter(unit=unit, person=subject).exists()
    if isinstance(subject, Window):
        return subject.units.filter(pk=unit.pk).exists()
    return subject.pk in with_sections({unit.pk})


def _check_by(kind: str, subject: Subject, by: User) -> None:
    """Whether this user may recommend this one in this way."""
    own = person_of(by)
    if own is None or not Person.objects.current().filter(pk=own.pk).exists():
        raise NominationError(_("Only people on the staff register recommend. Please ask the personnel office."))
    if kind == Kind.COLLEAGUE and subject == own:
        raise NominationError(_("To stand yourself, recommend yourself."))
    if kind != Kind.SELF:
        return
    if isinstance(subject, Person) and subject.pk != own.pk:
        raise NominationError(_("You can recommend only yourself in this way."))
    if isinstance(subject, Window) and not windows_led_by(by).filter(pk=subject.pk).exists():
        raise NominationError(_("Only the head of a window recommends it in this way."))
    if isinstance(subject, Unit) and not units_led_by(by).filter(pk=subject.pk).exists():
        raise NominationError(_("Only who leads a team recommends it in this way."))


def check_subject(election: Election, subject: Subject) -> None:
    """Eligible, and not recommended already."""
    refusal = why_not(election, subject)
    if refusal:
        raise NominationError(_("%(who)s cannot be recommended: %(why)s") % {"who": subject, "why": refusal})
    about: dict[str, Any] = {FIELDS[election.rules["subject"]]: subject}
    if election.nominations.standing().filter(**about).exists():
        raise NominationError(_("%(who)s is already recommended in this round.") % {"who": subject})
    _check_no_reviewer(election, subject)


def _check_no_reviewer(election: Election, subject: Subject) -> None:
    """Nobody clears the field of rivals and then stands in it."""
    if isinstance(subject, Person) and has_reviewed(election, subject.user):
        raise NominationError(
            _("%(who)s has reviewed recommendations of this round, so they cannot stand in it.") % {"who": subject}
        )


@transaction.atomic
def accept(*, nomination: Nomination, by: User) -> Nomination:
    """Whom it names is willing to stand."""
    current = _answerable(nomination, by)
    _check_no_reviewer(current.election, current.subject)
    return _to(nomination, current, State.ACCEPTED, "evaluations.accept", by)


@transaction.atomic
def decline(*, nomination: Nomination, by: User) -> Nomination:
    """Whom it names does not want to stand."""
    current = _answerable(nomination, by)
    return _to(nomination, current, State.DECLINED, "evaluations.decline", by)


@transaction.atomic
def withdraw(*, nomination: Nomination, by: User) -> Nomination:
    """By whom it names, or who made it, until the review is finished; a candidate then stands no more.

    What the union entered, from a sealed form or from honours, is nobody's own: an officer refuses it with a reason.
    """
    current = _locked(nomination)
    refusal = "" if names(current, by) else _why_maker_keeps(current, by)
    if refusal:
        raise NominationError(refusal)
    _check_before_voting(current)
    if current.state not in (State.PROPOSED, State.ACCEPTED, State.APPROVED):
        raise NominationError(_("This recommendation is already settled."))
    Candidate.objects.filter(nomination=current).delete()
    return _to(nomination, current, State.WITHDRAWN, "evaluations.withdraw", by)


def withdrawable(election: Election, rows: Iterable[Nomination], by: User) -> set[int]:
    """Of recommendations in a round that do not name somebody those they may withdraw; at most five queries."""
    mine = [row for row in rows if row.by_id == by.pk and row.kind in (Kind.COLLEAGUE, Kind.UNIT)]
    if not mine or stands_in(election, by):
        return set()
    of_units = [row for row in mine if row.kind == Kind.UNIT]
    led = set(units_led_by(by).values_list("pk", flat=True)) if of_units else set()
    return {row.pk for row in mine if row.kind == Kind.COLLEAGUE or row.unit_id in led}


def _why_maker_keeps(nomination: Nomination, by: User) -> str:
    """ "" or why somebody whom a recommendation does not name cannot withdraw it, in a sentence."""
    if nomination.by_id != by.pk or nomination.kind == Kind.SELF:
        return _("Only who made a recommendation, or whom it names, can withdraw it.")
    if nomination.kind == Kind.HONOURS or came_on_paper(nomination):
        return _("The union entered this. Whom it names can withdraw it, or an officer refuses it with a reason.")
    if stands_in(nomination.election, by):
        return _("You stand in this round yourself, so you can withdraw only what names you.")
    return ""


def came_on_paper(nomination: Nomination) -> bool:
    """Whether a unit's recommendation was entered by somebody who does not lead the unit: the union, for its form."""
    if nomination.kind != Kind.UNIT:
        return False
    return not units_led_by(nomination.by).filter(pk=nomination.unit_id).exists()


@transaction.atomic
def approve(*, nomination: Nomination, by: User) -> Nomination:
    """Admit to the ballot: makes the Candidate, with name and unit as they are today."""
    current = _reviewable(nomination, by, State.ACCEPTED)
    subject = current.subject
    refusal = why_not(current.election, subject) or vetoes.words_in_force(current) or _missing_scan(current)
    if refusal:
        raise NominationError(_("%(who)s cannot be admitted: %(why)s") % {"who": subject, "why": refusal})
    place = place_of(current.person)
    Candidate.objects.create(
        election=current.election,
        key=_new_key(current.election),
        person=current.person,
        window=current.window,
        team=current.team,
        name=str(subject)[:80],
        unit_name=place.unit.name if place else units_of(current),
        statement=current.reason,
        nomination=current,
    )
    current.reviewed_by = by
    return _to(nomination, current, State.APPROVED, "evaluations.approve", by)


def _missing_scan(nomination: Nomination) -> str:
    """A unit's recommendation that did not come from who leads the unit rests on its sealed form."""
    if nomination.scan_id is not None or not came_on_paper(nomination):
        return ""
    return _("The sealed form is not filed yet. Add its scan first.")


@transaction.atomic
def reject(*, nomination: Nomination, reason: str, by: User) -> Nomination:
    """Not admitted, or the admission taken back until the review is finished; with the reason for whom it names.

    What the union entered from a form also before whom it names has answered: nobody else can put a slip right.
    """
    current = _reviewable(nomination, by, State.PROPOSED, State.ACCEPTED, State.APPROVED)
    if current.state == State.PROPOSED and not came_on_paper(current):
        raise NominationError(_unanswered())
    text = reason.replace("\0", "").strip()
    if not text:
        raise NominationError(_("Say why it is not admitted. Whoever is named can read it."))
    if len(text) > 300:
        raise NominationError(_("The reason is too long. Use at most %(n)d characters.") % {"n": 300})
    Candidate.objects.filter(nomination=current).delete()
    current.reviewed_by, current.review_reason = by, text
    return _to(nomination, current, State.REJECTED, "evaluations.reject", by)


def _locked(nomination: Nomination) -> Nomination:
    """Fresh, under the lock of its round."""
    Election.objects.hold(nomination.election_id)
    related = ("election__award", "person", "window", "team", "unit")
    return Nomination.objects.select_related(*related).get(pk=nomination.pk)


def names(nomination: Nomination, user: User) -> bool:
    return Nomination.objects.naming(user).filter(pk=nomination.pk).exists()


def _check_before_voting(nomination: Nomination) -> None:
    election = nomination.election
    if election.phase not in (Phase.RECOMMENDATION, Phase.REVIEW) or election.reviewed_at is not None:
        raise NominationError(_("The list of candidates is final, so this can no longer be changed."))


def _answerable(nomination: Nomination, by: User) -> Nomination:
    current = _locked(nomination)
    if not names(current, by):
        raise NominationError(_("Only whom a recommendation names can answer it."))
    _check_before_voting(current)
    if current.state != State.PROPOSED:
        raise NominationError(_("This recommendation has been answered already."))
    return current


def _reviewable(nomination: Nomination, by: User, *states: str) -> Nomination:
    current = _locked(nomination)
    require_officer(by, current.election)
    _check_before_voting(current)
    if current.state == State.PROPOSED and State.PROPOSED not in states:
        raise NominationError(_unanswered())
    if current.state not in states:
        raise NominationError(_("This recommendation is already settled."))
    return current


def _unanswered() -> str:
    return _("Whoever is named has not accepted yet.")


def _to(given: Nomination, current: Nomination, state: str, action: str, by: User) -> Nomination:
    current.state = state
    current.save(update_fields=["state", "review_reason", "reviewed_by"])
    audit.record(action, current, by=by)
    given.state, given.review_reason, given.reviewed_by = current.state, current.review_reason, current.reviewed_by
    return given


def _new_key(election: Election) -> str:
    """Random, so that neither the order of recommendation nor the person can be read from it."""
    taken = set(election.candidates.values_list("key", flat=True))
    return next(key for key in iter(lambda: secrets.token_hex(4), "") if key not in taken)


def units_of(nomination: Nomination) -> str:
    """The units that share a window, the unit a section belongs to; blank for a unit of its own."""
    if nomination.window is not None:
        return "、".join(unit.name for unit in nomination.window.units.all())[:80]
    above = nomination.team.parent if nomination.team is not None else None
    return above.name if above is not None else ""
