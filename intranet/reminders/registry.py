"""Reminder rules and clock jobs: what the clock runs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext

from intranet.socket import collect

PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


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
class CalendarPart:
    """An invitation that a mail carries (RFC 6047): iCalendar bytes, and their METHOD for the MIME type."""

    data: bytes
    method: str


@dataclass(frozen=True)
class Text:
    """What a reminder says. ``subject`` never names illness, leave or how anyone voted."""

    subject: str
    body: str
    url: str = ""
    calendar: CalendarPart | None = None


@dataclass(frozen=True)
class Field:
    """What a rule fills into its text where that says ``{key}``.

    ``label`` says to officers what it means, ``example`` stands in the preview. Only a field with ``in_subject``
    may be used in a subject: subjects stand on locked screens and in mail logs.
    """

    key: str
    label: Any
    example: Any
    in_subject: bool = False


@dataclass(frozen=True)
class Filled:
    """The values of a rule's fields for one reminder, by key, in the active language; ``url`` as in Text."""

    values: dict[str, str]
    url: str = ""


@dataclass(frozen=True)
class ReminderRule:
    """Who is due what in a span.

    ``due(start, end)`` gives every Reminder whose ``due`` lies in (start, end], from set-based
    queries; the span may lie ahead (what will go out). ``still_wanted(reminders)`` answers a list of
    booleans right before sending (someone who has voted since gets nothing).

    The words come in one of two ways. Either ``subject`` and ``body`` are English msgids with named places such as
    ``{round}``, ``fields`` says what these are, and ``filled(reminders)`` gives a Filled for each, in order: then
    officers can edit the text, and ``texts`` gives the original words. Or ``texts(reminders)`` gives a Text for
    each, in order. Both are asked in the reader's language and use set-based queries.

    ``label`` names the kind in lists and in the subject of a grouped letter, so it names nothing private.
    ``grouped``   what falls due in the same "hour" (of the clock) or on the same "day" arrives as one letter;
                  with "" each is a letter of its own (an invitation: mail programs take in one a mail)
    ``essential`` neither the hall nor a person can switch it off or put it off (a changed sign-in)
    ``private``   officers see how many, never which words
    ``seen_by``   role keys that may see to whom it went; without any, nobody sees names
    """

    key: str
    label: Any
    due: Callable[[dt.datetime, dt.datetime], Iterable[Reminder]]
    texts: Callable[[list[Reminder]], list[Text]] | None = None
    channels: tuple[str, ...] = ("inbox", "mail")
    still_wanted: Callable[[list[Reminder]], list[bool]] | None = None
    subject: str = ""
    body: str = ""
    fields: tuple[Field, ...] = ()
    filled: Callable[[list[Reminder]], list[Filled]] | None = None
    grouped: Literal["hour", "day", ""] = "hour"
    essential: bool = False
    private: bool = False
    seen_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.texts is None) == (self.filled is None):
            raise ImproperlyConfigured(f"the reminder rule {self.key} needs either texts or filled")
        if self.texts is None:
            object.__setattr__(self, "texts", self._original_texts)

    def _original_texts(self, reminders: list[Reminder]) -> list[Text]:
        assert self.filled is not None
        subject, body = gettext(self.subject), gettext(self.body)
        return [
            Text(fill(subject, given.values), fill(body, given.values), given.url) for given in self.filled(reminders)
        ]


def fill(template: str, values: dict[str, str]) -> str:
    """Put values in at their places, as they are: nothing in them is read as a place, a template or a link."""
    return PLACE.sub(lambda place: str(values.get(place[1], "")), template)


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
