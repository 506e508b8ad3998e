"""The three kinds of ballot, boxes and validity rules, against a slow counter written from the rules."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.tally import (
    GRADES,
    below_least_share,
    count,
    counts_alone,
    is_valid,
    rounded,
    seal_choices,
    shares,
)

KEYS = [f"k{n}" for n in range(5)]
WORDS = {"choose": [""], "approve": ["yes", "no"], "grade": list(GRADES)}
WORTH = {"satisfied": "100", "mostly_satisfied": "80", "dissatisfied": "12.5", "unknown": ""}


def one(kind, key, word):
    return key if kind == "choose" else f"{key}={word}"


@st.composite
def rounds(draw):
    kind = draw(st.sampled_from(sorted(WORDS)))
    names = draw(st.lists(st.sampled_from(["staff", "leaders", "windows"]), min_size=1, max_size=3, unique=True))
    rules = {
        "ballot_kind": kind,
        "places": draw(st.integers(1, 3)),
        "min_choices": draw(st.integers(1, 2)),
        "max_choices": draw(st.integers(2, 4)),
        "grade_points": WORTH,
        "boxes": {name: {"weight": str(draw(st.integers(1, 90)))} for name in names},
    }
    marks = st.builds(
        lambda key, word: one(kind, key, word), st.sampled_from([*KEYS, "x"]), st.sampled_from(WORDS[kind])
    )
    ballots = draw(
        st.lists(st.tuples(st.sampled_from([*names, "nowhere"]), st.lists(marks, max_size=5)), max_size=20)
    )
    return rules, ballots


def tally(rules, ballots, keys=KEYS, roll=50):
    sizes = dict.fromkeys(rules["boxes"], roll)
    envelopes = [(box, json.dumps({"choices": marks}), 1) for box, marks in ballots]
    return count(rules=rules, keys=keys, envelopes=envelopes, roll=sizes)


def slow(rules, ballots):
    """One candidate, one box, one ballot at a time. Gives (points as fractions, votes, valid ballots).

    A ballot counts if it lies in a box of the round, says things its kind can say of candidates, nothing twice of the
    same one, and no more for them than allowed; one that chooses must choose enough. A box gives a candidate the
    share of its valid ballots, or the mean of the grades that are worth something; a box without one is left out.
    """
    kind = rules["ballot_kind"]

    def good(box, marks):
        if box not in rules["boxes"]:
            return False
        names = [mark.split("=")[0] for mark in marks]
        if any(name not in KEYS or names.count(name) > 1 for name in names):
            return False
        if kind == "choose":
            return rules["min_choices"] <= len(marks) <= rules["max_choices"]
        return kind == "grade" or len([mark for mark in marks if mark.endswith("=yes")]) <= rules["max_choices"]

    counting = [(box, marks) for box, marks in ballots if good(box, marks)]
    full = {box: [marks for name, marks in counting if name == box] for box in rules["boxes"]}
    liked = {"choose": "{}", "approve": "{}=yes", "grade": "{}=satisfied"}[kind]
    votes = {key: sum(liked.format(key) in marks for _box, marks in counting) for key in KEYS}
    points = {}
    for key in KEYS:
        parts = []
        for box, setting in rules["boxes"].items():
            if not full[box]:
                continue
            share = Fraction(100 * sum(liked.format(key) in marks for marks in full[box]), len(full[box]))
            if kind == "grade":
                worth = [Fraction(WORTH[g]) for g in GRADES[:3] for marks in full[box] if f"{key}={g}" in marks]
                share = sum(worth, Fraction(0)) / len(worth) if worth else Fraction(0)
            parts.append((Fraction(setting["weight"]), share))
        whole = sum((weight for weight, _share in parts), Fraction(0))
        points[key] = sum((weight * share for weight, share in parts), Fraction(0)) / whole if whole else Fraction(0)
    return points, votes, len(counting)


@given(rounds(), st.randoms(use_true_random=False))
def test_the_slow_counter_agrees_and_no_order_changes_anything(made, chance):
    rules, ballots = made
    result = tally(rules, ballots)
    points, votes, valid = slow(rules, ballots)
    assert result.counts == votes
    assert (result.valid, result.void, result.ballots) == (valid, len(ballots) - valid, len(ballots))
    for key in KEYS:
        assert abs(Fraction(result.points[key]) - points[key]) <= Fraction(1, 20000)
    assert sum(box["valid"] for box in result.boxes.values()) == valid
    assert len(result.winners) <= rules["places"]
    keys = [*KEYS]
    chance.shuffle(ballots)
    chance.shuffle(keys)
    assert tally(rules, ballots, keys) == result


def ballot_round(kind, boxes=None, **more):
    return {
        "ballot_kind": kind,
        "places": 1,
        "min_choices": 1,
        "max_choices": 2,
        "grade_points": WORTH,
        "boxes": boxes or {"staff": {"weight": "100"}},
        **more,
    }


@pytest.mark.parametrize(
    ("kind", "marks", "valid"),
    [
        ("approve", [], True),
        ("approve", ["k0=no", "k1=no"], True),
        ("approve", ["k0=yes", "k1=yes"], True),
        ("approve", ["k0=yes", "k1=yes", "k2=yes"], False),
        ("approve", ["k0=yes", "k0=no"], False),
        ("approve", ["k0=yes", "k0=yes"], False),
        ("approve", ["k0"], False),
        ("approve", ["k0=satisfied"], False),
        ("approve", ["stranger=yes"], False),
        ("grade", ["k0=satisfied", "k1=unknown", "k2=dissatisfied"], True),
        ("grade", [], True),
        ("grade", ["k0=satisfied", "k0=unknown"], False),
        ("grade", ["k0=yes"], False),
        ("choose", ["k0=yes"], False),
        ("none", ["k0"], False),
    ],
)
def test_which_ballots_are_valid(kind, marks, valid):
    assert is_valid(marks, frozenset(KEYS), 1, 2, kind) is valid


def test_boxes_are_weighed_and_never_ballots():
    rules = ballot_round("choose", {"staff": {"weight": "60"}, "leaders": {"weight": "40"}})
    ballots = [("staff", ["k0"])] * 29 + [("staff", ["k1"])] + [("leaders", ["k1"])]
    result = tally(rules, ballots)
    assert result.counts == {"k0": 29, "k1": 2, "k2": 0, "k3": 0, "k4": 0}
    assert (result.points["k0"], result.points["k1"]) == ("58.0000", "42.0000")
    assert result.boxes["leaders"] == {
        "roll": 50,
        "ballots": 1,
        "valid": 1,
        "void": 0,
        "counts": {"k0": 0, "k1": 1, "k2": 0, "k3": 0, "k4": 0},
    }
    assert result.scores == result.points


def test_a_box_without_a_valid_ballot_is_left_out():
    rules = ballot_round("choose", {"staff": {"weight": "60"}, "leaders": {"weight": "40"}})
    assert tally(rules, [("staff", ["k0"]), ("leaders", [])]).points["k0"] == "100.0000"
    assert set(tally(rules, []).points.values()) == {"0.0000"}


def test_grades_give_the_mean_of_those_with_points():
    ballots = [("staff", ["k0=satisfied"]), ("staff", ["k0=mostly_satisfied"]), ("staff", ["k0=dissatisfied"])]
    ballots += [("staff", ["k0=unknown"]), ("staff", ["k1=unknown"])]
    result = tally(ballot_round("grade"), ballots)
    assert (result.points["k0"], result.points["k1"], result.points["k2"]) == ("64.1667", "0.0000", "0.0000")
    assert result.marks["staff"]["k0"] == {
        "satisfied": 1,
        "mostly_satisfied": 1,
        "dissatisfied": 1,
        "unknown": 1,
    }
    assert result.scores == result.points


def test_a_round_of_the_first_years_counts_as_it_did():
    rules = {"places": 2, "min_choices": 1, "max_choices": 2}
    envelopes = [("staff", seal_choices(["a", "b"]), 3), ("staff", seal_choices(["a"]), 1)]
    result = count(rules=rules, keys=["a", "b"], envelopes=envelopes, roll={"staff": 5}).as_json()
    first = ("counts", "scores", "winners", "tied", "places", "ballots", "valid", "void", "roll")
    assert {name: result[name] for name in first} == {
        "counts": {"a": 4, "b": 3},
        "scores": {"a": "4", "b": "3"},
        "winners": ["a", "b"],
        "tied": [],
        "places": 2,
        "ballots": 4,
        "valid": 4,
        "void": 0,
        "roll": 5,
    }


@pytest.mark.parametrize(
    ("more", "alone"),
    [
        ({}, True),
        ({"ballot_kind": "approve"}, True),
        ({"ballot_kind": "grade"}, False),
        ({"ballot_kind": "none"}, False),
        ({"boxes": {"a": {"weight": "50"}, "b": {"weight": "50"}}}, False),
        ({"components": [{"kind": "ballots"}]}, True),
        ({"components": [{"kind": "ballots"}, {"kind": "panel"}]}, False),
        ({"components": [{"kind": "panel"}]}, False),
    ],
)
def test_where_votes_alone_are_the_score(more, alone):
    assert counts_alone({**ballot_round("choose"), **more}) is alone


@pytest.mark.parametrize(
    ("least", "ballots", "faults"),
    [("", 0, []), ("50", 25, []), ("50.01", 25, ["least_return"]), ("0.01", 0, ["least_return"]), ("100", 50, [])],
)
def test_the_least_return_is_of_the_roll(least, ballots, faults):
    assert tally(ballot_round("choose", least_return=least), [("staff", ["k0"])] * ballots).faults == faults


def test_more_ballots_than_were_handed_out():
    rules, ballots = ballot_round("choose"), [("staff", seal_choices(["k0"]), 3)]
    assert count(rules=rules, keys=KEYS, envelopes=ballots, roll={"staff": 3}, issued=3).faults == []
    for roll, issued in ((3, 2), (2, 3)):
        result = count(rules=rules, keys=KEYS, envelopes=ballots, roll={"staff": roll}, issued=issued)
        assert result.faults == ["returned_over_issued"]


@pytest.mark.parametrize(
    ("base", "least", "below"),
    [("valid", "50", {"b"}), ("roll", "50", {"a", "b"}), ("roll", "30", {"b"}), ("valid", "", set())],
)
def test_the_least_share_of_votes(base, least, below):
    given = {"rules": {"share_base": base, "least_share": least}, "counts": {"a": 3, "b": 1}, "valid": 6, "roll": 10}
    assert below_least_share(**given) == below
    assert shares(**given)["a"] == (50 if base == "valid" else 30)


@given(st.fractions(min_value=0, max_value=100))
def test_rounding_is_half_up_to_four_digits(value):
    told = Fraction(rounded(value))
    assert -Fraction(1, 20000) < told - value <= Fraction(1, 20000)
    assert len(rounded(value).partition(".")[2]) == 4
