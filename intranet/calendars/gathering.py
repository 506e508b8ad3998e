"""The entries of all sources for one viewer, and whether they may have changed since the last time."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.db.models import CharField, Count, Max, QuerySet, Value

from intranet import clock

from .registry import CalendarSource, Entry, Span, calendar_sources

# Cancelled entries stay this long, so that a phone that refreshes seldom still hears of it.
CANCELLED_STAY = dt.timedelta(days=60)


def feed_span(today: dt.date) -> Span:
    """What a feed holds: 90 days back, 400 days ahead."""
    return Span(today - dt.timedelta(days=90), today + dt.timedelta(days=401))


def entries_for(viewer: Any, span: Span, *, about: Any = None, off: Collection[str] = ()) -> list[Entry]:
    """What all sources have for the viewer in the span, in order of time; cancelled ones for 60 days.

    ``about``: what concerns this object instead of the viewer. ``off``: keys of sources that are not asked.
    A source that fails fails the whole: a feed without its entries would wipe them from every phone.
    """
    since = clock.now() - CANCELLED_STAY
    found = [entry for source in sources_on(off).values() for entry in source.entries(viewer, span, about)]
    shown = [entry for entry in found if not entry.cancelled or entry.updated is None or entry.updated >= since]
    return sorted(shown, key=lambda entry: (starts_at(entry), entry.uid))


def starts_at(entry: Entry) -> dt.datetime:
    """The instant an entry begins; an all-day entry begins at midnight at the hall."""
    if isinstance(entry.start, dt.datetime):
        return entry.start
    return clock.start_of(entry.start)


def last_day(entry: Entry) -> dt.date:
    """The last day on which an entry stands in a calendar."""
    if not isinstance(entry.end, dt.datetime):
        return max(entry.end - dt.timedelta(days=1), first_day(entry))
    # What ends at midnight does not reach into the new day.
    return max(clock.day_of(entry.end - dt.timedelta(microseconds=1)), first_day(entry))


def first_day(entry: Entry) -> dt.date:
    """The day on which an entry begins."""
    return clock.day_of(starts_at(entry))


def sources_on(off: Collection[str]) -> dict[str, CalendarSource]:
    return {key: source for key, source in calendar_sources().items() if key not in off}


def validity(viewer: Any, off: Collection[str] = ()) -> str | None:
    """A key that changes when the viewer's feed may have changed; None when a source gives no stamps.

    One query for all sources together (and the roles, when the viewer does not know them yet).
    """
    stamps = stamps_of(viewer, off)
    if stamps is None:
        return None
    rows = sorted(map(str, stamps))
    roles = sorted(viewer.role_keys)
    sources = sources_on(off)
    told = [clock.today(), viewer.pk, roles, settings.HALL_NAME, settings.WAGTAILADMIN_BASE_URL, *sources, *rows]
    return hashlib.sha256("\n".join(map(str, told)).encode()).hexdigest()


def stamps_of(viewer: Any, off: Collection[str] = ()) -> Iterable[Any] | None:
    """Number and latest change of the rows behind the viewer's entries, as one query over all sources.

    None when a source gives no stamps.
    """
    parts: list[QuerySet] = []
    for key, source in sources_on(off).items():
        if source.stamps is None:
            return None
        parts += [
            stamp.rows.order_by()
            .values(stamp=Value(f"{key}.{number}", output_field=CharField()))
            .annotate(number=Count("pk", distinct=True), latest=Max(stamp.changed))
            .values_list("stamp", "number", "latest")
            for number, stamp in enumerate(source.stamps(viewer))
        ]
    return parts[0].union(*parts[1:], all=True) if parts else []
