"""Whom somebody may recommend in a round: eligible, within reach, and not recommended already."""

from __future__ import annotations

from typing import Any

from evaluations.models import Award, Election, Nomination
from intranet.access.models import User
from intranet.people.models import Posting
from intranet.people.querysets import PersonQuerySet, UnitQuerySet, WindowQuerySet
from intranet.people.reach import person_of, place_of, units_led_by, windows_led_by

from .eligibility import eligible_people, eligible_units, eligible_windows

Kind = Nomination.Kind
FIELDS = {Award.Subject.PERSON: "person", Award.Subject.WINDOW: "window", Award.Subject.TEAM: "team"}


def nominable(election: Election, *, kind: str, by: User) -> PersonQuerySet | WindowQuerySet | UnitQuerySet:
    """Whom ``by`` may recommend in this way now: eligible, in reach, and not recommended already."""
    found = unrecommended(election)
    of = election.rules_now["subject"]
    if of == Award.Subject.WINDOW:
        return _windows_in_reach(found, kind, by)
    if of == Award.Subject.TEAM:
        return _teams_in_reach(found, kind, by)
    return _people_in_reach(found, kind, by)


def unrecommended(election: Election) -> Any:
    """Everyone (every window, every team) who may be recommended in the round and is not yet."""
    of = election.rules_now["subject"]
    eligible = {Award.Subject.WINDOW: eligible_windows, Award.Subject.TEAM: eligible_units}.get(of, eligible_people)
    field = FIELDS[of]
    taken = election.nominations.standing().filter(**{f"{field}__isnull": False}).values(field)
    return eligible(election).exclude(pk__in=taken)


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


def _teams_in_reach(teams: UnitQuerySet, kind: str, by: User) -> UnitQuerySet:
    if kind == Kind.COLLEAGUE:
        place = place_of(person_of(by))
        return teams.exclude(pk=place.unit_id if place else None)
    return teams.filter(pk__in=units_led_by(by).values("pk"))
