"""Identity numbers of the register: kept, forgotten, and shown with a reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit, sealed

from .. import identity
from ..exceptions import RegisterError
from ..models import IdentityDisclosure, Person

SHORTEST_REASON = 4


def put(person: Person, number: str) -> bool:
    """Set a number on a row that the caller saves, or take it away with ""; gives whether it differs.

    Raises RegisterError when it is no number, belongs to somebody else, or this hall keeps none.
    """
    if not number:
        had = bool(person.national_id_sealed)
        put_checked(person, "")
        return had
    if not identity.kept():
        raise RegisterError(_("This hall keeps no identity numbers."))
    number = identity.clean(number)
    owner = identity.owners([number]).get(number)
    if owner is not None and owner.pk != person.pk:
        raise RegisterError(
            _("This identity number belongs to staff number %(number)s. Compare both with the cards.")
            % {"number": owner.staff_number}
        )
    if identity.is_number_of(person, number):
        return False
    put_checked(person, number)
    return True


def put_checked(person: Person, number: str) -> None:
    """Seal a number that has been checked, or "", on a row that the caller saves."""
    person.national_id_sealed, person.national_id_hash = sealed.seal(number), sealed.keyed_hash(number) or None


@transaction.atomic
def disclose(*, person: Person, reason: str, by: Any) -> str:
    """The whole number, for one look; who, when and why is kept where auditors and the person read it.

    Raises RegisterError without a reason or without a number. That the asking person signed in again is the
    page's business.
    """
    said = " ".join(reason.split())
    if len(said) < SHORTEST_REASON:
        raise RegisterError(
            _("Say in a few words why the number is needed (at least %(count)d characters).")
            % {"count": SHORTEST_REASON}
        )
    try:
        number = identity.number_of(person)
    except sealed.SealBroken as error:
        raise RegisterError(_("No key of the hall opens this number. Tell the administrator.")) from error
    if not number:
        raise RegisterError(_("No identity number is kept for %(name)s.") % {"name": person})
    entry = IdentityDisclosure.objects.create(person=person, shown_to=by, reason=said[:200], shown_at=clock.now())
    audit.record("people.disclose_identity", entry, by=by, data={"person": person.pk})
    return number


@transaction.atomic
def forget_all(*, by: Any) -> int:
    """Delete every kept number, for a hall that gives the practice up; gives how many there were."""
    rows = Person.objects.select_for_update().exclude(national_id_sealed="")
    forgotten = list(rows)
    Person.objects.filter(pk__in=[person.pk for person in forgotten]).update(
        national_id_sealed="", national_id_hash=None
    )
    for person in forgotten:
        audit.record("people.change", person, by=by, data={"fields": ["national_id"]})
    return len(forgotten)
