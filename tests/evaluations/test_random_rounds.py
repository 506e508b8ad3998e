"""Whole rounds drawn at random, without a database: ballots of every kind, boxes, components, vetoes, ties.

``SlowCount`` is written from the rules as the documents of the awards state them, one ballot and one candidate at a
time, with nothing borrowed from the code. The public verifier, a third account of the same rules, must agree too.
"""

from __future__ import annotations

import json
import os
import random
from dataclasses import asdict
from fractions import Fraction
from functools import cached_property

import pytest

from evaluations import scoring, tally
from evaluations.outcome import lot_order, outcome
from evaluations.scoring import decimal_text

from .test_record import verifier

FULL = os.environ.get("FULL") == "1"
ROUNDS = 10_000 if FULL else 200
GRADES = ("satisfied", "mostly_satisfied", "dissatisfied", "unknown")
SCALES = ("as_it_is", "of_best", "between", "rank")


class Drawn:
    """A random round: ``rules``, ``keys``, ``ballots`` [(box, choices)], ``inputs``, ``vetoed``, ``roll`` by box."""

    def __init__(self, seed: int) -> None:
        draw = self.draw = random.Random(seed)
        self.keys = [f"k{n}" for n in range(draw.randint(1, 7))]
        self.kind = draw.choice(["choose", "choose", "approve", "grade", "none"])
        self.rules = self.draw_rules()
        self.roll = {box: draw.randint(0, 15) for box in self.rules["boxes"]}
        self.ballots = [
            (box, self.ballot()) for box, size in self.roll.items() for _n in range(draw.randint(0, size))
        ]
        self.inputs = {"values": self.values(), "tie": self.tie()}
        self.vetoed = {key for key in self.keys if draw.random() < 0.1}

    def draw_rules(self) -> dict:
        draw = self.draw
        fewest = draw.randint(0, 2)
        return {
            "places": draw.randint(1, 4),
            "ballot_kind": self.kind,
            "min_choices": fewest,
            "max_choices": draw.randint(max(1, fewest), 4),
            "grade_points": draw.choice(
                [
                    {"satisfied": "100", "mostly_satisfied": "80", "dissatisfied": "0", "unknown": ""},
                    {"satisfied": "10", "mostly_satisfied": "8", "dissatisfied": "6.5", "unknown": "4"},
                ]
            ),
            "boxes": self.weights(
                {"none": []}.get(self.kind, draw.choice([["staff"], ["staff", "leaders"], list("abc")]))
            ),
            "components": self.components(),
            "least_share": draw.choice(["", "", "20", "33.33", "50"]),
            "share_base": draw.choice(["roll", "valid"]),
            "least_return": draw.choice(["", "50", "66.67"]),
            "tie_figure": draw.choice(["", "figures.cases"]),
            "tie_rule": draw.choice(["meeting", "lot"]),
            # Rules from before they said which way a figure decides meant the higher one.
            **draw.choice([{}, {"tie_lower_is_better": False}, {"tie_lower_is_better": True}]),
        }

    def weights(self, names: list[str]) -> dict:
        """Boxes or components with weights that sum to 100."""
        cuts = sorted(self.draw.randint(0, 10000) for _name in names[1:])
        parts = [b - a for a, b in zip([0, *cuts], [*cuts, 10000], strict=True)] if names else []
        return {name: {"weight": f"{part // 100}.{part % 100:02d}"} for name, part in zip(names, parts, strict=True)}

    def components(self) -> list[dict]:
        draw = self.draw
        others = draw.sample(["scores", "figure", "panel", "clients"], draw.choice([0, 0, 1, 2, 3]))
        names = [*(["ballots"] if self.kind != "none" else []), *others]
        parts = [self.component(name, given["weight"]) for name, given in self.weights(names).items()]
        if draw.random() < 0.3:
            caps = {"most_bonus": draw.choice(["", "3"]), "most_deduction": draw.choice(["", "2.5"])}
            parts.append({**self.component("adjustment", "0"), **caps})
        if [part["kind"] for part in parts] == ["ballots"]:
            parts[0]["weight"] = "100"
        return parts

    def component(self, kind: str, weight: str) -> dict:
        scale, less = self.draw.choice(SCALES), self.draw.random() < 0.3
        return {"key": kind, "kind": kind, "label": kind, "weight": weight, "scale": scale, "lower_is_better": less}

    def ballot(self) -> list[str]:
        draw = self.draw
        named = [draw.choice([*self.keys, *self.keys, *self.keys, "stranger"]) for _n in range(draw.randint(0, 5))]
        if draw.random() < 0.8:
            named = list(dict.fromkeys(named))
        words = {"approve": ("yes", "yes", "no"), "grade": GRADES}.get(self.kind)
        return [f"{key}={draw.choice(words)}" if words else key for key in named]

    def values(self) -> dict:
        parts = [part for part in self.rules["components"] if part["kind"] != "ballots"]
        return {part["key"]: {key: {"value": self.value(part)} for key in self.keys} for part in parts}

    def value(self, part: dict) -> str:
        if part["kind"] == "adjustment":
            return f"{self.draw.randint(-5, 5)}.5000"
        return self.draw.choice(
            ["0", "60", "80.0000", "103.5", f"{self.draw.randint(0, 99)}.{self.draw.randint(0, 9999):04d}"]
        )

    def tie(self) -> dict:
        return {key: self.draw.choice(["", "1", "1", "2", "2.5000"]) for key in self.keys}

    @cached_property
    def result(self) -> dict:
        """As first drawn; nothing may change it."""
        return computed(self)

    def shuffled(self) -> None:
        self.draw.shuffle(self.ballots)
        self.draw.shuffle(self.keys)


