"""People, windows and units as subjects of figures, and who belonged to them in a period."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intranet.people.models import Person, Posting, Unit, Window
from intranet.people.reach import sections_of_each

from .registry import PERSON, UNIT, WINDOW, SubjectKind


def _posted(place: str, ids: Collection[int], first: dt.date, last: dt.date) -> dict[int, set[int]]:
    """People posted to these places on any day of the period, by place; every place asked for has an entry."""
    found: dict[int, set[int]] = defaultdict(set)
    open_then = Q(ends_on__isnull=True) | Q(ends_on__gte=first)
    rows: Any = Posting.objects.filter(open_then, starts_on__lte=last, **{f"{place}__in": list(ids)})
    for place_id, person_id in rows.values_list(place, "person"):
        found[place_id].add(person_id)
    return {place_id: found[place_id] for place_id in ids}


def people_at_windows(ids: Collection[int], first: dt.date, last: dt.date) -> dict[int, set[int]]:
    return _posted("window", ids, first, last)


def people_of_units(ids: Collection[int], first: dt.date, last: dt.date) -> dict[int, set[int]]:
    """Of a unit and its sections."""
    sections = sections_of_each(ids)
    people = _posted("unit", set().union(*sections.values()), first, last)
    return {unit_id: set().union(*(people[section] for section in below)) for unit_id, below in sections.items()}


KINDS = (
    SubjectKind(PERSON, _("Person"), Person),
    SubjectKind(WINDOW, _("Window"), Window, people_at_windows),
    SubjectKind(UNIT, _("Unit"), Unit, people_of_units),
)
