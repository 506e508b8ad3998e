"""The wall of honour, and what rounds and honours look like in figures."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Max, Q
from django.db.models.functions import ExtractYear
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evaluations import statistics
from evaluations.models import Honour
from evaluations.querysets import HonourQuerySet
from intranet.people.models import Window

HONOURS_A_PAGE = 60
LONGEST_NUMBER = 12


@require_safe
def honours(request: HttpRequest) -> HttpResponse:
    """The wall of honour: by award and period, newest first; also honours from before there were rounds here."""
    standing = Honour.objects.standing()
    awards, years = _choices(standing)
    asked = request.GET
    chosen, mine = asked.get("award", "")[:60], bool(asked.get("mine"))
    year = next((one for one in years if str(one) == asked.get("year", "")), None)
    window = _window(asked.get("window", ""))
    shown = _narrowed(standing, chosen, year, window)
    if mine:
        shown = shown.filter(person__user=request.user)
    ordered = shown.select_related("person", "window", "election").order_by(
        "-published_on", "-period_first", "award_name", "period_label", "election_id", "name", "pk"
    )
    page = Paginator(ordered, HONOURS_A_PAGE).get_page(asked.get("page"))
    context = {
        "groups": [list(given) for _same, given in groupby(page, key=_of_one_commendation)],
        "page_obj": page,
        "awards": awards,
        "years": years,
        "year": year,
        "chosen": chosen,
        "window": window,
        "mine": mine,
    }
    return render(request, "evaluations/honours.html", context)


def _of_one_commendation(honour: Honour) -> tuple[Any, ...]:
    return honour.election_id, honour.award_name, honour.period_label, honour.published_on


def _narrowed(standing: HonourQuerySet, award: str, year: int | None, window: Window | None) -> HonourQuerySet:
    """``award``: the short name of an award, or the name of one that is only known from old honours."""
    if award:
        standing = standing.filter(Q(award__slug=award) | Q(award__isnull=True, award_name=award))
    if year is not None:
        standing = standing.of_year(year)
    return standing.filter(window=window) if window is not None else standing


def _window(asked: str) -> Window | None:
    """The window whose past is asked for; a number that is none asks for nothing."""
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_NUMBER):
        return None
    return Window.objects.filter(pk=int(asked)).first()


def _choices(standing: HonourQuerySet) -> tuple[list[tuple[str, str]], list[int]]:
    """Awards as (what the address says, name), the latest commended first, and years, newest first; one query.

    An award that is only known from old honours is named in the address by its name.
    """
    rows = standing.values("award__slug", "award__name", "award_name", year=ExtractYear("published_on"))
    latest: dict[tuple[str, str], Any] = {}
    years = set()
    for row in rows.annotate(latest=Max("published_on")).order_by("latest"):
        award = (row["award__slug"] or row["award_name"], row["award__name"] or row["award_name"])
        latest[award] = row["latest"]
        years.add(row["year"])
    return sorted(latest, key=lambda award: (-latest[award].toordinal(), award[1])), sorted(years, reverse=True)


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """For everyone: how many took part in each vote, and where a year's honours went."""
    years = statistics.years()
    year = next((one for one in years if str(one) == request.GET.get("year", "")), years[0] if years else None)
    by_unit = statistics.honours_by_unit(year) if year else []
    by_month = statistics.honours_by_month(year) if year else []
    context = {
        "turnout": statistics.turnout(),
        "years": years,
        "year": year,
        "by_unit": by_unit,
        "most_in_a_unit": max((number for _unit, number in by_unit), default=0),
        "by_month": by_month,
        "most_in_a_month": max((number for _month, number in by_month), default=0),
    }
    return render(request, "evaluations/figures.html", context)
