"""Changes to the table of days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from intranet.access import audit

from . import day_file
from .exceptions import DayError
from .models import Day, Year


@dataclass(frozen=True)
class Imported:
    year: int
    created: int
    updated: int
    unchanged: int


def import_day_file(*, content: bytes | str, by: Any) -> Imported:
    """Take over a notice (holiday-cn's JSON), day by day, and mark its year as announced.

    Days the file does not name stay as they are: they may be the hall's own. All or nothing; raises
    DayFileError.
    """
    given = day_file.read(content)
    source = (", ".join(given.papers) or "holiday-cn")[:200]
    with transaction.atomic():
        year, _made = Year.objects.select_for_update().get_or_create(year=given.year)
        known = Day.objects.in_bulk([item.day for item in given.days], field_name="day")
        fresh, changed = [], []
        for item in given.days:
            kind = Day.Kind.HOLIDAY if item.off else Day.Kind.WORKDAY
            row = known.get(item.day)
            if row is None:
                fresh.append(Day(day=item.day, kind=kind, name=item.name, source=source))
            elif (row.kind, row.name) != (kind, item.name):
                row.kind, row.name, row.source = kind, item.name, source
                changed.append(row)
        Day.objects.bulk_create(fresh)
        Day.objects.bulk_update(changed, ["kind", "name", "source"])
        year.announced, year.source = True, source
        year.save()
        result = Imported(given.year, len(fresh), len(changed), len(given.days) - len(fresh) - len(changed))
        audit.record("workdays.import", year, by=by, data={"created": result.created, "updated": result.updated})
    return result


def keep_day(*, day: dt.date, kind: str, name: str, source: str = "", by: Any) -> Day:
    """Name a day, or change what is named. Raises DayError for an unknown kind or an empty name."""
    name = name.strip()
    if kind not in Day.Kind.values:
        raise DayError(_("Choose holiday, make-up workday or half day."))
    if not name or len(name) > day_file.NAME_LENGTH:
        raise DayError(_("Give the day a name of up to %(length)d characters.") % {"length": day_file.NAME_LENGTH})
    with transaction.atomic():
        row, _made = Day.objects.update_or_create(day=day, defaults={"kind": kind, "name": name, "source": source})
        audit.record("workdays.keep_day", row, by=by, data={"day": day.isoformat(), "kind": kind})
    return row


def remove_day(*, day: dt.date, by: Any) -> None:
    """The day follows its weekday again. Raises DayError when the table does not name it."""
    with transaction.atomic():
        row = Day.objects.select_for_update().filter(day=day).first()
        if row is None:
            raise DayError(_("%(day)s is not in the table.") % {"day": day})
        audit.record("workdays.remove_day", row, by=by, data={"day": day.isoformat(), "kind": row.kind})
        row.delete()


def announce(*, year: int, announced: bool, by: Any) -> Year:
    """Say whether all days of a year's notice are in the table.

    Raises DayError when a year without any holiday would be called announced.
    """
    if announced and not Day.objects.filter(day__year=year, kind=Day.Kind.HOLIDAY).exists():
        raise DayError(_("Enter the holidays of %(year)d first.") % {"year": year})
    with transaction.atomic():
        row, _made = Year.objects.update_or_create(year=year, defaults={"announced": announced})
        audit.record("workdays.announce", row, by=by, data={"announced": announced})
    return row
