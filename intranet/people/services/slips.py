"""Slips for the people in the register who have no account in use, and the reset of one who stands at the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from intranet.access import audit, roles
from intranet.access import services as access
from intranet.access.models import ActivationSlip, Role
from intranet.access.slip_pages import Slip

from ..exceptions import AccountError
from ..models import Person
from ..querysets import PersonQuerySet
from . import accounts

User: Any = get_user_model()


@dataclass(frozen=True)
class Waiting:
    """How many people of a department wait for a slip. ``unit`` is None for those without a posting."""

    unit: Any
    count: int


def waiting_people(*, by: Any) -> PersonQuerySet:
    """Those at the hall without an account in use whose slip this person may make: the personnel office none for
    people with officer rights, nobody one for themselves.
    """
    people = Person.objects.visible_to(by).current().without_account_in_use().exclude(user=by.pk)
    if by.has_role(roles.SYSTEM_ADMIN):
        return people
    officers = Role.objects.exclude(key__in=roles.WITHOUT_OFFICER_RIGHTS)
    return people.exclude(user__groups__role__in=officers)


def waiting_by_department(*, by: Any) -> list[Waiting]:
    """Departments with people who wait for a slip, in the order of the plan; three queries."""
    counted: dict[Any, list[Any]] = {}
    for person in waiting_people(by=by).with_places():
        unit = person.place.unit if person.place else None
        counted.setdefault(unit.pk if unit else None, [unit, 0])[1] += 1
    found = [Waiting(unit, count) for unit, count in counted.values()]
    return sorted(found, key=lambda one: (0, one.unit.order, one.unit.pk) if one.unit else (1, 0, 0))


def hand_out(*, people: Iterable[Person], by: Any) -> list[Slip]:
    """A slip for each of these people, by department; a fixed number of queries.

    Who has no account yet gets an inactive one, and the role staff. Earlier slips are dead. Raises AccountError
    when somebody has an account in use or has left, NotAllowed when a slip is not for this person to make.
    """
    with transaction.atomic():
        keys = [person.pk for person in people]
        accounts.open_accounts(people=Person.objects.current().filter(pk__in=keys), by=by, active=False)
        rows = Person.objects.current().without_account_in_use().filter(pk__in=keys)
        chosen = list(rows.select_related("user").with_places())
        if len(chosen) != len(set(keys)):
            raise AccountError(
                _("Somebody of these has opened an account in the meantime, or has left. Please look again.")
            )
        codes = access.make_slips([person.user for person in chosen], by=by)
        group = accounts.make_staff([person.user_id for person in chosen])
        audit.record("people.make_slips", group, by=by, data={"count": len(chosen)})
        expires = dict(ActivationSlip.objects.filter(user__in=codes).values_list("user_id", "expires_at"))
    chosen.sort(key=_by_department)
    return [_slip(person, codes[person.user_id], expires[person.user_id]) for person in chosen]


def reset(*, person: Person, by: Any) -> Slip:
    """The sign-in of somebody who stands at the desk ends, and they get a slip. Raises AccountError, NotAllowed."""
    if person.user is None or not person.user.is_active or person.has_left:
        raise AccountError(_("%(name)s has no account in use; make a first slip instead.") % {"name": person})
    code = access.reset_in_person(person.user, by=by)
    return _slip(person, code, ActivationSlip.objects.get(user=person.user).expires_at)


def _by_department(person: Person) -> tuple[Any, ...]:
    place = person.place
    where = (0, place.unit.order, place.unit_id) if place else (1, 0, 0)
    window = place.window.sort_key if place and place.window else ""
    return (*where, window, person.sort_key, person.staff_number)


def _slip(person: Person, code: str, expires: Any) -> Slip:
    place = person.place.unit.name if person.place else ""
    username = person.user.username if person.user else person.staff_number
    return Slip(person.name, username, code, expires, place)
