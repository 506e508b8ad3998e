"""Who may read what incidents and scores say in words: the same people as ``querysets`` shows the rows to."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth import get_user_model
from django.db.models import Q

from intranet.people import reach
from intranet.people.models import Leadership, Unit

from .models import Incident, MonthlyScore
from .querysets import OWN_WINDOWS, SEE_ALL


def readers_of_incident(incident: Incident) -> set[str]:
    return _readers(incident, incident.occurred_on)


def readers_of_source(incident: Incident) -> set[str]:
    """Who complained is for those who see all incidents, and of these for nobody whom it is about."""
    users = get_user_model().objects.filter(groups__role__key__in=SEE_ALL, is_active=True).distinct()
    about = Incident.objects.filter(pk=incident.pk)
    return {user.username for user in users if about.with_source_for(user).exists()}


def readers_of_score(score: MonthlyScore) -> set[str]:
    return _readers(score, score.month)


def _readers(row: Incident | MonthlyScore, day: dt.date) -> set[str]:
    named = Q(groups__role__key__in=SEE_ALL)
    if row.person_id:
        named |= Q(person=row.person_id)
    leading = Q(kind__in=reach.HEADS_OF_UNITS, unit__in=_above(_units_of(row, day)))
    if row.window_id:
        leading |= Q(kind=Leadership.Kind.WINDOW_HEAD, window=row.window_id)
    named |= Q(person__in=Leadership.objects.on().filter(leading).values("person"))
    users = get_user_model().objects.filter(named, is_active=True)
    return set(users.values_list("username", flat=True))


def _units_of(row: Incident | MonthlyScore, day: dt.date) -> set[int]:
    if row.unit_id:
        return {row.unit_id}
    if row.window is not None:
        return set(row.window.units.values_list("pk", flat=True)) if row.window.kind in OWN_WINDOWS else set()
    assert row.person is not None
    return set(row.person.postings.on(day).values_list("unit", flat=True))


def _above(units: set[int]) -> list[int]:
    """Every unit whose head leads one of these."""
    below = reach.sections_of_each(Unit.objects.values_list("pk", flat=True))
    return [unit for unit, found in below.items() if found & units]
