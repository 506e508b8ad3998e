"""A round that was planned, moved or called off is remembered for the calendars; and whoever gets another way to sign
in while they may vote is noted among the events of the round.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from intranet.access.roles import ROLES

from . import calendars
from .models import Election, RollEntry
from .services import events

SIGN_IN_CHANGES = {
    "slip": _("While voting is open: new slip made for staff number %(number)s"),
    "reset": _("While voting is open: sign-in of staff number %(number)s reset in person"),
    "activated": _("While voting is open: staff number %(number)s used a slip and chose a password or PIN"),
    "password": _("While voting is open: staff number %(number)s chose another password or PIN"),
    "second_factor": _("While voting is open: second factor of staff number %(number)s taken away"),
    "role_given": _("While voting is open: role “%(role)s” given to staff number %(number)s"),
    "role_taken": _("While voting is open: role “%(role)s” taken from staff number %(number)s"),
    "opened": _("While voting is open: account of staff number %(number)s opened"),
    "closed": _("While voting is open: account of staff number %(number)s closed"),
}


def remember_dates(
    sender: type[Election],
    instance: Election,
    update_fields: frozenset[str] | None = None,
    raw: bool = False,
    **kwargs: Any,
) -> None:
    """After every save that may have touched a date; not while fixtures are loaded."""
    if raw or (update_fields is not None and not calendars.DATE_FIELDS & set(update_fields)):
        return
    calendars.keep(instance)


def note_sign_in_changes(sender: Any, users: list[Any], kind: str, role: str, by: Any, **kwargs: Any) -> None:
    """Whoever could sign in as a voter could vote for them: the record names each such change, and who made it."""
    open_now = RollEntry.objects.filter(
        person__user__in=users, election__phase=Election.Phase.VOTING, election__closed_at__isnull=True
    )
    for entry in open_now.select_related("election").order_by("election", "staff_number"):
        said = {"number": entry.staff_number, "role": ROLES[role].label if role in ROLES else role}
        events.append(entry.election, SIGN_IN_CHANGES[kind], by, said)
