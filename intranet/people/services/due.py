"""What the clock does for people: future last days that have come, and roles of appointments begun or over."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from intranet import clock

from ..models import Leadership, Person
from . import accounts, leaderships


def run(now: dt.datetime) -> None:
    """Close the accounts of those who have left; give and take roles as appointments begin and end.

    Safe to run twice and after any gap: it looks at what holds on the day, not at what changed on it.
    """
    today = clock.day_of(now)
    open_in_some_way = Q(user__is_active=True) | Q(user__activation_slip__isnull=False)
    for person in Person.objects.filter(open_in_some_way, left_on__lt=today).select_related("user"):
        accounts.close_account(person=person, by=None)
    appointed = Leadership.objects.filter(starts_on__lte=today, kind__in=leaderships.ROLE_OF)
    for person in Person.objects.filter(pk__in=appointed.values("person"), user__is_active=True).select_related(
        "user"
    ):
        leaderships.settle_roles(person=person, by=None, day=today)
