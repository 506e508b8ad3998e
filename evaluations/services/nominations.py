"""Recommendations: by units within their quota, by oneself, by a colleague; accepted by whom they name; reviewed."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.exceptions import NominationError
from evaluations.models import Award, Candidate, Election, Nomination
from intranet import clock
from intranet.access import audit
from intranet.access.models import User
from intranet.people.models import Person, Posting, Unit, Window
from intranet.people.querysets import PersonQuerySet, WindowQuerySet
from intranet.people.reach import person_of, place_of, units_led_by, windows_led_by

from .eligibility import eligible_people, eligible_windows, why_not
from .officers import require_officer

__all__ = ["accept", "approve", "decline", "nominable", "recommend", "reject", "why_not", "withdraw"]

Kind, State, Phase = Nomination.Kind, Nomination.State, Election.Phase
LONGEST_REASON = 500


def nominable(election: Election, *, kind: str, by: User) -> PersonQuerySet | WindowQuerySet:
    """Whom ``by`` may recommend in this way now: eligible, in reach, and not recommended already."""
    of_windows = election.rules_now["subject"] == Award.Subject.WINDOW
    standing = election.nominations.standing()
    if of_windows:
        windows = eligible_windows(election).exclude(pk__in=standing.filter(window__isnull=False).values("window"))
        return _windows_in_reach(windows, kind, by)
    people = eligible_people(election).exclude(pk__in=standing.filter(person__isnull=False).values("person"))
    return _people_in_reach(people, kind, by)


def _people_in_reach(people: PersonQuerySet, kind: str, by: User) -> PersonQuerySet:
    person = person_of(by)
    own = person.pk if person else None
    if kind == Kind.SELF:
        return people.filter(pk=own)
    if kind == Kind.COLLEAGUE:
        return people.exclude(pk=own)
    return people.filter(pk__in=Posting.objects.on().filter(unit__in=units_led_by(by)).values("person"))


def _windows_in_reach(windows: WindowQuerySet, kind: str, by: User) -> WindowQuerySet:
    if kind == Kind.SELF:
        return windows.filter(pk__in=windows_led_by(by).values("pk"))
    if kind == Kind.COLLEAGUE:
        place = place_of(person_of(by))
        return windows.exclude(pk=place.window_id if place else None)
    return windows.filter(units__in=units_led_by(by)).distinct()


@transaction.atomic
def recommend(
    *,
    election: Election,
    kind: str,
    person: Person | None = None,
    window: Window | None = None,
    unit: Unit | None = None,
    reason: str,
    by: User,
) -> Nomination:
    """Recommend a person or a window (as the award says). ``unit`` goes with the kind "unit" only.

    The round's row is locked, so that a unit's quota holds however many send at once. A
    colleague's recommendation waits until whom it names accepts.
    """
    current = Election.objects.locked(election.pk)
    _check_open(current)
    _check_kind(current, kind)
    subject = _subject(current, kind, person, window, by)
    text = _reason(reason)
    if kind == Kind.UNIT:
        _check_unit(current, unit, subject, by)
    _check_subject(current, kind, subject, by)
    nomination = Nomination.objects.create(
        election=current,
        kind=kind,
        person=subject if isinstance(subject, Person) else None,
        window=subject if isinstance(subject, Window) else None,
        unit=unit if kind == Kind.UNIT else None,
        by=by,
        reason=text,
        state=State.PROPOSED if kind == Kind.COLLEAGUE else State.ACCEPTED,
        created_at=clock.now(),
    )
    audit.record("evaluations.recommend", nomination, by=by)
    return nomination


def _check_open(election: Election) -> None:
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


def _subject(
    election: Election, kind: str, person: Person | None, window: Window | None, by: User
) -> Person | Window:
    if election.rules["subject"] == Award.Subject.WINDOW:
        if window is None or person is not None:
            raise NominationError(_("This award honours windows. Choose a window."))
        return window
    if kind == Kind.SELF:
        person = person or person_of(by)
    if person is None or window is not None:
        raise NominationError(_("This award honours people. Choose a person."))
    return person


def _reason(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise NominationError(_("Say in a few words why. The reason is shown to the voters."))
    if len(text) > LONGEST_REASON:
        raise NominationError(_("The reason is too long. Use at most %(n)d characters.") % {"n": LONGEST_REASON})
    return text


def _check_unit(election: Election, unit: Unit | None, subject: Person | Window, by: User) -> None:
    if unit is None or not units_led_by(by).filter(pk=unit.pk).exists():
        raise NominationError(_("Only the chief representative or head of a unit recommends for it."))
    if isinstance(subject, Person):
        belongs = Posting.objects.on().filter(unit=unit, person=subject).exists()
    else:
        belongs = subject.units.filter(pk=unit.pk).exists()
    if not belongs:
        raise NominationError(_("%(who)s does not belong to %(unit)s.") % {"who": subject, "unit": unit})
    quota = election.rules["quota_per_unit"]
    if election.nominations.standing().filter(kind=Kind.UNIT, unit=unit).count() >= quota:
        raise NominationError(
            _("%(unit)s has used its %(n)d recommendations. Withdraw one to make another.")
            % {"unit": unit, "n": quota}
        )


def _check_subject(election: Election, kind: str, subject: Person | Window, by: User) -> None:
    own = person_of(by)
    if own is None or not Person.objects.current().filter(pk=own.pk).exists():
        raise NominationError(_("Only people on the staff register recommend. Please ask the personnel office."))
    if kind == Kind.SELF and isinstance(subject, Person) and subject.pk != own.pk:
        raise NominationError(_("You can recommend only yourself in this way."))
    if kind == Kind.SELF and isinstance(subject, Window) and not windows_led_by(by).filter(pk=subject.pk).exists():
        raise NominationError(_("Only the head of a window recommends it in this way."))
    if kind == Kind.COLLEAGUE and subject == own:
        raise NominationError(_("To stand yourself, recommend yourself."))
    refusal = why_not(election, subject)
    if refusal:
        raise NominationError(_("%(who)s cannot be recommended: %(why)s") % {"who": subject, "why": refusal})
    about: dict[str, Any] = {"person": subject} if isinstance(subject, Person) else {"window": subject}
    if election.nominations.standing().filter(**about).exists():
        raise NominationError(_("%(who)s is already recommended in this round.") % {"who": subject})


@transaction.atomic
def accept(*, nomination: Nomination, by: User) -> Nomination:
    """Whom it names is willing to stand."""
    current = _answerable(nomination, by)
    return _to(nomination, current, State.ACCEPTED, "evaluations.accept", by)


@transaction.atomic
def decline(*, nomination: Nomination, by: User) -> Nomination:
    """Whom it names does not want to stand."""
    current = _answerable(nomination, by)
    return _to(nomination, current, State.DECLINED, "evaluations.decline", by)


@transaction.atomic
def withdraw(*, nomination: Nomination, by: User) -> Nomination:
    """By who made it, or by whom it names, until the review is finished; a candidate then stands no more."""
    current = _locked(nomination)
    if current.by_id != by.pk and not _names(current, by):
        raise NominationError(_("Only who made a recommendation, or whom it names, can withdraw it."))
    _check_before_voting(current)
    if current.state not in (State.PROPOSED, State.ACCEPTED, State.APPROVED):
        raise NominationError(_("This recommendation is already settled."))
    Candidate.objects.filter(nomination=current).delete()
    return _to(nomination, current, State.WITHDRAWN, "evaluations.withdraw", by)


@transaction.atomic
def approve(*, nomination: Nomination, by: User) -> Nomination:
    """Admit to the ballot: makes the Candidate, with name and unit as they are today."""
    current = _reviewable(nomination, by, State.ACCEPTED)
    subject = current.person or current.window
    assert subject is not None
    refusal = why_not(current.election, subject)
    if refusal:
        raise NominationError(_("%(who)s cannot be admitted: %(why)s") % {"who": subject, "why": refusal})
    place = place_of(current.person)
    Candidate.objects.create(
        election=current.election,
        key=_new_key(current.election),
        person=current.person,
        window=current.window,
        name=str(subject)[:80],
        unit_name=place.unit.name if place else _units_of(current.window),
        statement=current.reason,
        nomination=current,
    )
    current.reviewed_by = by
    return _to(nomination, current, State.APPROVED, "evaluations.approve", by)


@transaction.atomic
def reject(*, nomination: Nomination, reason: str, by: User) -> Nomination:
    """Not admitted, or the admission taken back until the review is finished; with the reason for whom it names."""
    current = _reviewable(nomination, by, State.ACCEPTED, State.APPROVED)
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
    Election.objects.locked(nomination.election_id)
    return Nomination.objects.select_related("election__award", "person", "window", "unit").get(pk=nomination.pk)


def _names(nomination: Nomination, user: User) -> bool:
    if nomination.person is not None:
        return nomination.person.user_id == user.pk
    return windows_led_by(user).filter(pk=nomination.window_id).exists()


def _check_before_voting(nomination: Nomination) -> None:
    election = nomination.election
    if election.phase not in (Phase.RECOMMENDATION, Phase.REVIEW) or election.reviewed_at is not None:
        raise NominationError(_("The list of candidates is final, so this can no longer be changed."))


def _answerable(nomination: Nomination, by: User) -> Nomination:
    current = _locked(nomination)
    if not _names(current, by):
        raise NominationError(_("Only whom a recommendation names can answer it."))
    _check_before_voting(current)
    if current.state != State.PROPOSED:
        raise NominationError(_("This recommendation has been answered already."))
    return current


def _reviewable(nomination: Nomination, by: User, *states: str) -> Nomination:
    current = _locked(nomination)
    require_officer(by, current.election)
    _check_before_voting(current)
    if current.state == State.PROPOSED:
        raise NominationError(_("Whoever is named has not accepted yet."))
    if current.state not in states:
        raise NominationError(_("This recommendation is already settled."))
    return current


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


def _units_of(window: Window | None) -> str:
    return "、".join(window.units.values_list("name", flat=True))[:80] if window is not None else ""
