"""From values to points, from points to a total: pure, exact, and indifferent to the order of candidates.

Every component's points are rounded half up to four decimals. From there on everything is exact decimal arithmetic:
a share is points × weight ÷ 100, a total the sum of the shares and of what is added or deducted. So whoever has the
printed lines recomputes the rest with a pocket calculator.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from .exceptions import RoundError

DIGITS = 4
HUNDRED = Fraction(100)


@dataclass(frozen=True)
class Scores:
    """What scoring gives.

    ``lines`` hold, for each candidate and in the order of the rules' components, ``{"component", "value", "points",
    "weight", "share"}`` as strings; ``totals`` the sum of the shares. Shares and totals show at least four decimals,
    and more only where they are not zero. A bonus or deduction has no weight: its points are its share.
    """

    lines: dict[str, list[dict[str, str]]]
    totals: dict[str, str]


def score(
    *, rules: Mapping[str, Any], keys: Iterable[str], inputs: Mapping[str, Any], ballot_points: Mapping[str, str]
) -> Scores:
    """Score a round.

    ``rules["components"]`` say what counts; ``inputs["values"]`` holds ``{component: {key: {"value": str}}}`` for
    all of them but the ballots, whose points (0 to 100, at most four decimals) come as ``ballot_points``.
    Raises RoundError when weights do not sum to 100, a value is missing, or one does not suit its scale.
    """
    listed = sorted(keys)
    components = rules["components"]
    check_weights(components)
    lines: dict[str, list[dict[str, str]]] = {key: [] for key in listed}
    totals = dict.fromkeys(listed, Fraction(0))
    for component in components:
        values = _values(component, listed, inputs, ballot_points)
        points = points_of(component, values)
        for key in listed:
            share = _share(component, points[key])
            totals[key] += share
            lines[key].append(
                {
                    "component": component["key"],
                    "value": decimal_text(values[key]),
                    "points": decimal_text(points[key]),
                    "weight": "" if component["kind"] == "adjustment" else component["weight"],
                    "share": decimal_text(share),
                }
            )
    return Scores(lines, {key: decimal_text(total) for key, total in totals.items()})


def check_weights(components: Iterable[Mapping[str, Any]]) -> None:
    """The weights of all but bonuses and deductions sum to 100; where nothing has a weight, a meeting chooses."""
    weights = [Fraction(component["weight"]) for component in components if component["kind"] != "adjustment"]
    if weights and (sum(weights) != HUNDRED or min(weights) < 0):
        raise RoundError(
            _("The weights of the components sum to %(sum)s, not to 100. Cancel the round and correct the award.")
            % {"sum": decimal_text(sum(weights, Fraction(0)))}
        )


def points_of(component: Mapping[str, Any], values: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The points of one component, rounded; ``values`` by candidate. Raises RoundError for values it cannot take."""
    if component["kind"] == "adjustment":
        return {key: rounded(_capped(component, value)) for key, value in values.items()}
    if component["kind"] == "ballots":
        return {key: rounded(value) for key, value in values.items()}
    exact = SCALES[component["scale"]](component, values) if values else {}
    return {key: rounded(value) for key, value in exact.items()}


def _as_it_is(component: Mapping[str, Any], values: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Beyond 0 to 100 the nearer end counts: a month's score with bonuses runs to 110, and no part gives more points
    than another.
    """
    held = {key: held_to_scale(value) for key, value in values.items()}
    return {key: HUNDRED - value for key, value in held.items()} if component["lower_is_better"] else held


def _of_best(component: Mapping[str, Any], values: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Percent of the best; where less is better, the best in percent of the value. The best has 100, also with 0."""
    if min(values.values()) < 0:
        raise RoundError(
            _("“%(component)s” counts in percent of the best, but some of its values are below 0. Correct them.")
            % {"component": component["label"]}
        )
    if component["lower_is_better"]:
        best = min(values.values())
        return {key: HUNDRED if value == best else best / value * 100 for key, value in values.items()}
    best = max(values.values())
    return {key: HUNDRED if value == best else value / best * 100 for key, value in values.items()}


def _between(component: Mapping[str, Any], values: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """0 for the worst, 100 for the best, even steps between; all have 100 when all are equal."""
    low, high = min(values.values()), max(values.values())
    if low == high:
        return dict.fromkeys(values, HUNDRED)
    worst = high if component["lower_is_better"] else low
    return {key: abs(value - worst) / (high - low) * 100 for key, value in values.items()}


def _by_place(component: Mapping[str, Any], values: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The first of n has 100, each place after it 100/n less; equal values share the better place."""
    signed = {key: -value if component["lower_is_better"] else value for key, value in values.items()}
    ordered = sorted(signed.values(), reverse=True)
    count = len(ordered)
    return {key: Fraction(count - ordered.index(value), count) * 100 for key, value in signed.items()}


def held_to_scale(value: Fraction) -> Fraction:
    """The nearest value from 0 to 100."""
    return min(max(value, Fraction(0)), HUNDRED)


SCALES = {"as_it_is": _as_it_is, "of_best": _of_best, "between": _between, "rank": _by_place}


def _capped(component: Mapping[str, Any], value: Fraction) -> Fraction:
    """Bonuses and deductions together, not beyond what the award allows either way."""
    if component["most_bonus"]:
        value = min(value, Fraction(component["most_bonus"]))
    if component["most_deduction"]:
        value = max(value, -Fraction(component["most_deduction"]))
    return value


def _share(component: Mapping[str, Any], points: Fraction) -> Fraction:
    return points if component["kind"] == "adjustment" else points * Fraction(component["weight"]) / 100


def _values(
    component: Mapping[str, Any], keys: list[str], inputs: Mapping[str, Any], ballot_points: Mapping[str, str]
) -> dict[str, Fraction]:
    if component["kind"] == "ballots":
        given: dict[str, Any] = {key: {"value": points} for key, points in ballot_points.items()}
    else:
        given = inputs.get("values", {}).get(component["key"], {})
    if any(key not in given for key in keys):
        raise RoundError(
            _("“%(component)s” lacks a value. What is missing never counts as zero; enter it first.")
            % {"component": component["label"] or component["key"]}
        )
    return {key: Fraction(given[key]["value"]) for key in keys}


def rounded(value: Fraction) -> Fraction:
    """Half up (away from zero) to four decimals."""
    size = 10**DIGITS
    whole = (abs(value) * size * 2 + 1) // 2
    return Fraction(whole if value >= 0 else -whole, size)


def decimal_text(value: Fraction) -> str:
    """An exact decimal as text, with at least four decimals and no needless zeros beyond; never an exponent.

    Only for fractions that end (denominators of twos and fives).
    """
    digits = DIGITS
    while (value * 10**digits).denominator != 1:
        digits += 1
    whole, part = divmod(int(abs(value) * 10**digits), 10**digits)
    return f"{'-' if value < 0 else ''}{whole}.{part:0{digits}d}"


def in_a_column(texts: Iterable[str]) -> list[str]:
    """The same numbers with as many decimals each as the one among them that needs most; blanks stay blank."""
    listed = list(texts)
    digits = max((len(text.partition(".")[2]) for text in listed), default=0)
    return [_with_decimals(text, digits) if text and digits else text for text in listed]


def _with_decimals(text: str, digits: int) -> str:
    whole, _point, part = text.partition(".")
    return f"{whole}.{part.ljust(digits, '0')}"
