"""Scores, against an independent slow counter written from the rules, and against their laws."""

from __future__ import annotations

import os
import random
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.exceptions import RoundError
from evaluations.scoring import check_weights, decimal_text, rounded, score

pytestmark = pytest.mark.usefixtures("english")
FULL = os.environ.get("FULL") == "1"
ROUNDS = 10_000 if FULL else 200
KEYS = ["a", "b", "c"]


def component(key="speed", kind="figure", weight="100", **more):
    return {
        "key": key,
        "kind": kind,
        "label": more.pop("label", key),
        "weight": weight,
        "figure": "",
        "scale": "as_it_is",
        "lower_is_better": False,
        "panel_roles": [],
        "without_extremes": False,
        "most_bonus": "",
        "most_deduction": "",
    } | more


def scored(components, values, ballot_points=None, keys=KEYS):
    inputs = {"values": {part: {key: {"value": v} for key, v in row.items()} for part, row in values.items()}}
    return score(rules={"components": components}, keys=keys, inputs=inputs, ballot_points=ballot_points or {})


def points(values, **more):
    """The points of three candidates with these values, by one component that alone counts."""
    found = scored([component(**more)], {"speed": dict(zip(KEYS, values, strict=True))})
    return [found.lines[key][0]["points"] for key in KEYS]


@pytest.mark.parametrize(
    ("scale", "less", "values", "expected"),
    [
        ("as_it_is", False, ("93.5", "0", "100"), ["93.5000", "0.0000", "100.0000"]),
        ("as_it_is", True, ("93.5", "0", "100"), ["6.5000", "100.0000", "0.0000"]),
        ("of_best", False, ("30", "20", "10"), ["100.0000", "66.6667", "33.3333"]),
        ("of_best", True, ("30", "20", "10"), ["33.3333", "50.0000", "100.0000"]),
        ("of_best", False, ("0", "0", "0"), ["100.0000"] * 3),
        ("of_best", True, ("0", "2", "0"), ["100.0000", "0.0000", "100.0000"]),
        ("between", False, ("30", "20", "15"), ["100.0000", "33.3333", "0.0000"]),
        ("between", True, ("30", "20", "15"), ["0.0000", "66.6667", "100.0000"]),
        ("between", False, ("-3", "1", "-1"), ["0.0000", "100.0000", "50.0000"]),
        ("between", False, ("7", "7", "7"), ["100.0000"] * 3),
        ("rank", False, ("9", "5", "1"), ["100.0000", "66.6667", "33.3333"]),
        ("rank", True, ("9", "5", "1"), ["33.3333", "66.6667", "100.0000"]),
        ("rank", False, ("9", "9", "1"), ["100.0000", "100.0000", "33.3333"]),
        ("rank", False, ("9", "1", "1"), ["100.0000", "66.6667", "66.6667"]),
    ],
)
def test_how_a_value_becomes_points(scale, less, values, expected):
    assert points(values, scale=scale, lower_is_better=less) == expected


def test_a_whole_round_line_by_line():
    components = [
        component("ballots", "ballots", "40"),
        component("panel", "panel", "35.5"),
        component("speed", "figure", "24.5", scale="of_best"),
        component("extra", "adjustment", "0", most_bonus="5", most_deduction="10"),
    ]
    values = {
        "panel": {"a": "91.3333", "b": "88"},
        "speed": {"a": "21", "b": "49"},
        "extra": {"a": "7.5", "b": "-11"},
    }
    found = scored(components, values, {"a": "66.6667", "b": "33.3333"}, keys=["b", "a"])
    assert found.lines["a"] == [
        {"component": "ballots", "value": "66.6667", "points": "66.6667", "weight": "40", "share": "26.66668"},
        {"component": "panel", "value": "91.3333", "points": "91.3333", "weight": "35.5", "share": "32.4233215"},
        {"component": "speed", "value": "21.0000", "points": "42.8571", "weight": "24.5", "share": "10.4999895"},
        {"component": "extra", "value": "7.5000", "points": "5.0000", "weight": "", "share": "5.0000"},
    ]
    assert found.lines["b"][3] == {
        **{"component": "extra", "value": "-11.0000", "points": "-10.0000", "weight": "", "share": "-10.0000"}
    }
    assert found.totals == {"a": "74.589991", "b": "59.07332"}


