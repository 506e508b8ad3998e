"""The numbers this room itself gives: cases and ratings of windows, monthly scores, verified incidents.

Cases and ratings of a period are known when each of its months is; a month that was not entered is not nought. Scores
are the mean of the months, and known when every month is in which the person was posted on its first day.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intranet.people.models import Posting
from intranet.people.reach import sections_of_each
from intranet.workdays.months import months_of

from .models import Incident, MonthlyScore, WindowMonth
from .registry import PERSON, UNIT, WINDOW, Figure, FigureKind

FOUR = Decimal("0.0001")
Ids = Collection[int]


def percent(part: int, whole: int) -> Decimal:
    """Per cent with four decimals, half up."""
    return (Decimal(part) * 100 / whole).quantize(FOUR, ROUND_HALF_UP)


def sums_of(names: Collection[str], ids: Ids, first: dt.date, last: dt.date) -> dict[int, dict[str, int]]:
    """Sums over the period of windows that have these counts in each of its months, by window."""
    whole = len(months_of(first, last))
    rows = WindowMonth.objects.between(first, last).filter(window__in=ids)
    counted = rows.filter(**{f"{name}__isnull": False for name in names}).order_by()
    totals = counted.values("window").annotate(months=Count("pk"), **{f"sum_{name}": Sum(name) for name in names})
    return {
        row["window"]: {name: row[f"sum_{name}"] for name in names} for row in totals if row["months"] == whole > 0
    }


def _count(name: str) -> Callable[[Ids, dt.date, dt.date], Iterator[Figure]]:
    def numbers(ids: Ids, first: dt.date, last: dt.date) -> Iterator[Figure]:
        for window, found in sums_of((name,), ids, first, last).items():
            yield Figure(window, Decimal(found[name]))

    return numbers


def on_the_spot_rate(ids: Ids, first: dt.date, last: dt.date) -> Iterator[Figure]:
    """Of all cases handled those finished on the spot; unknown without a case."""
    for window, found in sums_of(("cases_handled", "finished_on_the_spot"), ids, first, last).items():
        if found["cases_handled"]:
            yield Figure(window, percent(found["finished_on_the_spot"], found["cases_handled"]))


def satisfaction(ids: Ids, first: dt.date, last: dt.date) -> Iterator[Figure]:
    """Of all ratings those that are not bad ones, the last two of the five grades; unknown without a rating."""
    for window, found in sums_of(WindowMonth.GRADES, ids, first, last).items():
        if whole := sum(found.values()):
            yield Figure(window, percent(sum(found[grade] for grade in WindowMonth.GOOD_GRADES), whole))


def _scores(subject: str) -> Callable[[Ids, dt.date, dt.date], Iterator[Figure]]:
    def numbers(ids: Ids, first: dt.date, last: dt.date) -> Iterator[Figure]:
        months = set(months_of(first, last))
        wanted = _months_at_the_hall(ids, first, last) if subject == PERSON else defaultdict(lambda: months)
        given: dict[int, dict[dt.date, Decimal]] = defaultdict(dict)
        rows = MonthlyScore.objects.between(first, last).filter(**{f"{subject}__in": ids})
        for key, month, score in rows.values_list(subject, "month", "score"):
            given[key][month] = score
        for key, scores in given.items():
            if wanted[key] <= set(scores):
                mean = sum(scores.values(), Decimal(0)) / len(scores)
                yield Figure(key, mean.quantize(FOUR, ROUND_HALF_UP))

    return numbers


def _months_at_the_hall(ids: Ids, first: dt.date, last: dt.date) -> dict[int, set[dt.date]]:
    """On which firsts of a month each of these people was posted: who came later need not have that month's score."""
    months = months_of(first, last)
    found: dict[int, set[dt.date]] = defaultdict(set)
    rows = Posting.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=months[0]), person__in=ids)
    for person, start, end in rows.filter(starts_on__lte=last).values_list("person", "starts_on", "ends_on"):
        found[person].update(month for month in months if start <= month and (end is None or month <= end))
    return found


