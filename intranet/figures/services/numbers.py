"""Asking for a number by its key, without knowing who gives it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from ..exceptions import UnknownFigure
from ..registry import PERSON, FigureKind, figure_kinds, subject_kinds

# A mean of a third has no last decimal: four are what every number of an assessment has.
MEAN_DIGITS = Decimal("0.0001")


def kind_of(key: str) -> FigureKind:
    """The figure of this key. Raises UnknownFigure when its plug-in is not in use."""
    kind = figure_kinds().get(key)
    if kind is None:
        raise UnknownFigure(
            _("The figure “%(key)s” is not available: the plug-in it belongs to is not in use.") % {"key": key}
        )
    return kind


def is_lower_better(key: str) -> bool:
    """Whether less of a figure is better; no where its plug-in is not in use."""
    kind = figure_kinds().get(key)
    return kind is not None and kind.lower_is_better


def numbers_of(key: str, ids: Collection[int], first: dt.date, last: dt.date) -> dict[int, Decimal]:
    """What is known of these subjects over the days from ``first`` to ``last``, both counted.

    A subject about which nothing is known is not in the answer; unknown is never nought. Raises UnknownFigure.
    """
    kind = kind_of(key)
    return _asked(kind.numbers, set(ids), first, last)


def numbers_about(key: str, subject: str, ids: Collection[int], first: dt.date, last: dt.date) -> dict[int, Decimal]:
    """The same for subjects of the kind ``subject``: "person", "window", "unit".

    What is kept about such subjects themselves goes first. For the others a figure about people is the mean of those
    who were posted there on any day of the period and of whom it is known, rounded half up to four decimals; unknown
    when it is known of none of them. Raises UnknownFigure for a figure that says nothing about such subjects.
    """
    kind, wanted = kind_of(key), set(ids)
    told, members = kind.told_about(subject), _members_of(kind, subject)
    if told is None and members is None:
        raise UnknownFigure(
            _("The figure “%(label)s” says nothing about this kind of subject. Choose another one.")
            % {"label": kind.label}
        )
    found = _asked(told, wanted, first, last) if told else {}
    if members is not None and (rest := wanted - set(found)):
        found |= _means(kind, members(rest, first, last), first, last)
    return found


def answers_for(subject: str) -> dict[str, FigureKind]:
    """The figures that can be asked about such subjects, for choices."""
    return {
        key: kind
        for key, kind in figure_kinds().items()
        if kind.told_about(subject) is not None or _members_of(kind, subject) is not None
    }


def _members_of(kind: FigureKind, subject: str) -> Any:
    """How to find the people of such a subject, when a figure about people may stand for it."""
    about = subject_kinds().get(subject)
    return about.members if about is not None and kind.subject == PERSON else None


def _means(kind: FigureKind, members: dict[int, set[int]], first: dt.date, last: dt.date) -> dict[int, Decimal]:
    known = _asked(kind.numbers, set().union(*members.values()), first, last)
    of_each = {key: [known[person] for person in people if person in known] for key, people in members.items()}
    return {key: _mean(numbers) for key, numbers in of_each.items() if numbers}


def _asked(numbers: Any, wanted: set[int], first: dt.date, last: dt.date) -> dict[int, Decimal]:
    if not wanted:
        return {}
    given = numbers(wanted, first, last)
    return {figure.subject: Decimal(figure.number) for figure in given if figure.subject in wanted}


def _mean(numbers: list[Decimal]) -> Decimal:
    return (sum(numbers, Decimal(0)) / len(numbers)).quantize(MEAN_DIGITS, ROUND_HALF_UP)
