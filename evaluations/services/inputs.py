"""The values that enter a score beside the ballots: gathered from panels, figures and what was brought by hand.

What is missing is said, component by component and with names; it never counts as zero.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from evaluations.canonical import canonical
from evaluations.models import Candidate, Election, PanelScore, PanelSeat, RoundInput
from evaluations.models.awards import plain_number
from intranet import clock
from intranet.figures.exceptions import UnknownFigure
from intranet.figures.services.numbers import is_lower_better, numbers_about
from intranet.workdays.months import month_end, months_of

FOUR_DIGITS = Decimal("0.0001")
MONTHLY_SCORE = "figures.monthly_score"
# The highest and the lowest score are left out only where at least three others remain.
FEWEST_FOR_EXTREMES = 5


@dataclass(frozen=True)
class Missing:
    """Why one component cannot be counted yet: its name, and who lacks what."""

    component: str
    label: str
    names: list[str]
    what: str

    def __str__(self) -> str:
        return _("%(component)s: %(said)s") % {"component": self.label, "said": self.said}

    @property
    def said(self) -> str:
        """What is missing of whom, without the component."""
        return _("%(what)s (%(who)s)") % {"what": self.what, "who": "、".join(self.names)}


@dataclass
class Gathered:
    """``values`` and ``tie`` as they are frozen; ``missing`` says what keeps them from being frozen."""

    values: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    tie: dict[str, str] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)

    @property
    def as_json(self) -> dict[str, Any]:
        return {"values": self.values, "tie": self.tie}


def hash_of(inputs: dict[str, Any]) -> str:
    """SHA-256 of their canonical JSON."""
    return hashlib.sha256(canonical(inputs).encode()).hexdigest()


def gather(election: Election) -> Gathered:
    """The values of every component but the ballots, for every candidate. Queries depend on components and months,
    never on candidates.

    - ``scores``: the mean of the monthly scores of every month of the appraised period; each month is needed.
    - ``figure``: the figure over the appraised period; where it is about people, a window has the mean of its people.
    - ``panel``: the mean of the scores handed in, without those who declared a conflict. Where the award leaves out
      the extremes, one highest and one lowest score go as soon as there are five.
    - ``clients``: what was brought from sheets, summed.
    - ``adjustment``: bonuses and deductions, summed, 0 where there are none; with the figure if one is named, which
      is deducted where less of it is better.
    """
    return _Gathering(election).all()


class _Gathering:
    """One pass over the components of a round."""

    def __init__(self, election: Election) -> None:
        self.election = election
        self.rules = election.rules_now
        rows = election.candidates.select_related("person", "window", "team")
        self.candidates: list[Candidate] = list(rows.order_by("key"))
        self.subjects = {row.key: row.subject.pk for row in self.candidates if row.subject is not None}
        self.found = Gathered()

    def all(self) -> Gathered:
        sources: dict[str, Callable[[dict[str, Any]], dict[str, dict[str, Any]]]] = {
            "scores": self._monthly,
            "figure": self._figure,
            "panel": self._panel,
            "clients": self._clients,
            "adjustment": self._adjustment,
        }
        for part in self.rules["components"]:
            if part["kind"] == "ballots":
                continue
            values = sources[part["kind"]](part)
            self.found.values[part["key"]] = values
            self._miss(part, [row for row in self.candidates if row.key not in values])
        self.found.tie = self._ties()
        return self.found

    def _miss(self, part: dict[str, Any], without: list[Candidate]) -> None:
        known = {missing.component for missing in self.found.missing}
        if without and part["key"] not in known:
            names = [row.name for row in without]
            self.found.missing.append(Missing(part["key"], part["label"], names, _("no value yet")))

    def _say(self, part: dict[str, Any], what: str, names: list[str]) -> None:
        self.found.missing.append(Missing(part["key"], part["label"], names, what))

    def _numbers(self, key: str, first: dt.date, last: dt.date) -> dict[str, Decimal]:
        """The figure by candidates' keys, where known. Raises UnknownFigure."""
        asked = numbers_about(key, self.rules["subject"], list(self.subjects.values()), first, last)
        return {key: asked[pk] for key, pk in self.subjects.items() if pk in asked}

    def _asked(self, part: dict[str, Any], key: str, first: dt.date, last: dt.date) -> dict[str, Decimal] | None:
        """The same; None, and the reason among what is missing, if its plug-in is not there."""
        try:
            return self._numbers(key, first, last)
        except UnknownFigure as unknown:
            if part["key"] not in {missing.component for missing in self.found.missing}:
                self._say(part, str(unknown), [row.name for row in self.candidates])
            return None

    def _monthly(self, part: dict[str, Any]) -> dict[str, dict[str, Any]]:
        months = months_of(self.election.period_first, self.election.period_last)
        by_month = {
            first: self._asked(part, part["figure"] or MONTHLY_SCORE, first, month_end(first)) or {}
            for first in months
        }
        values = {}
        for key in self.subjects:
            scores = {f"{month:%Y-%m}": by_month[month].get(key) for month in months}
            known = {month: score for month, score in scores.items() if score is not None}
            if len(known) == len(months):
                detail = {"months": {month: plain_number(score) for month, score in known.items()}}
                values[key] = entry(sum(known.values(), Decimal(0)) / len(months), detail)
        return values

    def _figure(self, part: dict[str, Any]) -> dict[str, dict[str, Any]]:
        numbers = self._asked(part, part["figure"], self.election.period_first, self.election.period_last) or {}
        return {key: entry(number, {}) for key, number in numbers.items()}

    def _panel(self, part: dict[str, Any]) -> dict[str, dict[str, Any]]:
        late = [seat.name for seat in self._seats if seat.component == part["key"] and seat.handed_in_at is None]
        due = self.election.scores_due
        waiting = bool(late) and (due is None or clock.now() < due)
        if waiting:
            self._say(part, _("scores not handed in yet"), late)
        values = {}
        for key in self.subjects:
            given = self._given[part["key"], key]
            if given:
                kept = without_extremes(given) if part["without_extremes"] else given
                values[key] = entry(sum(kept, Decimal(0)) / len(kept), {"scores": len(given), "counted": len(kept)})
        unscored = [row.name for row in self.candidates if row.key not in values]
        if unscored and not waiting:
            self._say(part, _("nobody on the panel has given a score; give somebody else a seat"), unscored)
        return values

    @cached_property
    def _seats(self) -> list[PanelSeat]:
        return list(self.election.seats.all())

    @cached_property
    def _given(self) -> dict[tuple[str, str], list[Decimal]]:
        """Scores handed in, by component and candidate's key, sorted so that nothing tells whose they are."""
        found: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
        rows = PanelScore.objects.filter(
            seat__election=self.election, seat__handed_in_at__isnull=False, score__isnull=False
        )
        for component, key, score in rows.order_by("score").values_list("seat__component", "candidate__key", "score"):
            if score is not None:
                found[component, key].append(score)
        return found

    @cached_property
    def _brought(self) -> dict[tuple[str, str], list[Decimal]]:
        found: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
        rows = RoundInput.objects.filter(election=self.election).order_by("pk")
        for component, key, value in rows.values_list("component", "candidate__key", "value"):
            found[component, key].append(value)
        return found

    def _clients(self, part: dict[str, Any]) -> dict[str, dict[str, Any]]:
        rows = {key: self._brought[part["key"], key] for key in self.subjects}
        return {key: entry(sum(given, Decimal(0)), {"entries": len(given)}) for key, given in rows.items() if given}

    def _adjustment(self, part: dict[str, Any]) -> dict[str, dict[str, Any]]:
        points: dict[str, Decimal] | None = {}
        if part["figure"]:
            points = self._added(part)
        if points is None:
            return {}
        values = {}
        for key in self.subjects:
            brought = self._brought[part["key"], key]
            detail = {"entries": [plain_number(value) for value in brought]}
            if key in points:
                detail["figure"] = plain_number(points[key])  # type: ignore[assignment]
            values[key] = entry(sum(brought, points.get(key, Decimal(0))), detail)
        return values

    def _added(self, part: dict[str, Any]) -> dict[str, Decimal] | None:
        """The figure as it is added to the sum: one of which less is better takes points off, whatever is ticked."""
        points = self._asked(part, part["figure"], self.election.period_first, self.election.period_last)
        if points is not None and is_lower_better(part["figure"]):
            return {key: -number for key, number in points.items()}
        return points

    def _ties(self) -> dict[str, str]:
        """The figure that decides ties, "" where it is unknown; then the tie rule decides."""
        numbers: dict[str, Decimal] = {}
        if self.rules["tie_figure"]:
            try:
                numbers = self._numbers(
                    self.rules["tie_figure"], self.election.period_first, self.election.period_last
                )
            except UnknownFigure:
                numbers = {}
        return {row.key: plain_number(numbers.get(row.key)) for row in self.candidates}


def entry(value: Decimal, detail: dict[str, Any]) -> dict[str, Any]:
    """One value as it is frozen: rounded half up to four decimals."""
    return {"value": f"{value.quantize(FOUR_DIGITS, ROUND_HALF_UP):f}", "detail": detail}


def without_extremes(given: list[Decimal]) -> list[Decimal]:
    """All but one highest and one lowest, where at least three others remain; else all."""
    ordered = sorted(given)
    return ordered[1:-1] if len(ordered) >= FEWEST_FOR_EXTREMES else ordered
