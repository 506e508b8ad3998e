"""Calendar sources: what apps put into people's calendars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from intranet import clock
from intranet.access.models import AuditEntry
from intranet.socket import collect


@dataclass(frozen=True)
class Span:
    """Days from ``start`` up to but not including ``end``, at the hall."""

    start: dt.date
    end: dt.date


@dataclass(frozen=True)
class Entry:
    """One dated thing in a calendar.

    ``uid`` is stable for ever; ``sequence`` rises when time or place change or it is cancelled.
    ``start``/``end``: aware instants, or dates when ``all_day`` (end exclusive).
    ``updated``: when the row behind it last changed (becomes DTSTAMP).
    """

    uid: str
    title: str
    start: dt.datetime | dt.date
    end: dt.datetime | dt.date
    all_day: bool = False
    sequence: int = 0
    cancelled: bool = False
    location: str = ""
    alarm_minutes: int | None = None
    updated: dt.datetime | None = None
    url: str = ""


@dataclass(frozen=True)
class Stamp:
    """Rows whose number and latest ``changed`` (a date-time field) tell whether entries may have changed."""

    rows: QuerySet
    changed: str = "changed_at"


@dataclass(frozen=True)
class CalendarSource:
    """``entries(viewer, span, about=None)`` gives what the viewer may see; never a person's reasons.

    Without ``about`` the entries are the viewer's own. With an object that a CalendarSubject knows (a window, a unit,
    PROGRAMME) they are what everybody who sees that object's calendar may see of it: it hangs on a wall, so nothing
    may depend on the viewer's rights. A source with nothing to say about it gives nothing. ``title`` names the kind
    of entries; each person switches kinds on and off.

    ``stamps(viewer)``, when given, names the rows the entries are made of. While the number of
    these rows and their latest change stay the same, a feed is answered from the bytes kept of
    the last time; the stamps of all sources together are one query. Every change of an
    entry must then move ``changed`` forward. A source without stamps is asked each time.
    """

    key: str
    title: Any
    entries: Callable[..., Iterable[Entry]]
    stamps: Callable[[Any], Iterable[Stamp]] | None = None


@dataclass(frozen=True)
class Programme:
    """The hall as a whole: what everybody there may know is going on."""


PROGRAMME = Programme()


@dataclass(frozen=True)
class CalendarSubject:
    """A kind of object that has a calendar of its own: windows, units, the hall's public programme.

    ``choices(viewer)`` gives (key, name) of those the viewer may make a feed of. ``find(viewer, key)`` gives the
    object, or None when it is not, or no longer, the viewer's to show: a feed dies with the right to it.
    """

    key: str
    title: Any
    choices: Callable[[Any], Iterable[tuple[str, str]]]
    find: Callable[[Any, str], Any | None]


def calendar_subjects() -> dict[str, CalendarSubject]:
    return collect("register_calendar_subject")


def recorded(*apps: str) -> Stamp:
    """What the audit log wrote since midnight about rows of these apps: for rows that know no time of change.

    Every change a service, a page, an import or the admin makes is in the log. Feeds are made anew each day, so what
    is older needs no look.
    """
    today = AuditEntry.objects.filter(timestamp__gte=clock.start_of(clock.today()))
    return Stamp(today.filter(content_type__app_label__in=apps), "timestamp")


def calendar_sources() -> dict[str, CalendarSource]:
    return collect("register_calendar_source")