def computed(drawn: Drawn) -> dict:
    """The result as the services put it together: tally, scoring, outcome."""
    envelopes = [(box, json.dumps({"choices": choices}), 1) for box, choices in drawn.ballots]
    rules = drawn.rules
    result = tally.count(rules=rules, keys=drawn.keys, envelopes=envelopes, roll=drawn.roll).as_json()
    if not tally.counts_alone(rules):
        scored = scoring.score(rules=rules, keys=drawn.keys, inputs=drawn.inputs, ballot_points=result["points"])
        result["scores"] = scored.totals
    found = outcome(rules=rules, result=result, tie_values=drawn.inputs["tie"], excluded=drawn.vetoed)
    return {**result, **asdict(found)}


class SlowCount:
    """What the documents say, read aloud. Numbers are fractions; nothing is grouped, cached or clever."""

    def __init__(self, drawn: Drawn) -> None:
        self.drawn, self.rules, self.keys = drawn, drawn.rules, sorted(drawn.keys)
        self.good = [(box, self.read(choices)) for box, choices in drawn.ballots if self.is_good(choices)]
        self.votes = {key: sum(self.is_vote(marks.get(key)) for _box, marks in self.good) for key in self.keys}

    def read(self, choices: list[str]) -> dict[str, str]:
        if self.drawn.kind == "choose":
            return dict.fromkeys(choices, "chosen")
        return dict(choice.split("=") for choice in choices)

    def is_good(self, choices: list[str]) -> bool:
        """No stranger, nobody twice, and as many as the rules allow: chosen, or marked with a circle."""
        names = [choice.split("=")[0] for choice in choices]
        for name in names:
            if name not in self.keys or names.count(name) > 1:
                return False
        if self.drawn.kind == "choose":
            return self.rules["min_choices"] <= len(names) <= self.rules["max_choices"]
        circles = sum(choice.endswith("=yes") for choice in choices)
        return self.drawn.kind == "grade" or circles <= self.rules["max_choices"]

    def is_vote(self, mark: str | None) -> bool:
        return mark in ("chosen", "yes", "satisfied")

    def box_points(self, box: str, key: str) -> Fraction:
        marks = [marks.get(key) for name, marks in self.good if name == box]
        if self.drawn.kind != "grade":
            return Fraction(100 * sum(map(self.is_vote, marks)), len(marks))
        worth = [self.rules["grade_points"][mark] for mark in marks if mark]
        counted = [Fraction(points) for points in worth if points]
        return sum(counted, Fraction(0)) / len(counted) if counted else Fraction(0)

    def ballot_points(self, key: str) -> Fraction:
        used = [box for box in self.rules["boxes"] if any(name == box for name, _marks in self.good)]
        weights = {box: Fraction(self.rules["boxes"][box]["weight"]) for box in used}
        if sum(weights.values()) == 0:
            return Fraction(0)
        mixed = sum(weights[box] * self.box_points(box, key) for box in used)
        return four_digits(mixed / sum(weights.values()))

    def part_points(self, part: dict, key: str) -> Fraction:
        if part["kind"] == "ballots":
            return self.ballot_points(key)
        values = {name: Fraction(row["value"]) for name, row in self.drawn.inputs["values"][part["key"]].items()}
        own, all_of_them = values[key], list(values.values())
        if part["kind"] == "adjustment":
            if part["most_bonus"] and own > Fraction(part["most_bonus"]):
                own = Fraction(part["most_bonus"])
            if part["most_deduction"] and own < -Fraction(part["most_deduction"]):
                own = -Fraction(part["most_deduction"])
            return own
        least, most, less = min(all_of_them), max(all_of_them), part["lower_is_better"]
        if part["scale"] == "as_it_is":
            held = Fraction(100) if own > 100 else own
            points = 100 - held if less else held
        elif part["scale"] == "of_best":
            best = least if less else most
            points = Fraction(100) if own == best else 100 * (best / own if less else own / best)
        elif part["scale"] == "between":
            way = (most - own) if less else (own - least)
            points = Fraction(100) if least == most else 100 * way / (most - least)
        else:
            better = [other for other in all_of_them if (other < own if less else other > own)]
            points = 100 * Fraction(len(all_of_them) - len(better), len(all_of_them))
        return four_digits(points)

    def counts_votes_alone(self) -> bool:
        parts = [part["kind"] for part in self.rules["components"]]
        return parts == ["ballots"] and len(self.rules["boxes"]) == 1 and self.drawn.kind in ("choose", "approve")

    def score(self, key: str) -> Fraction:
        if self.counts_votes_alone():
            return Fraction(self.votes[key])
        total = Fraction(0)
        for part in self.rules["components"]:
            weight = Fraction(100) if part["kind"] == "adjustment" else Fraction(part["weight"])
            total += self.part_points(part, key) * weight / 100
        return total

    def may_win(self, key: str) -> bool:
        if key in self.drawn.vetoed or (self.counts_votes_alone() and self.votes[key] == 0):
            return False
        if not self.rules["least_share"] or self.drawn.kind == "none":
            return True
        base = sum(self.drawn.roll.values()) if self.rules["share_base"] == "roll" else len(self.good)
        return base > 0 and self.votes[key] * 100 >= Fraction(self.rules["least_share"]) * base

    def places(self) -> tuple[set[str], set[str]]:
        """In if fewer than the places are ahead or level; out if as many are ahead; tied otherwise."""
        runners = [key for key in self.keys if self.may_win(key)]
        score = {key: self.score(key) for key in runners}
        winners, tied = set(), set()
        for key in runners:
            level = [other for other in runners if score[other] == score[key]]
            figures = {other: self.drawn.inputs["tie"][other] for other in level}
            decides = self.rules["tie_figure"] and all(figures.values())
            ahead = sum(score[other] > score[key] for other in runners)
            if decides and self.rules.get("tie_lower_is_better"):
                ahead += sum(Fraction(figures[other]) < Fraction(figures[key]) for other in level)
            elif decides:
                ahead += sum(Fraction(figures[other]) > Fraction(figures[key]) for other in level)
            if decides:
                level = [other for other in level if Fraction(figures[other]) == Fraction(figures[key])]
            if ahead + len(level) <= self.rules["places"]:
                winners.add(key)
            elif ahead < self.rules["places"]:
                tied.add(key)
        return winners, tied


