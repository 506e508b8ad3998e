"""What can stand on a ballot of each kind, and how a ballot on paper is written down: pure but for the candidates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import pgettext_lazy

from .models import Award, Candidate, Election

Kind = Award.BallotKind
MARKS: dict[str, tuple[tuple[str, Any], ...]] = {
    Kind.CHOOSE: (("", pgettext_lazy("mark on a ballot", "chosen")),),
    Kind.APPROVE: (
        ("yes", pgettext_lazy("mark on a ballot", "○ for")),
        ("no", pgettext_lazy("mark on a ballot", "× against")),
    ),
    Kind.GRADE: (
        ("satisfied", pgettext_lazy("mark on a ballot", "satisfied")),
        ("mostly_satisfied", pgettext_lazy("mark on a ballot", "mostly satisfied")),
        ("dissatisfied", pgettext_lazy("mark on a ballot", "dissatisfied")),
        ("unknown", pgettext_lazy("mark on a ballot", "does not know")),
    ),
}


def marks_of(election: Election) -> tuple[tuple[str, Any], ...]:
    """(mark, label) that may stand beside a candidate; the mark of a chosen one is ""."""
    return MARKS.get(election.rules_now["ballot_kind"], ())


def choice(key: str, mark: str) -> str:
    """A candidate's key with a mark, as ballots hold it."""
    return f"{key}={mark}" if mark else key


def key_in(choice_: str) -> str:
    return choice_.partition("=")[0]


def numbered(election: Election) -> list[tuple[int, Candidate]]:
    """The candidates with their numbers on the ballot paper: one order for everyone, that of their keys."""
    return list(enumerate(election.candidates.order_by("key"), 1))


def possible(election: Election) -> frozenset[str]:
    """Every choice that can stand on a ballot of this round."""
    keys = election.candidates.values_list("key", flat=True)
    return frozenset(choice(key, mark) for key in keys for mark, _label in marks_of(election))


def spoilt(election: Election) -> list[str]:
    """How a ballot is written down that is void whatever stands on it: the first candidate marked twice.

    The same candidate twice is over-voted in every kind of ballot, and void.
    """
    first = election.candidates.order_by("key").values_list("key", flat=True).first()
    marks = [mark for mark, _label in marks_of(election)]
    return [choice(first, marks[0]), choice(first, marks[-1] if len(marks) > 1 else marks[0])] if first else []


def candidate_totals(ballots: Iterable[Sequence[Any]]) -> Counter[str]:
    """How many of each choice stand on some ballots, (choices, number)."""
    found: Counter[str] = Counter()
    for choices, number in ballots:
        for one in choices:
            found[one] += number
    return found


def differing(one: Iterable[Sequence[Any]], other: Iterable[Sequence[Any]]) -> set[str]:
    """Keys of the candidates whose totals differ in any mark."""
    first, second = candidate_totals(one), candidate_totals(other)
    return {key_in(found) for found in first.keys() | second.keys() if first[found] != second[found]}
