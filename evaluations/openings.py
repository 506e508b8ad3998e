"""When an award's rounds open by themselves: periods, their working day of opening, and which one is due."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from intranet import clock
from intranet.workdays.arithmetic import add_workdays

from .models import Award, Election, Skip
from .planning import period_around

DAY = dt.timedelta(days=1)
HOUR_OF_OPENING = 9
# So many periods ahead an opening is looked for, past skipped ones.
PERIODS_AHEAD = 13


@dataclass(frozen=True)
class Opening:
    """The round of the period from ``first`` to ``last`` opens on ``day``, at nine."""

    first: dt.date
    last: dt.date
    day: dt.date

    @property
    def at(self) -> dt.datetime:
        return clock.start_of(self.day, HOUR_OF_OPENING)


class Openings:
    """The openings of some awards as seen at an instant.

    Two queries for their rounds and skips, and a few for each different working day of opening, however many awards
    share it.
    """

    def __init__(self, awards: Iterable[Award], now: dt.datetime) -> None:
        asked = [award.pk for award in awards]
        self.now = now
        self._known: dict[tuple[str, int, dt.date], Opening] = {}
        # A round called off counts: what an officer cancelled the clock does not open again.
        held = Election.objects.filter(award__in=asked).order_by().values("award")
        self._held: dict[int, dt.date] = dict(held.annotate(last=Max("period_first")).values_list("award", "last"))
        self._skipped: dict[int, set[dt.date]] = defaultdict(set)
        for award, first in Skip.objects.filter(award__in=asked).values_list("award", "period_first"):
            self._skipped[award].add(first)

    def due(self, award: Award) -> Opening | None:
        """What should be open by now and is not: the latest only, however long the clock stood still."""
        opening = self._latest(award)
        return opening if self._is_free(award, opening) else None

    def following(self, award: Award) -> Opening | None:
        """The next opening to come, past skipped and held periods."""
        opening = self._latest(award)
        for _period in range(PERIODS_AHEAD):
            opening = self._of(award, opening.last + DAY)
            if self._is_free(award, opening):
                return opening
        return None

    def _latest(self, award: Award) -> Opening:
        """The last opening at or before the instant."""
        found = self._of(award, clock.day_of(self.now))
        while (after := self._of(award, found.last + DAY)).at <= self.now:
            found = after
        while found.at > self.now:
            found = self._of(award, found.first - DAY)
        return found

    def _of(self, award: Award, day: dt.date) -> Opening:
        """Of the period in which a day lies: its n-th working day after the end, or before the end for n below 0."""
        first, last = period_around(award, day)
        n = award.open_workday
        key = (award.period, n, first)
        if key not in self._known:
            self._known[key] = Opening(first, last, add_workdays(last if n > 0 else last + DAY, n))
        return self._known[key]

    def _is_free(self, award: Award, opening: Opening) -> bool:
        """Whether the clock may open it: the award opened by itself then, no round of it or a later one, no skip."""
        if not award.opens_by_itself or award.opens_since is None or opening.day < award.opens_since:
            return False
        held = self._held.get(award.pk)
        return (held is None or held < opening.first) and opening.first not in self._skipped[award.pk]
