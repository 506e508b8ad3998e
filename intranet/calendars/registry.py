"""Calendar sources: what apps put into people's calendars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

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

    ``stamps(viewer)``, when given, names the rows the entries are made of. While the number of
    these rows and their latest change stay the same, a feed is answered from the bytes kept of
    the last time; the stamps of all sources together are one query. Every change of an
    entry must then move ``changed`` forward. A source without stamps is asked each time.
    """

    key: str
    title: Any
    entries: Callable[..., Iterable[Entry]]
    stamps: Callable[[Any], Iterable[Stamp]] | None = None


def calendar_sources() -> dict[str, CalendarSource]:
    return collect("register_calendar_source")
