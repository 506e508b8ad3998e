"""Named numbers about a person, a window or a unit in a period: plug-ins give them, others ask by key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from intranet.socket import collect

PERSON, WINDOW, UNIT = "person", "window", "unit"


@dataclass(frozen=True)
class SubjectKind:
    """What a number may be about (hook ``register_subject_kind``).

    ``key``      "person", "window", "unit"
    ``label``    shown name of one of them
    ``model``    the model whose primary keys are the subjects
    ``members``  ``members(ids, first, last)`` gives for each of these subjects the keys of the people who belonged to
                 it on any day of the period, in a few queries; None for people themselves
    """

    key: str
    label: Any
    model: type[Any]
    members: Callable[[Collection[int], dt.date, dt.date], dict[int, set[int]]] | None = None


@dataclass(frozen=True)
class Figure:
    """One number: ``subject`` is the primary key of who or what it is about."""

    subject: int
    number: Decimal


@dataclass(frozen=True)
class FigureKind:
    """A sort of number (hook ``register_figure``).

    ``key``      "app.name", as awards keep it ("training.credit_hours")
    ``label``    shown name; ``unit`` what is counted, shown behind a number ("%", "cases"), may be ""
    ``subject``  key of the SubjectKind it is about
    ``numbers``  ``numbers(ids, first, last)`` gives a Figure for every subject of ``ids`` of which it is known,
                 over all days from ``first`` to ``last``, both counted, from set-based queries. What is not known is
                 left out; nought is said only by whoever knows that it is nought.
    ``directly``  other subject kinds about which it is kept as well, each with its own ``numbers``; where that says
                 nothing of a window or unit, the mean of its people is taken
    ``lower_is_better``  complaints, overdue cases
    ``digits``   decimals it is shown with
    """

    key: str
    label: Any
    unit: Any
    subject: str
    numbers: Callable[[Collection[int], dt.date, dt.date], Iterable[Figure]]
    lower_is_better: bool = False
    digits: int = 0
    directly: Mapping[str, Callable[[Collection[int], dt.date, dt.date], Iterable[Figure]]] = field(
        default_factory=dict
    )

    def told_about(self, subject: str) -> Callable[[Collection[int], dt.date, dt.date], Iterable[Figure]] | None:
        """How it is asked about such subjects themselves, if it can be."""
        return self.numbers if subject == self.subject else self.directly.get(subject)


def subject_kinds() -> dict[str, SubjectKind]:
    return collect("register_subject_kind")


def figure_kinds() -> dict[str, FigureKind]:
    """All figures of the plug-ins in use. Raises ImproperlyConfigured when one is about nothing that is known."""
    subjects = subject_kinds()
    found = collect("register_figure")
    for kind in found.values():
        for subject in (kind.subject, *kind.directly):
            if subject not in subjects:
                raise ImproperlyConfigured(f"the figure {kind.key!r} is about {subject!r}, which is no subject kind")
    return found
