"""Who takes a place: pure, exact, and indifferent to the order of candidates.

The order is that of the scores. Where it leaves equal scores across the last place, the figure named by the award
decides if it is known for all of them; what is still equal stays tied, for a lot or a meeting.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from .tally import below_least_share, counts_alone


@dataclass(frozen=True)
class Outcome:
    """``winners`` are sure, best first; of ``tied``, ``places - len(winners)`` are still to be chosen; ``order`` is
    every candidate, best first.
    """

    winners: list[str]
    tied: list[str]
    order: list[str]


def outcome(
    *,
    rules: Mapping[str, Any],
    result: Mapping[str, Any],
    tie_values: Mapping[str, str],
    excluded: Collection[str] = (),
) -> Outcome:
    """Order the candidates and fill the places.

    ``rules`` are a round's rules; of ``result`` the ``counts``, ``scores`` (exact decimals as strings), ``valid`` and
    ``roll`` are used; ``tie_values`` are the numbers of the figure that decides ties ("" where unknown); whoever is
    ``excluded`` (a veto in force) keeps their place in the order and wins nothing.
    """
    scores = {key: Decimal(text) for key, text in result["scores"].items()}
    able = set(scores) - unable(rules=rules, result=result, excluded=excluded)
    winners: list[str] = []
    tied: list[str] = []
    order: list[str] = []
    by_score = sorted(scores, key=lambda key: (-scores[key], key))
    for _score, level in groupby(by_score, key=scores.__getitem__):
        equal = list(level)
        for group in _by_figure([key for key in equal if key in able], rules, tie_values):
            order += group
            free = 0 if tied else rules["places"] - len(winners)
            if len(group) <= free:
                winners += group
            elif free:
                tied = group
        order += [key for key in equal if key not in able]
    return Outcome(winners, tied, order)


def unable(*, rules: Mapping[str, Any], result: Mapping[str, Any], excluded: Collection[str]) -> set[str]:
    """Keys of those who cannot take a place, whatever their score; arguments as in ``outcome``.

    Nobody wins without a vote where votes are all that counts, nor below the least share of votes.
    """
    votes = result["counts"]
    barred = set(excluded) & set(result["scores"])
    if counts_alone(rules):
        barred |= {key for key, number in votes.items() if number == 0}
    if rules.get("ballot_kind") != "none":
        barred |= below_least_share(rules=rules, counts=votes, valid=result["valid"], roll=result["roll"])
    return barred


def _by_figure(equal: list[str], rules: Mapping[str, Any], values: Mapping[str, str]) -> list[list[str]]:
    """Equal scores as levels by the figure, the better first: the higher, unless the rules say that less is better
    (rules from before they said so meant the higher). One level if the figure is unknown for any of them.
    """
    known = {key: Decimal(values[key]) for key in equal if values.get(key)}
    if not equal:
        return []
    if not rules.get("tie_figure") or len(known) < len(equal):
        return [equal]
    sign = 1 if rules.get("tie_lower_is_better") else -1
    ordered = sorted(equal, key=lambda key: (sign * known[key], key))
    return [list(level) for _number, level in groupby(ordered, key=known.__getitem__)]


def lot_order(*, seed: str, base: str, keys: Iterable[str]) -> list[str]:
    """The order in which a lot draws tied candidates: by SHA-256 of "seed:base:key".

    The seed was committed when the round opened; ``base`` (the root of the sealed boxes, or the hash of the inputs)
    was known to nobody then, so that neither side could steer the lot.
    """
    return sorted(keys, key=lambda key: hashlib.sha256(f"{seed}:{base}:{key}".encode()).hexdigest())
