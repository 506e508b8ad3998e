"""What the owner of an account is told about it: nobody else resets a sign-in without its owner hearing of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from intranet.access import roles
from intranet.access.models import AuditEntry, User
from intranet.reminders.registry import Field, Filled, Reminder, ReminderRule
from intranet.ui.templatetags.ui import hall_datetime

RESET, FACTOR, RECOVERY = "access.reset_in_person", "access.second_factor_reset", "access.recovery_code_used"
WORTH_TELLING_FOR = dt.timedelta(days=30)


def due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """The log itself says what there is to tell: what was written in the span, to the account it is about."""
    users = ContentType.objects.get_for_model(User)
    entries = AuditEntry.objects.filter(action__in=(RESET, FACTOR, RECOVERY), content_type=users)
    for entry in entries.filter(timestamp__gt=start, timestamp__lte=end).order_by("pk"):
        until = entry.timestamp + WORTH_TELLING_FOR
        about = f"access.auditentry:{entry.pk}"
        yield Reminder(about, entry.action.partition(".")[2], int(entry.object_id), entry.timestamp, until)


def filled(reminders: list[Reminder]) -> list[Filled]:
    numbers = {reminder.object: int(reminder.object.rpartition(":")[2]) for reminder in reminders}
    found = AuditEntry.objects.select_related("user").in_bulk(set(numbers.values()))
    return [Filled({"event": _event(found[numbers[one.object]])}, reverse("access:own_account")) for one in reminders]


def _event(entry: AuditEntry) -> str:
    said = {
        "when": hall_datetime(entry.timestamp),
        "who": entry.user.name if entry.user else _("the system"),
    }
    sentence = {
        RESET: _("On %(when)s %(who)s reset your sign-in in person and gave out a new slip for it."),
        FACTOR: _("On %(when)s %(who)s took the second factor of your account away, in person."),
        RECOVERY: _("On %(when)s one of your recovery codes was used to sign in."),
    }[entry.action]
    return sentence % said


RULES = (
    ReminderRule(
        "people.sign_in_told",
        gettext_lazy("Changes of one's sign-in"),
        due,
        filled=filled,
        subject=gettext_noop("Something about your sign-in has changed"),
        body=gettext_noop(
            "{event}\nIf this was not you, or you did not ask for it, please go to the system administrator at once."
        ),
        fields=(
            Field(
                "event",
                gettext_lazy("what happened, when and by whom: a whole sentence"),
                gettext_lazy("On 23 November 2026, 09:30 one of your recovery codes was used to sign in."),
            ),
        ),
        essential=True,
        private=True,
        seen_by=(roles.SYSTEM_ADMIN,),
    ),
)
