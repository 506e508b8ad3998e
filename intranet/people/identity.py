"""Identity numbers: whether the hall keeps them, their masks, and who a number belongs to. Writing is a service.

A number is kept sealed (``access.sealed``) and found by its keyed hash. Off unless the setting ``NATIONAL_IDS`` says
so: a hall that has no need of them must not keep them (个人信息保护法 art. 6, 28).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import sealed
from intranet.sheets import values

from .exceptions import RegisterError
from .models import Person

BATCH = 500


def kept() -> bool:
    """Whether this hall keeps identity numbers."""
    return bool(settings.NATIONAL_IDS)


def number_of(person: Person) -> str:
    """The whole number, "" when none is kept. Raises ``SealBroken`` when no key of the hall opens it."""
    return sealed.unseal(person.national_id_sealed) if kept() else ""


def mask_of(person: Person) -> str:
    """What everybody is shown who may know that a number is kept: 110105********002X."""
    try:
        return values.masked_number(number_of(person))
    except sealed.SealBroken:
        return _("cannot be opened; tell the administrator")


def is_number_of(person: Person, number: str) -> bool:
    """Whether this very number is kept for the person; nothing is unsealed for it."""
    return bool(person.national_id_hash) and person.national_id_hash in sealed.known_hashes(number)


def clean(text: str) -> str:
    """A number as it is kept. Raises RegisterError with what to do; the sentence does not repeat it."""
    read = values.identity_number(text, values.Context(clock.today()))
    if read.problem:
        raise RegisterError(read.problem.message)
    if isinstance(read.value, values.MaskedNumber):
        raise RegisterError(_("Write the whole number, or leave the field empty: the kept one then stays."))
    return str(read.value)


@dataclass(frozen=True)
class Owner:
    """Whose a number is."""

    pk: int
    staff_number: str


def owners(numbers: Iterable[str]) -> dict[str, Owner]:
    """Whom the register knows by these numbers; one query for 500."""
    by_hash = {hashed: number for number in numbers for hashed in sealed.known_hashes(number)}
    wanted, found = sorted(by_hash), {}
    for start in range(0, len(wanted), BATCH):
        rows: Any = Person.objects.filter(national_id_hash__in=wanted[start : start + BATCH])
        for hashed, pk, staff_number in rows.values_list("national_id_hash", "pk", "staff_number"):
            found[by_hash[hashed]] = Owner(pk, staff_number)
    return found