def _incidents(amount: Any, kinds: tuple[str, ...]) -> Callable[[str], Callable[[Ids, dt.date, dt.date], Any]]:
    """``amount`` of verified incidents, of all kinds when none is named. Known once the hall keeps the register:
    who is not in it has nought.
    """

    def of(subject: str) -> Callable[[Ids, dt.date, dt.date], Iterator[Figure]]:
        def numbers(ids: Ids, first: dt.date, last: dt.date) -> Iterator[Figure]:
            if not Incident.objects.filter(occurred_on__lte=last).exists():
                return
            rows = Incident.objects.verified(first, last).order_by()
            found = _by_subject(rows.filter(kind__in=kinds) if kinds else rows, amount, subject, ids)
            for key in ids:
                yield Figure(key, found.get(key, Decimal(0)))

        return numbers

    return of


def _by_subject(rows: Any, amount: Any, subject: str, ids: Ids) -> dict[int, Decimal]:
    """About the subject itself, and for a window or unit also about whoever was posted there that day; a unit answers
    for its sections too, as it does for their people.
    """
    if subject == UNIT:
        return _of_units(rows, amount, ids)
    return _of_places(rows, amount, subject, ids)


def _of_units(rows: Any, amount: Any, ids: Ids) -> dict[int, Decimal]:
    sections = sections_of_each(ids)
    of_each = _of_places(rows, amount, UNIT, set().union(*sections.values()))
    return {
        unit: sum((of_each.get(one, Decimal(0)) for one in below), Decimal(0)) for unit, below in sections.items()
    }


def _of_places(rows: Any, amount: Any, subject: str, ids: Ids) -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    posted = f"person__postings__{subject}"
    there = Q(
        Q(person__postings__ends_on__isnull=True) | Q(person__postings__ends_on__gte=F("occurred_on")),
        person__postings__starts_on__lte=F("occurred_on"),
        **{f"{posted}__in": ids},
    )
    asked = [(subject, rows.filter(**{f"{subject}__in": ids}))]
    if subject != PERSON:
        asked.append((posted, rows.filter(there)))
    for name, chosen in asked:
        for key, number in chosen.values(name).annotate(amount=amount).values_list(name, "amount"):
            found[key] += Decimal(number)
    return found


def _about_all(of: Callable[[str], Any]) -> dict[str, Any]:
    return {"numbers": of(PERSON), "directly": {WINDOW: of(WINDOW), UNIT: of(UNIT)}}


POINTS = _incidents(Sum("points"), ())
COMPLAINTS = _incidents(Count("pk"), ("complaint",))
PRAISE = _incidents(Count("pk"), ("praise",))

KINDS = (
    FigureKind("figures.cases_handled", _("Cases handled"), _("cases"), WINDOW, _count("cases_handled")),
    FigureKind("figures.on_the_spot_rate", _("On-the-spot rate"), "%", WINDOW, on_the_spot_rate, digits=2),
    FigureKind("figures.overdue", _("Overdue cases"), _("cases"), WINDOW, _count("overdue"), lower_is_better=True),
    FigureKind("figures.satisfaction", _("Satisfied visitors"), "%", WINDOW, satisfaction, digits=2),
    FigureKind(
        "figures.monthly_score",
        _("Monthly score of the inspection section"),
        pgettext_lazy("unit of a score", "points"),
        PERSON,
        digits=2,
        **_about_all(_scores),
    ),
    FigureKind(
        "figures.points",
        _("Points for verified incidents"),
        pgettext_lazy("unit of a score", "points"),
        PERSON,
        digits=2,
        **_about_all(POINTS),
    ),
    FigureKind(
        "figures.complaints",
        _("Verified complaints"),
        pgettext_lazy("unit of a count", "complaints"),
        PERSON,
        lower_is_better=True,
        **_about_all(COMPLAINTS),
    ),
    FigureKind(
        "figures.praise",
        _("Verified praise"),
        pgettext_lazy("unit of a count", "times"),
        PERSON,
        **_about_all(PRAISE),
    ),
)
