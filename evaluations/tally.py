"""Counting: pure, exact, and indifferent to the order of ballots and candidates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .canonical import canonical


@dataclass(frozen=True)
class Result:
    """What a count gives.

    ``winners`` are the sure ones, most votes first; ``tied`` are those with equal votes across the
    boundary of the places, of whom ``places - len(winners)`` are still to be chosen.
    """

    counts: dict[str, int]
    scores: dict[str, str]
    winners: list[str]
    tied: list[str]
    places: int
    ballots: int
    valid: int
    void: int
    roll: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def open_places(self) -> int:
        """How many of the tied are to be chosen."""
        return self.places - len(self.winners) if self.tied else 0


def seal_choices(choices: Iterable[str]) -> str:
    """The envelope of a ballot: canonical JSON, choices sorted, so that equal ballots are equal texts."""
    return canonical({"choices": sorted(choices)})


def choices_in(envelope: str) -> list[str] | None:
    """The keys an envelope names, or None if it is not a ballot's envelope."""
    try:
        content = json.loads(envelope)
    except ValueError:
        return None
    choices = content.get("choices") if isinstance(content, dict) else None
    if not isinstance(choices, list) or not all(isinstance(key, str) for key in choices):
        return None
    return choices


def is_valid(choices: Sequence[str] | None, keys: frozenset[str], fewest: int, most: int) -> bool:
    """Known and different candidates, not fewer and not more than the rules say."""
    return (
        choices is not None
        and len(set(choices)) == len(choices)
        and fewest <= len(choices) <= most
        and keys.issuperset(choices)
    )


def count(*, rules: dict[str, Any], keys: Iterable[str], envelopes: Iterable[tuple[str, int]], roll: int) -> Result:
    """Count a round.

    ``rules`` holds ``places``, ``min_choices``, ``max_choices``; ``keys`` are the candidates' keys;
    ``envelopes`` are (envelope, how many such ballots); ``roll`` is the size of the roll.
    A ballot against the rules is void and counts for nobody.
    """
    counts = dict.fromkeys(sorted(keys), 0)
    known = frozenset(counts)
    valid = void = 0
    for envelope, number in envelopes:
        choices = choices_in(envelope)
        if not is_valid(choices, known, rules["min_choices"], rules["max_choices"]):
            void += number
            continue
        valid += number
        for key in choices or ():
            counts[key] += number
    winners, tied = places_of(counts, rules["places"])
    return Result(
        counts=counts,
        scores={key: str(votes) for key, votes in counts.items()},
        winners=winners,
        tied=tied,
        places=rules["places"],
        ballots=valid + void,
        valid=valid,
        void=void,
        roll=roll,
    )


def places_of(counts: dict[str, int], places: int) -> tuple[list[str], list[str]]:
    """(sure winners, those tied across the boundary). Nobody wins without a vote."""
    order = sorted((key for key, votes in counts.items() if votes > 0), key=lambda key: (-counts[key], key))
    if len(order) <= places:
        return order, []
    last_in, first_out = counts[order[places - 1]], counts[order[places]]
    if last_in > first_out:
        return order[:places], []
    return [key for key in order if counts[key] > last_in], [key for key in order if counts[key] == last_in]
