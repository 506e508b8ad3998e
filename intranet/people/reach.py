"""Whom a user is, where they sit, and whom they lead; rooms above ask here instead of reading rows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q

from .models import Leadership, Person, Posting, Unit, Window
from .querysets import PersonQuerySet, UnitQuerySet, WindowQuerySet, is_signed_in

HEADS_OF_UNITS = (Leadership.Kind.CHIEF_REPRESENTATIVE, Leadership.Kind.UNIT_HEAD)


def person_of(user: Any) -> Person | None:
    """The register's entry behind an account; None for accounts without one."""
    if user is None or not getattr(user, "is_authenticated", False):
        return None
    return getattr(user, "person", None)


def place_of(person: Person | None, day: dt.date | None = None) -> Posting | None:
    """Where someone works on a day (today by default)."""
    if person is None:
        return None
    return person.postings.on(day).select_related("unit", "window__zone").first()


def units_led_by(user: Any, day: dt.date | None = None) -> UnitQuerySet:
    """Units someone leads as chief representative or head, with their sections.

    A posting department below the centre is not the centre head's to lead: it has its own
    chief representative (dual management leaves personnel matters with the department).
    """
    person = person_of(user)
    if person is None or not is_signed_in(user):
        return Unit.objects.none()
    led = set(person.leaderships.on(day).filter(kind__in=HEADS_OF_UNITS).values_list("unit_id", flat=True))
    return Unit.objects.filter(pk__in=with_sections(led) if led else led)


def with_sections(unit_ids: set[int]) -> set[int]:
    """These units and everything below them, stopping at posting departments and bank counters."""
    return set().union(*sections_of_each(unit_ids).values())


def sections_of_each(unit_ids: Iterable[int]) -> dict[int, set[int]]:
    """For each of these units itself and its sections, as ``with_sections`` gives them; one query."""
    children: dict[int, list[int]] = defaultdict(list)
    own_masters = (Unit.Kind.POSTING_DEPARTMENT, Unit.Kind.BANK_COUNTER)
    kinds = {}
    for pk, parent, kind in Unit.objects.values_list("pk", "parent_id", "kind"):
        kinds[pk] = kind
        if parent:
            children[parent].append(pk)

    def below(unit_id: int) -> set[int]:
        found, open_ = {unit_id}, [unit_id]
        while open_:
            above = open_.pop()
            for pk in children[above]:
                if pk not in found and (kinds[pk] not in own_masters or kinds.get(above) == kinds[pk]):
                    found.add(pk)
                    open_.append(pk)
        return found

    return {unit_id: below(unit_id) for unit_id in unit_ids}


def windows_led_by(user: Any, day: dt.date | None = None) -> WindowQuerySet:
    """Windows someone is head of."""
    person = person_of(user)
    if person is None or not is_signed_in(user):
        return Window.objects.none()
    led = person.leaderships.on(day).filter(kind=Leadership.Kind.WINDOW_HEAD).values("window")
    return Window.objects.filter(pk__in=led)


def teams_led_by(user: Any, day: dt.date | None = None) -> UnitQuerySet:
    """Units someone heads themselves, and their sections, as one subquery: for conditions on other rows."""
    person = person_of(user)
    if person is None or not is_signed_in(user):
        return Unit.objects.none()
    led = person.leaderships.on(day).filter(kind__in=HEADS_OF_UNITS).values("unit")
    own_masters = (Unit.Kind.POSTING_DEPARTMENT, Unit.Kind.BANK_COUNTER)
    return Unit.objects.filter(Q(pk__in=led) | (Q(parent__in=led) & ~Q(kind__in=own_masters)))


def led_by(user: Any, day: dt.date | None = None) -> PersonQuerySet:
    """The people someone leads on a day: of their windows and units; never themselves."""
    person = person_of(user)
    if person is None or not is_signed_in(user):
        return Person.objects.none()
    postings = Posting.objects.on(day).filter(
        Q(unit__in=units_led_by(user, day)) | Q(window__in=windows_led_by(user, day)), person=OuterRef("pk")
    )
    return Person.objects.current(day).filter(Exists(postings)).exclude(pk=person.pk)


def leads(user: Any, person: Person, day: dt.date | None = None) -> bool:
    return led_by(user, day).filter(pk=person.pk).exists()


def leaders_of(person: Person, day: dt.date | None = None) -> PersonQuerySet:
    """The other way round: who leads this person on a day."""
    place = place_of(person, day)
    if place is None:
        return Person.objects.none()
    above: set[int] = set()
    parents = dict(Unit.objects.values_list("pk", "parent_id"))
    unit_id: int | None = place.unit_id
    while unit_id is not None and unit_id not in above:
        above.add(unit_id)
        unit_id = parents.get(unit_id)
    heading = {unit for unit in above if place.unit_id in with_sections({unit})}
    leading = Leadership.objects.on(day).filter(
        Q(kind__in=HEADS_OF_UNITS, unit__in=heading)
        | Q(kind=Leadership.Kind.WINDOW_HEAD, window=place.window_id, window__isnull=False)
    )
    return Person.objects.current(day).filter(pk__in=leading.values("person")).exclude(pk=person.pk)
