"""Entries as iCalendar bytes (RFC 5545, RFC 7986), the same bytes for the same entries."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from icalendar import Alarm, Calendar, Event, Timezone

from intranet import clock

from .gathering import entries_for, feed_span, starts_at, validity
from .registry import Entry

# Bytes are kept under a key that names what they were made of; the hour only bounds the memory.
KEPT = 3600  # seconds
REFRESH = "PT1H"
CANCELLED_MARK = "【取消】"

# Control characters and lone surrogates: icalendar lets them through, and readers stop at them.
_BREAKS = re.compile(r"[\r\n\t\u2028\u2029]+")
_UNFIT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Feed:
    data: bytes
    etag: str

    @classmethod
    def of(cls, data: bytes) -> Feed:
        return cls(data, f'"{hashlib.sha256(data).hexdigest()[:32]}"')


def personal_feed(viewer: Any) -> Feed:
    """Everything the viewer may see; from the bytes kept while nothing changed (one query then)."""
    key = validity(viewer)
    kept = cache.get(f"feed:{key}") if key else None
    if kept is None:
        # A device sends no language: feeds are written in the hall's.
        with translation.override(settings.LANGUAGE_CODE):
            kept = Feed.of(calendar_bytes(entries_for(viewer, feed_span(clock.today()))))
        if key:
            cache.set(f"feed:{key}", kept, KEPT)
    return kept


def calendar_bytes(entries: Iterable[Entry]) -> bytes:
    """A whole calendar. No METHOD and no UID of its own: with these, readers merge or refuse a feed."""
    calendar = Calendar()
    calendar.add("prodid", "-//Nuanjia//Intranet//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", settings.HALL_NAME)
    calendar.add("x-wr-calname", settings.HALL_NAME)
    calendar.add("x-wr-timezone", clock.HALL_ZONE.key)
    calendar.add("color", "teal")
    calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    calendar.add_component(_hall_zone())
    for entry in entries:
        calendar.add_component(_event(entry))
    return calendar.to_ical()


@lru_cache(maxsize=1)
def _hall_zone() -> Timezone:
    zone = Timezone.from_tzid(clock.HALL_ZONE.key)
    for part in (zone, *zone.subcomponents):
        part.pop("COMMENT", None)
    return zone


def _event(entry: Entry) -> Event:
    event = Event()
    title = _line(entry.title)
    event.add("uid", _line(entry.uid))
    event.add("dtstamp", (entry.updated or starts_at(entry)).astimezone(dt.UTC))
    event.add("sequence", entry.sequence)
    event.add("summary", f"{CANCELLED_MARK}{title}" if entry.cancelled else title)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("dtstart", _moment(entry.start, entry.all_day))
    if entry.end > entry.start:  # type: ignore[operator]
        event.add("dtend", _moment(entry.end, entry.all_day))
    elif not entry.all_day:
        # Zero length said outright: without an end khal makes it an hour.
        event.add("duration", dt.timedelta(0))
    if entry.location:
        event.add("location", _line(entry.location))
    if entry.url:
        event.add("url", urljoin(settings.WAGTAILADMIN_BASE_URL, entry.url))
    if entry.all_day:
        event.add("transp", "TRANSPARENT")
    if entry.alarm_minutes is not None and not entry.cancelled:
        event.add_component(_alarm(title, entry.alarm_minutes))
    return event


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


def _line(text: Any) -> str:
    """One line without characters that calendars cannot hold; line breaks become spaces."""
    return _UNFIT.sub("", _BREAKS.sub(" ", str(text))).strip()
