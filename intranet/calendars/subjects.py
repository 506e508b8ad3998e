"""Calendars of something else than oneself, in words: the public programme, a window, a unit."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from .models import FeedToken
from .registry import PROGRAMME, calendar_subjects

PROGRAMME_KEY = "calendars.programme"


def programme_choices(viewer: Any) -> list[tuple[str, str]]:
    return [("", _("Public programme of the hall"))]


def find_programme(viewer: Any, key: str) -> Any | None:
    """Everybody at the hall may show it."""
    return PROGRAMME if key == "" and viewer.is_active else None


def choices_for(viewer: Any) -> list[tuple[Any, list[tuple[str, str]]]]:
    """What a person may subscribe to besides their own calendar, by kind: (title, [("key:object", name), …])."""
    found = [
        (subject.title, [(f"{subject.key}:{key}", name) for key, name in subject.choices(viewer)])
        for subject in calendar_subjects().values()
    ]
    return [(title, options) for title, options in found if options]


def with_names(viewer: Any, rows: list[FeedToken]) -> list[FeedToken]:
    """Every row with ``subject_name``: what it shows, "" for one's own calendar, None when it shows nothing now."""
    names = {value: name for _title, options in choices_for(viewer) for value, name in options}
    for row in rows:
        row.subject_name = names.get(f"{row.subject}:{row.subject_key}") if row.subject else ""
    return rows
