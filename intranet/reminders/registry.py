"""Reminder rules and clock jobs: what the clock runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from intranet.socket import collect


@dataclass(frozen=True)
class Reminder:
    """One thing to tell one person once.

    ``object``    what it is about, as "app.model:pk" (part of the unique key)
    ``occasion``  which of several reminders about it, e.g. "last-day" (part of the unique key)
    ``recipient`` the user's primary key
    ``due``       aware instant from which it may be sent
    ``until``     aware instant after which it is no longer worth sending
    """

    object: str
    occasion: str
    recipient: int
    due: dt.datetime
    until: dt.datetime


@dataclass(frozen=True)
class Text:
    """What a reminder says. ``subject`` never names illness, leave or how anyone voted."""

    subject: str
    body: str
    url: str = ""


@dataclass(frozen=True)
class ReminderRule:
    """Who is due what in a span.

    ``due(start, end)`` gives every Reminder whose ``due`` lies in (start, end], from set-based
    queries. ``texts(reminders)`` takes a list of Reminders of this rule and gives a Text for each, in
    order, in the active language, from set-based queries too. ``still_wanted(reminders)`` answers a list of
    booleans right before sending (someone who has voted since gets nothing).
    """

    key: str
    label: Any
    due: Callable[[dt.datetime, dt.datetime], Iterable[Reminder]]
    texts: Callable[[list[Reminder]], list[Text]]
    channels: tuple[str, ...] = ("inbox", "mail")
    still_wanted: Callable[[list[Reminder]], list[bool]] | None = None


@dataclass(frozen=True)
class ClockJob:
    """Something the clock does: ``run(now)``. Must be safe to run twice and after any gap.

    ``due_instants(start, end)`` may name instants inside a span at which it wants to run in order, so
    that catching up after an outage opens and closes things in their order.
    """

    key: str
    run: Callable[[dt.datetime], None]
    order: int = 100
    due_instants: Callable[[dt.datetime, dt.datetime], Iterable[dt.datetime]] = field(default=lambda start, end: ())


def reminder_rules() -> dict[str, ReminderRule]:
    return collect("register_reminder_rule")


def clock_jobs() -> list[ClockJob]:
    return sorted(collect("register_clock_job").values(), key=lambda job: (job.order, job.key))


@dataclass(frozen=True)
class GroupText:
    """What a chat group is told. It names nobody: who is in the group, and who looks over a shoulder, reads it.

    ``tag`` the kind of message in a word ("投票通知"), ``title`` what it is about, ``body`` what to do in one or two
    sentences, ``until`` until when as it is written ("" when it does not end), ``path`` the page on this site.
    """

    tag: str
    title: str
    body: str
    path: str
    until: str = ""


@dataclass(frozen=True)
class GroupNotice:
    """One thing to tell the chat groups once.

    ``object`` and ``occasion`` as in a Reminder; with the kind and the robot they are the unique key.
    """

    object: str
    occasion: str
    due: dt.datetime
    until: dt.datetime


@dataclass(frozen=True)
class GroupNoticeKind:
    """A kind of news for chat groups, which a robot may be told to carry.

    ``due(start, end)`` gives every GroupNotice that becomes due in (start, end], from set-based queries.
    ``texts(notices)`` gives a GroupText for each, in order, in the active language, and None for what is not to
    be told any more (taken down, called off, kept to some).
    """

    key: str
    label: Any
    due: Callable[[dt.datetime, dt.datetime], Iterable[GroupNotice]]
    texts: Callable[[list[GroupNotice]], list[GroupText | None]]


@dataclass(frozen=True)
class PhoneBook:
    """Who can be reached by text message: ``phones(users)`` gives mobile numbers by user key, in one query."""

    key: str
    phones: Callable[[list[int]], dict[int, str]]


def group_notice_kinds() -> dict[str, GroupNoticeKind]:
    return collect("register_group_notice")


def phone_books() -> dict[str, PhoneBook]:
    return collect("register_phone_book")
