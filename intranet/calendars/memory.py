"""Entries of rows that keep no SEQUENCE of their own: it is kept here of what a calendar has once shown.

Whoever changes such a row need not think of calendars: what differs is noticed when it is shown the next time, and
nobody can have seen what was never shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings
from django.utils import translation

from intranet import clock

from . import services
from .gathering import starts_at
from .models import Scheduled
from .registry import Entry


def as_remembered(uid_start: str, entries: Iterable[Entry]) -> list[Entry]:
    """These entries with SEQUENCE and time of change, and as cancelled those that are not among them any more.

    ``entries`` are all there are under ``uid_start``, of any time. One query while nothing has changed. A title may
    be lazy: it is remembered in the hall's language, and shown in the reader's.
    """
    entries = list(entries)
    rows = {row.uid: row for row in Scheduled.objects.filter(uid__startswith=uid_start)}
    rows |= {row.uid: row for row in _first_shown([entry for entry in entries if entry.uid not in rows])}
    shown = [_shown(entry, rows.pop(entry.uid)) for entry in entries]
    return shown + [_gone(row) for row in rows.values()]


def _first_shown(entries: list[Entry]) -> list[Scheduled]:
    rows = [
        Scheduled(
            uid=entry.uid,
            title=_title(entry),
            starts=starts_at(entry),
            ends=_ends_at(entry),
            location=entry.location,
            changed_at=clock.now(),
        )
        for entry in entries
    ]
    if rows:
        # Two pages that show it for the first time at once: the first one counts.
        Scheduled.objects.bulk_create(rows, ignore_conflicts=True)
    return rows


def _shown(entry: Entry, row: Scheduled) -> Entry:
    times = (starts_at(entry), _ends_at(entry))
    if row.cancelled_at or (row.starts, row.ends, row.location) != (*times, entry.location):
        row = services.remember(
            uid=entry.uid, starts=times[0], ends=times[1], location=entry.location, title=_title(entry)
        )
    return replace(entry, title=str(entry.title), sequence=row.sequence, updated=row.changed_at)


def _title(entry: Entry) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return str(entry.title)[: services.TITLE]


def _gone(row: Scheduled) -> Entry:
    if row.cancelled_at is None:
        row = services.cancel(uid=row.uid) or row
    whole = row.lasts_whole_days
    return Entry(
        uid=row.uid,
        title=row.title,
        start=clock.day_of(row.starts) if whole else row.starts,
        end=clock.day_of(row.ends) if whole else row.ends,
        all_day=whole,
        sequence=row.sequence,
        cancelled=True,
        location=row.location,
        updated=row.changed_at,
    )


def _ends_at(entry: Entry) -> dt.datetime:
    return entry.end if isinstance(entry.end, dt.datetime) else clock.start_of(entry.end)
