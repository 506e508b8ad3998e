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
