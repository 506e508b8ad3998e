"""Who may read the private facts of an entry; pages, exports and the audit of private fields ask here.

mobile             oneself, the personnel office, those who lead the person
birthday           oneself, the personnel office, union officers and the chair (birthday care)
political_status   oneself, the personnel office; so is plain membership in a party or League branch
note               the personnel office only
national_id        masked for oneself and the personnel office; the whole number on no page that can be opened
                   without a reason and the password (views/identity.py)
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from intranet.access import roles, sealed
from intranet.sheets import values

from . import reach
from .models import Body, CorrectionRequest, Membership, Person

ROLES_OF = {
    "mobile": (roles.HR_ADMIN,),
    "birthday": (roles.HR_ADMIN, roles.UNION_OFFICER, roles.UNION_CHAIR),
    "political_status": (roles.HR_ADMIN,),
    "history": (roles.HR_ADMIN, roles.CENTRE_LEADER),
    "note": (roles.HR_ADMIN,),
    "national_id": (roles.HR_ADMIN,),
}
OWN = frozenset({"mobile", "birthday", "political_status", "history", "national_id"})
LEADERS = frozenset({"mobile", "history"})
# Whoever belongs to one of these without an office has a political status by it; offices are held in public.
TELLS_POLITICAL_STATUS = Q(
    body__kind__in=(Body.Kind.PARTY_BRANCH, Body.Kind.YOUTH_LEAGUE), office=Membership.Office.MEMBER
)


def readable_facts(user: Any, person: Person) -> frozenset[str]:
    """Which private facts of a person this user may read."""
    found = {fact for fact, keys in ROLES_OF.items() if user.has_role(*keys)}
    if reach.person_of(user) == person:
        found |= OWN
    elif not found >= LEADERS and reach.leads(user, person):
        found |= LEADERS
    return frozenset(found)


def readable_memberships(user: Any, person: Person) -> Any:
    """Today's places of a person in bodies that this user may read of, with their bodies."""
    rows = person.memberships.on().select_related("body")
    if user.has_role(*ROLES_OF["political_status"]) or reach.person_of(user) == person:
        return rows
    return rows.exclude(TELLS_POLITICAL_STATUS)


def _holders(keys: Iterable[str]) -> set[str]:
    users = get_user_model().objects.filter(is_active=True, groups__role__key__in=list(keys))
    return set(users.values_list("username", flat=True))


def _own(person: Person) -> set[str]:
    return {person.user.username} if person.user is not None and person.user.is_active else set()


def readers_of_mobile(person: Person) -> set[str]:
    leaders = reach.leaders_of(person).filter(user__is_active=True).values_list("user__username", flat=True)
    return _holders(ROLES_OF["mobile"]) | _own(person) | set(leaders)


def readers_of_birthday(person: Person) -> set[str]:
    return _holders(ROLES_OF["birthday"]) | _own(person)


def readers_of_note(person: Person) -> set[str]:
    return _holders(ROLES_OF["note"])


def readers_of_identity(person: Person) -> set[str]:
    """Nobody: no page or file that is merely opened may hold the number."""
    return set()


def identity_canary(rng: random.Random) -> tuple[str, dict[str, str]]:
    """An invented number (119900 is no place), and how a row keeps it."""
    born = f"{rng.randint(1950, 1957)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    number = values.with_check_digit(f"119900{born}{rng.randrange(1000):03d}")
    return number, {"national_id_sealed": sealed.seal(number), "national_id_hash": sealed.keyed_hash(number)}


def readers_of_correction(request: CorrectionRequest) -> set[str]:
    return _holders((roles.HR_ADMIN,)) | _own(request.person)


def photo_allowed(user: Any, path: str) -> bool:
    """A photo is seen by whoever sees the person."""
    return Person.objects.visible_to(user).filter(photo=path).exists()
