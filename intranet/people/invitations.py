"""Invitations of the calendars, sent through the outbox. Here, because calendars and reminders stand side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet.calendars.invitations import Told, told_between, told_now
from intranet.calendars.itip import invitation_bytes
from intranet.calendars.when import when_text
from intranet.reminders.registry import CalendarPart, Reminder, ReminderRule, Text

OBJECT = "calendars.invitation"


def due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """A mail for each state an invitation has come into, until what it invites to is over."""
    for told in told_between(start, end):
        row = told.invitation
        yield Reminder(f"{OBJECT}:{row.pk}", told.occasion, row.user_id, told.since, row.scheduled.ends)


def still_wanted(reminders: list[Reminder]) -> list[bool]:
    """What has changed again since is told by the mail of that change."""
    now = told_now(_keys(reminders))
    return [
        (told := now.get(_key(reminder))) is not None and told.occasion == reminder.occasion for reminder in reminders
    ]


def texts(reminders: list[Reminder]) -> list[Text]:
    now = told_now(_keys(reminders))
    return [_text(now[_key(reminder)]) for reminder in reminders]


def _text(told: Told) -> Text:
    row = told.invitation.scheduled
    facts = {"title": row.title, "when": when_text(row), "where": row.location or "—"}
    if told.invitation.cancelled:
        subject = _("Does not take place for you: %(title)s")
        body = _("%(title)s, %(when)s, has been cancelled, or you have been taken off the list.")
    elif told.is_first:
        subject = _("Invitation: %(title)s")
        body = _("You are expected at: %(title)s.\nWhen: %(when)s\nWhere: %(where)s")
    else:
        subject = _("New time or place: %(title)s")
        body = _("The time or place of %(title)s has changed.\nWhen: %(when)s\nWhere: %(where)s")
    hint = _("Your mail program can take this over into its calendar. You need not answer.")
    part = CalendarPart(invitation_bytes(told), told.method)
    return Text(subject % facts, f"{body % facts}\n{hint}", reverse("calendars:agenda"), part)


def _key(reminder: Reminder) -> int:
    return int(reminder.object.rpartition(":")[2])


def _keys(reminders: list[Reminder]) -> set[int]:
    return {_key(reminder) for reminder in reminders}


INVITATIONS = ReminderRule(
    "calendars.invitations",
    gettext_lazy("Invitations to the calendar"),
    due,
    texts,
    channels=("mail",),
    still_wanted=still_wanted,
    grouped="",
)