def four_digits(value: Fraction) -> Fraction:
    """Half up."""
    return Fraction(int(value * 10000 + Fraction(1, 2)), 10000)


@pytest.fixture(scope="module")
def rounds():
    print(f"\n{ROUNDS} random rounds")
    return [Drawn(seed) for seed in range(ROUNDS)]


def test_the_slow_counter_agrees(rounds):
    for number, drawn in enumerate(rounds):
        result, slow = drawn.result, SlowCount(drawn)
        assert result["counts"] == slow.votes, number
        assert result["valid"] == len(slow.good), number
        assert {key: Fraction(text) for key, text in result["scores"].items()} == {
            key: slow.score(key) for key in slow.keys
        }, number
        assert (set(result["winners"]), set(result["tied"])) == slow.places(), number


def test_the_verifier_agrees(rounds):
    for number, drawn in enumerate(rounds):
        result = drawn.result
        rules = verifier.check_rules({**drawn.rules, "slug": "x"})
        roll = {"roll": sum(drawn.roll.values()), "boxes": drawn.roll}
        again = verifier.count(rules, sorted(drawn.keys), [(box, choices, 1) for box, choices in drawn.ballots], roll)
        values = {
            part: {key: Fraction(row["value"]) for key, row in given.items()}
            for part, given in drawn.inputs["values"].items()
        }
        tie = {key: Fraction(text) for key, text in drawn.inputs["tie"].items() if text}
        alone, _lines, again["scores"] = verifier.score(rules, again, values)
        sure, tied, order, _out = verifier.fill_places(rules, again, alone, tie, drawn.vetoed)
        again |= {"winners": sure, "tied": tied, "order": order}
        assert again == result, number


