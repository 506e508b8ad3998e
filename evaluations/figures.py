"""The numbers awards give to others: honours of a period, and the scores with which they were won.

Only what was published: the score of somebody who was not honoured is nobody's figure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intranet.figures.registry import PERSON, UNIT, WINDOW, Figure, FigureKind

from .models import Candidate, Election, Honour

FOUR = Decimal("0.0001")
Ids = Collection[int]
Numbers = Callable[[Ids, dt.date, dt.date], Iterator[Figure]]
# How honours and candidates call each kind of subject.
FIELDS = {PERSON: "person", WINDOW: "window", UNIT: "team"}


def _honours_of(field: str) -> Numbers:
    """Standing honours commended in the period; the wall knows that somebody has none."""

    def numbers(ids: Ids, first: dt.date, last: dt.date) -> Iterator[Figure]:
        standing = Honour.objects.standing().filter(**{f"{field}__in": ids}, published_on__range=(first, last))
        counted = standing.order_by().values(field).annotate(number=Count("pk")).values_list(field, "number")
        found = dict(counted)
        for subject in ids:
            yield Figure(subject, Decimal(found.get(subject, 0)))

    return numbers


def _scores_of(field: str) -> Numbers:
    """Mean total of the rounds of the period in which they were honoured, where more than ballots counted."""

    def numbers(ids: Ids, first: dt.date, last: dt.date) -> Iterator[Figure]:
        stood = Candidate.objects.filter(
            **{f"{field}__in": ids},
            election__phase=Election.Phase.PUBLISHED,
            election__period_first__gte=first,
            election__period_last__lte=last,
        ).select_related("election__award")
        totals: dict[int, list[Decimal]] = {}
        for one in stood:
            score = _score(one)
            if score is not None:
                totals.setdefault(getattr(one, f"{field}_id"), []).append(score)
        for subject, found in totals.items():
            yield Figure(subject, (sum(found, Decimal(0)) / len(found)).quantize(FOUR, ROUND_HALF_UP))

    return numbers


def _score(candidate: Candidate) -> Decimal | None:
    election = candidate.election
    won = candidate.key in election.decision.get("winners", [])
    score = election.result.get("scores", {}).get(candidate.key)
    return Decimal(score) if won and score and election.has_assessment else None


KINDS = (
    FigureKind(
        "evaluations.honours",
        _("Honours"),
        pgettext_lazy("unit of a figure", "honours"),
        PERSON,
        _honours_of(FIELDS[PERSON]),
        directly={kind: _honours_of(FIELDS[kind]) for kind in (WINDOW, UNIT)},
    ),
    FigureKind(
        "evaluations.score",
        _("Score with which honours were won"),
        pgettext_lazy("unit of a figure", "points"),
        PERSON,
        _scores_of(FIELDS[PERSON]),
        directly={kind: _scores_of(FIELDS[kind]) for kind in (WINDOW, UNIT)},
        digits=4,
    ),
)
