"""Who is away, in general words: never why.

Whoever keeps leave, training or outside service gives it by the hook ``register_absence_source``; what asks here
learns days and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from intranet.socket import collect
from intranet.workdays.arithmetic import workdays_in


@dataclass(frozen=True)
class Absence:
    """Someone is away from ``first`` to ``last``, both counted; ``person`` is the primary key in the register."""

    person: int
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class AbsenceSource:
    """``absences(ids, first, last)`` gives these people's Absences that touch the span, from set-based queries."""

    key: str
    absences: Callable[[Collection[int], dt.date, dt.date], Iterable[Absence]]


def absence_sources() -> dict[str, AbsenceSource]:
    return collect("register_absence_source")


def working_days_away(person_ids: Collection[int], first: dt.date, last: dt.date) -> dict[int, int]:
    """How many working days of the span (both ends counted) each of these people was away, whatever the source.

    A day that two sources name counts once. Who was not away is not in the answer, which is empty as well when
    nobody keeps absences: ask ``absence_sources()`` to tell the two apart.
    """
    wanted, away = set(person_ids), defaultdict(set)
    sources = absence_sources() if wanted and first <= last else {}
    worked = workdays_in(first, last) if sources else []
    for source in sources.values():
        for absence in source.absences(wanted, first, last):
            if absence.person in wanted:
                away[absence.person].update(day for day in worked if absence.first <= day <= absence.last)
    return {person: len(days) for person, days in away.items() if days}