def test_caps_may_be_absent():
    values = {"extra": {"a": "12", "b": "-12", "c": "0"}}
    assert scored([component("extra", "adjustment", "0")], values).totals == {
        **{"a": "12.0000", "b": "-12.0000", "c": "0.0000"}
    }


def test_where_nothing_counts_everybody_has_nothing():
    assert scored([], {}).totals == {"a": "0.0000", "b": "0.0000", "c": "0.0000"}


def refused(call) -> str:
    with pytest.raises(RoundError) as error:
        call()
    return str(error.value)


@pytest.mark.parametrize(
    ("value", "more", "less"), [("-0.0001", "0.0000", "100.0000"), ("103", "100.0000", "0.0000")]
)
def test_beyond_its_scale_the_nearer_end_counts(value, more, less):
    assert points((value, "1", "2")) == [more, "1.0000", "2.0000"]
    assert points((value, "1", "2"), lower_is_better=True) == [less, "99.0000", "98.0000"]


def test_no_percent_of_the_best_below_zero():
    said = refused(lambda: points(("-1", "1", "2"), scale="of_best"))
    assert said == "“speed” counts in percent of the best, but some of its values are below 0. Correct them."


def test_a_missing_value_is_never_zero():
    said = refused(lambda: scored([component()], {"speed": {"a": "1", "b": "2"}}))
    assert said == "“speed” lacks a value. What is missing never counts as zero; enter it first."
    assert refused(lambda: scored([component()], {})) == said
    ballots = [component("ballots", "ballots", label="")]
    assert refused(lambda: scored(ballots, {}, {"a": "1"})).startswith("“ballots” lacks a value.")


@pytest.mark.parametrize("weights", [("50", "49.99"), ("60", "50"), ("110", "-10")])
def test_weights_sum_to_a_hundred(weights):
    given = [component(str(n), weight=weight) for n, weight in enumerate(weights)]
    assert refused(lambda: check_weights(given)).endswith("Cancel the round and correct the award.")


def test_bonuses_have_no_weight():
    check_weights([component(weight="33.4"), component(weight="66.6"), component(kind="adjustment", weight="7")])


@pytest.mark.parametrize(
    ("exact", "text"),
    [
        (Fraction(1, 3), "0.3333"),
        (Fraction(5, 100_000), "0.0001"),
        (Fraction(49_999, 10**9), "0.0000"),
        (Fraction(-5, 100_000), "-0.0001"),
        (Fraction(200, 3), "66.6667"),
    ],
)
def test_half_is_rounded_up(exact, text):
    assert decimal_text(rounded(exact)) == text


def slow_points(part, values, key):
    """By the rules, one candidate at a time; Decimals with many digits where the code has fractions."""
    mine, others = values[key], list(values.values())
    best, worst = (min(others), max(others)) if part["lower_is_better"] else (max(others), min(others))
    with localcontext() as context:
        context.prec = 60
        if part["scale"] == "as_it_is":
            held = Decimal(0) if mine < 0 else Decimal(100) if mine > 100 else mine
            given = 100 - held if part["lower_is_better"] else held
        elif part["scale"] == "of_best":
            given = Decimal(100) if mine == best else 100 * (best / mine if part["lower_is_better"] else mine / best)
        elif part["scale"] == "between":
            given = Decimal(100) if best == worst else 100 * (mine - worst) / (best - worst)
        else:
            ahead = sum(1 for other in others if (other < mine if part["lower_is_better"] else other > mine))
            given = Decimal(100) * (len(others) - ahead) / len(others)
        return given.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def slow_total(components, values, ballot_points, key):
    total = Decimal(0)
    for part in components:
        if part["kind"] == "ballots":
            total += Decimal(ballot_points[key]) * Decimal(part["weight"]) / 100
        elif part["kind"] == "adjustment":
            extra = values[part["key"]][key]
            if part["most_bonus"] and extra > Decimal(part["most_bonus"]):
                extra = Decimal(part["most_bonus"])
            if part["most_deduction"] and extra < -Decimal(part["most_deduction"]):
                extra = -Decimal(part["most_deduction"])
            total += extra
        else:
            total += slow_points(part, values[part["key"]], key) * Decimal(part["weight"]) / 100
    return total


