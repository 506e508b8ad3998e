"""The register's own sections of a person's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from intranet.access import roles

from . import identity
from .birthdays import birthday_text
from .models import Person
from .private_facts import readable_facts, readable_memberships


def base_facts(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What everyone sees of a colleague: place, office phone, what they lead, offices in bodies.

    Not the branch of the party or League somebody merely belongs to: it would tell the political status.
    """
    return {
        "place": person.place,
        "leaderships": person.leaderships.on().select_related("unit", "window"),
        "memberships": readable_memberships(request.user, person),
        "is_office": request.user.has_role(roles.HR_ADMIN),
    }


def private_section(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """Only the facts this reader may read; the others are not in the context at all."""
    facts = readable_facts(request.user, person) - {"history"}
    if not facts:
        return None
    mask = identity.mask_of(person) if "national_id" in facts else ""
    facts -= {"national_id"}
    labels = {name: Person._meta.get_field(name).verbose_name for name in facts}
    rows = []
    for name in ("mobile", "birthday", "political_status", "note"):
        if name in facts:
            rows.append({"name": name, "label": labels[name], "value": _shown(person, name)})
    if mask:
        rows.append({"name": "national_id", "label": _("Identity number"), "value": mask})
    return {
        "rows": rows,
        "lunar": person.birthday_calendar == Person.Calendar.LUNAR,
        "may_ask": bool(mask) and request.user.has_role(roles.HR_ADMIN),
    }


def _shown(person: Person, name: str) -> Any:
    if name == "birthday":
        return birthday_text(person)
    display = getattr(person, f"get_{name}_display", None)
    return display() if display else getattr(person, name)


def history_section(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """All postings, for the person, those who lead them, and the personnel office."""
    if "history" not in readable_facts(request.user, person):
        return None
    return {"postings": person.postings.select_related("unit", "window")}
