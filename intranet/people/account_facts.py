"""What the register knows about an account: staff number, the entry's number, the department."""

from __future__ import annotations

from typing import Any

from .models import Person


def facts_of(users: list[Any]) -> list[dict[str, Any]]:
    """For each user in order: ``staff_number``, ``id`` (of the register entry) and ``department``; two queries."""
    people = {person.user_id: person for person in Person.objects.filter(user__in=users).with_places()}
    return [_facts(people.get(user.pk)) for user in users]


def _facts(person: Any) -> dict[str, Any]:
    if person is None:
        return {"id": None}
    place = person.places_on_day[0] if person.places_on_day else None
    department = place.unit.name if place else ""
    return {"staff_number": person.staff_number, "id": person.pk, "department": department}
