"""Entries as iCalendar bytes (RFC 5545, RFC 7986), the same bytes for the same entries."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from icalendar import Alarm, Calendar, Event, Timezone

from intranet import clock

from .gathering import entries_for, feed_span, starts_at, validity
from .models import Colour, FeedToken
from .registry import Entry

# Bytes are kept under a key that names what they were made of; the hour only bounds the memory.
KEPT = 3600  # seconds
REFRESH = "PT1H"
CANCELLED_MARK = "【取消】"

# Control characters and lone surrogates: icalendar lets them through, and readers stop at them.
_UNFIT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
# Unicode's own line separators are among them: vdirsyncer ends a line there.
_BREAKS = re.compile(r"[\r\n\t\u2028\u2029]+")


@dataclass(frozen=True)
class Feed:
    """A feed's bytes, packed: calendars shrink to a tenth, and those of a whole hall are kept in memory at once.

    Whoever has the same bytes already (the ETag) is answered without unpacking them.
    """

    packed: bytes
    etag: str

    @classmethod
    def of(cls, data: bytes) -> Feed:
        return cls(zlib.compress(data, 1), f'"{hashlib.sha256(data).hexdigest()[:32]}"')

    @cached_property
    def data(self) -> bytes:
        return zlib.decompress(self.packed)


def feed_of(subscription: FeedToken, about: Any = None) -> Feed:
    """What a subscription holds: its holder's own calendar without the kinds that are switched off, or ``about``'s.

    One's own comes from the bytes kept while nothing changed (one query then).
    """
    viewer, off = subscription.user, subscription.off
    key = validity(viewer, off) if about is None else None
    if key is not None:
        look = f"{key}\n{subscription.title}\n{subscription.colour}"
        key = f"feed:{hashlib.sha256(look.encode()).hexdigest()}"
    kept = cache.get(key) if key else None
    if kept is None:
        # A device sends no language: feeds are written in the hall's.
        with translation.override(settings.LANGUAGE_CODE):
            entries = entries_for(viewer, feed_span(clock.today()), about=about, off=off)
            kept = Feed.of(calendar_bytes(entries, subscription.title, subscription.colour))
        if key:
            cache.set(key, kept, KEPT)
    return kept


def calendar_bytes(entries: Iterable[Entry], title: str = "", colour: str = Colour.TEAL) -> bytes:
    """A whole calendar. No METHOD and no UID of its own: with these, readers merge or refuse a feed."""
    calendar = hall_calendar()
    shown = line(title) or settings.HALL_NAME
    calendar.add("name", shown)
    calendar.add("x-wr-calname", shown)
    calendar.add("x-wr-timezone", clock.HALL_ZONE.key)
    calendar.add("color", str(colour))
    calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    for entry in entries:
        calendar.add_component(vevent(entry))
    return calendar.to_ical()


def hall_calendar() -> Calendar:
    """A calendar without entries, in the hall's time zone."""
    calendar = Calendar()
    calendar.add("prodid", "-//Nuanjia//Intranet//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add_component(_hall_zone())
    return calendar


@lru_cache(maxsize=1)
def _hall_zone() -> Timezone:
    zone = Timezone.from_tzid(clock.HALL_ZONE.key)
    for part in (zone, *zone.subcomponents):
        part.pop("COMMENT", None)
    return zone


def vevent(entry: Entry, *, mark_cancelled: bool = True) -> Event:
    """One entry. ``mark_cancelled``: 【取消】 before the title, for programs that do not show STATUS."""
    event = Event()
    title = line(entry.title)
    event.add("uid", line(entry.uid))
    event.add("dtstamp", (entry.updated or starts_at(entry)).astimezone(dt.UTC))
    event.add("sequence", entry.sequence)
    event.add("summary", f"{CANCELLED_MARK}{title}" if entry.cancelled and mark_cancelled else title)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    _add_times(event, entry)
    if entry.location:
        event.add("location", line(entry.location))
    if entry.url:
        event.add("url", urljoin(settings.WAGTAILADMIN_BASE_URL, entry.url))
    if entry.all_day:
        event.add("transp", "TRANSPARENT")
    if entry.alarm_minutes is not None and not entry.cancelled:
        event.add_component(_alarm(title, entry.alarm_minutes))
    return event


def _add_times(event: Event, entry: Entry) -> None:
    event.add("dtstart", _moment(entry.start, entry.all_day))
    if entry.end > entry.start:  # type: ignore[operator]
        event.add("dtend", _moment(entry.end, entry.all_day))
    elif not entry.all_day:
        # Zero length said outright: without an end khal makes it an hour.
        event.add("duration", dt.timedelta(0))


def _alarm(title: str, minutes: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", dt.timedelta(minutes=-minutes))
    return alarm


def _moment(value: dt.datetime | dt.date, all_day: bool) -> dt.datetime | dt.date:
    if not isinstance(value, dt.datetime):
        return value
    return clock.day_of(value) if all_day else value.astimezone(clock.HALL_ZONE)


def line(text: Any) -> str:
    """One line without characters that calendars cannot hold; line breaks become spaces."""
    return _UNFIT.sub("", _BREAKS.sub(" ", str(text))).strip()