def random_round(rng):
    """Components whose weights sum to 100, values that suit their scales, points of the ballots."""
    keys = [f"k{n}" for n in range(rng.randint(1, 9))]
    cuts = sorted(rng.choices(range(10_001), k=rng.randint(0, 4)))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    components, values = [], {}
    for number, weight in enumerate(weights):
        scale = rng.choice(["as_it_is", "of_best", "between", "rank"])
        kind = (
            "ballots" if number == 0 and rng.random() < 0.6 else rng.choice(["scores", "figure", "panel", "clients"])
        )
        low, high = (0, 1_000_000) if scale == "of_best" else (-2_000_000, 2_000_000)
        part = component(
            f"c{number}", kind, f"{Decimal(weight) / 100}", scale=scale, lower_is_better=rng.random() < 0.4
        )
        components.append(part)
        step = rng.choice([1, 10_000, 250_000])
        values[part["key"]] = {key: Decimal(rng.randrange(low, high + 1, step)) / 10_000 for key in keys}
    if rng.random() < 0.5:
        caps = {"most_bonus": rng.choice(["", "5"]), "most_deduction": rng.choice(["", "10"])}
        components.append(component("extra", "adjustment", "0", **caps))
        values["extra"] = {key: Decimal(rng.randint(-200_000, 200_000)) / 10_000 for key in keys}
    ballot_points = {key: f"{Decimal(rng.randint(0, 1_000_000)) / 10_000:.4f}" for key in keys}
    return keys, components, values, ballot_points


def test_random_rounds_agree_with_the_slow_counter():
    rng = random.Random(20261128)
    for _ in range(ROUNDS):
        keys, components, values, ballot_points = random_round(rng)
        texts = {part: {key: str(value) for key, value in row.items()} for part, row in values.items()}
        found = scored(components, texts, ballot_points, keys=keys)
        for key in keys:
            assert Decimal(found.totals[key]) == slow_total(components, values, ballot_points, key)
            assert sum(Decimal(line["share"]) for line in found.lines[key]) == Decimal(found.totals[key])
            for line in found.lines[key]:
                weight = Decimal(line["weight"] or 100)
                assert Decimal(line["points"]) * weight / 100 == Decimal(line["share"])
    print(f"{ROUNDS} random rounds agree")


@given(st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_the_order_of_candidates_never_matters(seed, shuffler):
    keys, components, values, ballot_points = random_round(random.Random(seed))
    texts = {part: {key: str(value) for key, value in row.items()} for part, row in values.items()}
    mixed = list(keys)
    shuffler.shuffle(mixed)
    other = {part: {key: row[key] for key in mixed} for part, row in texts.items()}
    turned = {key: ballot_points[key] for key in mixed}
    assert scored(components, texts, ballot_points, keys) == scored(components, other, turned, mixed)


@given(st.integers(0, 2**32))
def test_points_lie_between_0_and_100_and_the_best_is_never_behind(seed):
    keys, components, values, ballot_points = random_round(random.Random(seed))
    texts = {part: {key: str(value) for key, value in row.items()} for part, row in values.items()}
    found = scored(components, texts, ballot_points, keys)
    for place, part in enumerate(components):
        if part["kind"] in ("ballots", "adjustment"):
            continue
        given = {key: Decimal(found.lines[key][place]["points"]) for key in keys}
        assert all(0 <= number <= 100 for number in given.values())
        least = min if part["lower_is_better"] else max
        best = least(values[part["key"]].values())
        assert all(given[key] == max(given.values()) for key in keys if values[part["key"]][key] == best)
