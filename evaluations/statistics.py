"""Rounds and honours in numbers that everybody may read: total turnouts that were published, honours that stand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import TruncMonth

from .models import Election, Honour
from .phases import Phase

ROUNDS_SHOWN = 24


@dataclass(frozen=True)
class Turnout:
    """How many of those on the roll of a round sent a ballot; never by box."""

    election: Election
    ballots: int
    roll: int


def turnout() -> list[Turnout]:
    """Of the latest rounds with a vote whose result is on notice or commended, newest first; one query."""
    rounds = (
        Election.objects.filter(phase__in=[Phase.PUBLIC_NOTICE, Phase.PUBLISHED], voting_opens__isnull=False)
        .select_related("award")
        .order_by("-notice_first", "-pk")[:ROUNDS_SHOWN]
    )
    counted = [election for election in rounds if election.result.get("roll")]
    return [Turnout(one, one.result["ballots"], one.result["roll"]) for one in counted]


def years() -> list[int]:
    """Years in which somebody was commended, newest first."""
    return [day.year for day in Honour.objects.standing().dates("published_on", "year", order="DESC")]


def honours_by_unit(year: int) -> list[tuple[str, int]]:
    """Units with the number of their honours that year, most first; honours without a unit are not among them."""
    units = Honour.objects.standing().of_year(year).exclude(unit_name="").values("unit_name")
    return list(
        units.annotate(number=Count("pk")).order_by("-number", "unit_name").values_list("unit_name", "number")
    )


def honours_by_month(year: int) -> list[tuple[dt.date, int]]:
    """The twelve months of a year with the number of honours commended in each."""
    months = Honour.objects.standing().of_year(year).annotate(month=TruncMonth("published_on")).values("month")
    found = dict(months.annotate(number=Count("pk")).order_by("month").values_list("month", "number"))
    return [(month, found.get(month, 0)) for month in (dt.date(year, number, 1) for number in range(1, 13))]
