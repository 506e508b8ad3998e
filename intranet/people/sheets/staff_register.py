"""The staff register (花名册) as a sheet: people, where they work, their union group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from intranet.access import roles
from intranet.sheets.registry import SheetKind

from ..models import Body, Membership, Person, Posting
from .staff_identity import IDENTITY
from .staff_rows import RegisterRows
from .staff_service import SERVICE


def people_for_export(user: Any) -> Iterable[Person]:
    """Everyone at the hall at present whom the user may see, with place and union group; constant queries."""
    people = Person.objects.current()
    people = people if user is None else people.visible_to(user)
    groups = Membership.objects.filter(ends_on__isnull=True, body__kind=Body.Kind.UNION_GROUP).select_related("body")
    postings = Posting.objects.filter(ends_on__isnull=True).select_related("unit", "window")
    return people.filter(pk__in=Posting.objects.filter(ends_on__isnull=True).values("person")).prefetch_related(
        Prefetch("postings", postings, to_attr="open_postings"),
        Prefetch("memberships", groups, to_attr="open_groups"),
    )


STAFF_REGISTER = SheetKind(
    key="staff_register",
    label=_("Staff register"),
    columns=IDENTITY + SERVICE,
    roles=(roles.HR_ADMIN,),
    handler=RegisterRows,
    source=people_for_export,
    order=40,
    options={"accounts": _("Make accounts that nobody can use yet (they are opened later)")},
)