def test_neither_the_order_of_ballots_nor_that_of_the_list_matters(rounds):
    for number, drawn in enumerate(rounds):
        before = drawn.result
        drawn.shuffled()
        assert computed(drawn) == before, number


def test_the_laws_of_the_places(rounds):
    """Never more winners than places; no veto, no missed least share wins; a tie is a tie of equals."""
    ties = 0
    for number, drawn in enumerate(rounds):
        result, places = drawn.result, drawn.rules["places"]
        winners, tied = result["winners"], result["tied"]
        assert len(winners) <= places, number
        assert not set(winners) & set(tied), number
        assert not drawn.vetoed & {*winners, *tied}, number
        assert sorted(result["order"]) == sorted(drawn.keys), number
        assert winners == [key for key in result["order"] if key in winners], number
        scores = [Fraction(result["scores"][key]) for key in result["order"]]
        assert scores == sorted(scores, reverse=True), number
        below = tally.below_least_share(
            rules=drawn.rules, counts=result["counts"], valid=result["valid"], roll=result["roll"]
        )
        assert drawn.kind == "none" or not below & {*winners, *tied}, number
        if tied:
            ties += 1
            assert len(winners) < places < len(winners) + len(tied), number
            assert len({result["scores"][key] for key in tied}) == 1, number
        for key in winners:
            assert not tally.counts_alone(drawn.rules) or result["counts"][key] > 0, number
    assert ties > ROUNDS // 20


def test_the_same_tie_gives_the_same_lot(rounds):
    """Counted again and again, the ballots in another order each time; of the first twenty ties a hundred times."""
    drawn_lots = 0
    for number, drawn in enumerate(rounds):
        tied = drawn.result["tied"]
        if not tied:
            continue
        first = lot_of(number, tied)
        assert sorted(first) == sorted(tied)
        for _again in range(100 if drawn_lots < 20 else 1):
            drawn.shuffled()
            again = computed(drawn)
            assert again == drawn.result, number
            drawn.draw.shuffle(again["tied"])
            assert lot_of(number, again["tied"]) == first
        drawn_lots += 1
    assert drawn_lots >= 10


def lot_of(number: int, keys: list[str]) -> list[str]:
    return lot_order(seed=f"seed {number}", base="0" * 64, keys=keys)


def test_a_lot_favours_nobody():
    """2,000 seeds among four: each comes first about 500 times (six standard deviations are 116)."""
    keys = ["a", "b", "c", "d"]
    firsts = [lot_order(seed=f"{n}", base="f" * 64, keys=keys)[0] for n in range(2000)]
    assert all(384 <= firsts.count(key) <= 616 for key in keys)
    assert lot_order(seed="1", base="e" * 64, keys=keys) != lot_order(seed="1", base="f" * 64, keys=keys)


@pytest.mark.control
def test_control_without_the_veto_the_laws_are_broken(rounds):
    """The laws above would notice if vetoes were forgotten."""
    broken = 0
    for drawn in rounds:
        if not drawn.vetoed:
            continue
        vetoed, drawn.vetoed = drawn.vetoed, set()
        broken += bool(vetoed & set(computed(drawn)["winners"]))
        drawn.vetoed = vetoed
    assert broken


def test_scores_are_written_with_four_digits_or_more(rounds):
    for drawn in rounds:
        result = drawn.result
        if not tally.counts_alone(drawn.rules):
            assert all(text == decimal_text(Fraction(text)) for text in result["scores"].values())
