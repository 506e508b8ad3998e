"""Holidays and make-up workdays: in everybody's calendar, and in every other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from intranet.calendars.registry import Entry, Span, Stamp, recorded

from .models import Day


def entries(viewer: Any, span: Span, about: Any = None) -> Iterator[Entry]:
    """An entry a day, as the notice names it and phones show it; one query. The hall's days are everybody's.

    A day that is taken out of the table was no day off: it leaves calendars without a word, as a misprint does.
    """
    said = {
        Day.Kind.HOLIDAY: _("%(name)s (day off)"),
        Day.Kind.WORKDAY: _("%(name)s (working day)"),
        Day.Kind.HALF_DAY: _("%(name)s (half day)"),
    }
    for row in Day.objects.filter(day__gte=span.start, day__lt=span.end).order_by("day"):
        yield Entry(
            uid=f"workdays.day.{row.day.isoformat()}",
            title=said[Day.Kind(row.kind)] % {"name": row.name},
            start=row.day,
            end=row.day + dt.timedelta(days=1),
            all_day=True,
            url=reverse("workdays:year", args=[row.day.year]),
        )


def stamps(viewer: Any) -> list[Stamp]:
    """The table notes no time of change; the log does."""
    return [recorded("workdays", "sheets")]
