"""What those an incident names are told: that it is there, that it was decided, that their appeal is answered.

Subjects say neither what it is nor about whom: they stand on locked screens.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from intranet.people.models import Leadership, Person
from intranet.people.reach import HEADS_OF_UNITS
from intranet.reminders.registry import Field, Filled, Reminder, ReminderRule

from .models import Incident

WORTH_TELLING_FOR = dt.timedelta(days=30)
REGISTERED, DECIDED, ANSWERED = "registered", "decided", "answered"


def due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    for occasion, field in ((REGISTERED, "registered_at"), (DECIDED, "decided_at")):
        rows = list(Incident.objects.filter(**{f"{field}__gt": start, f"{field}__lte": end}).order_by("pk"))
        told = _concerned(rows)
        for row in rows:
            for user in sorted(told[row.pk]):
                yield _reminder(row, occasion, user, getattr(row, field))
    settled = Incident.objects.filter(settled_at__gt=start, settled_at__lte=end, appealed_by__is_active=True)
    for row in settled.order_by("pk"):
        yield _reminder(row, ANSWERED, row.appealed_by_id, row.settled_at)


def _reminder(row: Incident, occasion: str, user: int, at: dt.datetime) -> Reminder:
    return Reminder(f"figures.incident:{row.pk}", occasion, user, at, at + WORTH_TELLING_FOR)


def _concerned(rows: list[Incident]) -> dict[int, set[int]]:
    """Accounts of the person named, and of who leads the window or unit named today; two queries."""
    people = Person.objects.filter(pk__in={row.person_id for row in rows if row.person_id}, user__is_active=True)
    accounts = dict(people.values_list("pk", "user"))
    heads: dict[tuple[str, int], set[int]] = defaultdict(set)
    if any(row.person_id is None for row in rows):
        leading = Leadership.objects.on().filter(person__user__is_active=True)
        for kind, window, unit, user in leading.values_list("kind", "window", "unit", "person__user"):
            if kind == Leadership.Kind.WINDOW_HEAD:
                heads["window", window].add(user)
            elif kind in HEADS_OF_UNITS:
                heads["unit", unit].add(user)
    found: dict[int, set[int]] = {}
    for row in rows:
        if row.person_id:
            found[row.pk] = {accounts[row.person_id]} if row.person_id in accounts else set()
        else:
            found[row.pk] = heads["window", row.window_id] if row.window_id else heads["unit", row.unit_id or 0]
    return found


def filled(reminders: list[Reminder]) -> list[Filled]:
    sentences = {
        REGISTERED: _("The inspection section has registered something that concerns you."),
        DECIDED: _("The inspection section has decided on something that concerns you."),
        ANSWERED: _("The inspection section has answered your appeal."),
    }
    return [
        Filled({"event": sentences[one.occasion]}, reverse("figures:incident", args=[one.object.rpartition(":")[2]]))
        for one in reminders
    ]


RULE = ReminderRule(
    "figures.incident",
    gettext_lazy("Entries of the inspection section about oneself"),
    due,
    filled=filled,
    subject=gettext_noop("News from the inspection section"),
    body=gettext_noop("{event} Please look at it on the page."),
    fields=(
        Field(
            "event",
            gettext_lazy("what happened: a whole sentence"),
            gettext_lazy("The inspection section has answered your appeal."),
        ),
    ),
    private=True,
)
