"""Counting ballots: pure, exact, and indifferent to the order of ballots and candidates.

There are three kinds of ballot, each a list of texts: ``choose`` names candidates (``"k3f9"``), ``approve`` says yes
or no to them (``"k3f9=yes"``), ``grade`` grades them (``"k3f9=satisfied"``); whoever is left out is left blank. A
ranked ballot will be one more. Each ballot counts once, whoever cast it; only boxes are weighed against each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .canonical import canonical

YES, NO = "yes", "no"
GRADES = ("satisfied", "mostly_satisfied", "dissatisfied", "unknown")
# What a mark may say, by kind; a ballot that chooses says nothing but the key.
MARKS: dict[str, tuple[str, ...]] = {"choose": (), "approve": (YES, NO), "grade": GRADES}
DIGITS = 4


@dataclass(frozen=True)
class Result:
    """What a count gives; see ``count``.

    ``winners`` are the sure ones, most votes first; ``tied`` are those with equal votes across the
    boundary of the places, of whom ``places - len(winners)`` are still to be chosen.
    """

    counts: dict[str, int]
    marks: dict[str, dict[str, dict[str, int]]]
    boxes: dict[str, dict[str, Any]]
    points: dict[str, str]
    scores: dict[str, str]
    winners: list[str]
    tied: list[str]
    places: int
    ballots: int
    valid: int
    void: int
    roll: int
    faults: list[str]

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
    """What an envelope says, or None if it is not a ballot's envelope."""
    try:
        content = json.loads(envelope)
    except ValueError:
        return None
    choices = content.get("choices") if isinstance(content, dict) else None
    if not isinstance(choices, list) or not all(isinstance(key, str) for key in choices):
        return None
    return choices


def kind_of(rules: Mapping[str, Any]) -> str:
    """The kind of ballot; rounds of the first years only chose."""
    return rules.get("ballot_kind", "choose")


def boxes_of(rules: Mapping[str, Any]) -> dict[str, Any]:
    """The boxes of a round; rounds of the first years had one, rounds without a ballot have none."""
    if kind_of(rules) == "none":
        return {}
    return rules.get("boxes") or {"staff": {"weight": "100"}}


def marks_on(choices: Iterable[str], kind: str) -> list[tuple[str, str]] | None:
    """(key, what is said of it) for each choice, "" where it is only chosen; None if one is not of this kind."""
    if kind == "choose":
        return [(key, "") for key in choices]
    marks = []
    for choice in choices:
        key, _sign, said = choice.partition("=")
        if said not in MARKS.get(kind, ()):
            return None
        marks.append((key, said))
    return marks


def is_valid(
    choices: Sequence[str] | None, keys: frozenset[str], fewest: int, most: int, kind: str = "choose"
) -> bool:
    """Known candidates, each marked once, and no more votes than the rules say (chosen, or approved of).

    Only a ballot that chooses needs so many choices at least: whoever refuses every candidate, or leaves all of them
    blank, has said so. A graded ballot has no such numbers.
    """
    marks = None if choices is None else marks_on(choices, kind)
    if marks is None:
        return False
    marked = [key for key, _said in marks]
    if len(set(marked)) != len(marked) or not keys.issuperset(marked):
        return False
    if kind == "choose":
        return fewest <= len(marks) <= most
    return kind == "grade" or sum(said == YES for _key, said in marks) <= most


def counts_alone(rules: Mapping[str, Any]) -> bool:
    """Whether the plain number of votes is the score: ballots alone count, in one box, and are not graded."""
    parts = rules.get("components") or [{"kind": "ballots"}]
    alone = [part["kind"] for part in parts] == ["ballots"]
    return alone and len(boxes_of(rules)) == 1 and kind_of(rules) in ("choose", "approve")


@dataclass
class _Box:
    """What is counted of one box: how many ballots, and what is said of each candidate."""

    said: dict[str, dict[str, int]]
    valid: int = 0
    void: int = 0

    def add(self, marks: Iterable[tuple[str, str]], number: int) -> None:
        self.valid += number
        for key, word in marks:
            self.said[key][word] += number


def count(
    *,
    rules: Mapping[str, Any],
    keys: Iterable[str],
    envelopes: Iterable[tuple[str, str, int]],
    roll: Mapping[str, int],
    issued: int | None = None,
) -> Result:
    """Count a round.

    ``rules`` as a round freezes them; ``keys`` are the candidates' keys; ``envelopes`` are (box, envelope, how many
    such ballots); ``roll`` gives the size of the roll of each box, ``issued`` how many ballots were handed out on
    screen and on paper (the marks), where known. A ballot against the rules, or in no box of the round, is void and
    counts for nobody.

    ``counts`` are the votes (chosen, approved, graded satisfied) over all boxes; ``marks`` what was said of each in
    each box, empty where ballots choose; ``points`` from 0 to 100; ``faults`` the codes of the validity rules that
    failed: ``least_return``, ``returned_over_issued``, ``no_ballots``.
    """
    ordered, kind = sorted(keys), kind_of(rules)
    words = MARKS.get(kind) or ("",)
    places = [*boxes_of(rules), *sorted(set(roll) - set(boxes_of(rules)))]
    boxes = {box: _Box({key: dict.fromkeys(words, 0) for key in ordered}) for box in places}
    strays = _sort_into(boxes, rules, frozenset(ordered), envelopes)
    votes = {name: {key: _votes(said) for key, said in box.said.items()} for name, box in boxes.items()}
    counts = {key: sum(votes[name][key] for name in boxes) for key in ordered}
    points = _points(rules, ordered, boxes)
    scores = {key: str(counts[key]) if counts_alone(rules) else points[key] for key in ordered}
    winners, tied = places_of({key: Decimal(score) for key, score in scores.items()}, rules["places"])
    valid = sum(box.valid for box in boxes.values())
    void = strays + sum(box.void for box in boxes.values())
    return Result(
        counts=counts,
        marks={} if kind == "choose" else {name: box.said for name, box in boxes.items()},
        boxes={
            name: {
                "roll": roll.get(name, 0),
                "ballots": box.valid + box.void,
                "valid": box.valid,
                "void": box.void,
                "counts": votes[name],
            }
            for name, box in boxes.items()
        },
        points=points,
        scores=scores,
        winners=winners,
        tied=tied,
        places=rules["places"],
        ballots=valid + void,
        valid=valid,
        void=void,
        roll=sum(roll.values()),
        faults=[*_faults(rules, boxes, roll, issued, valid + void), *_silence(rules, valid)],
    )


def _sort_into(
    boxes: dict[str, _Box], rules: Mapping[str, Any], known: frozenset[str], envelopes: Iterable[tuple[str, str, int]]
) -> int:
    """Put the ballots into their boxes; gives how many belong to no box of the round."""
    kind, strays = kind_of(rules), 0
    for name, envelope, number in envelopes:
        box, choices = boxes.get(name), choices_in(envelope)
        if box is None:
            strays += number
        elif not is_valid(choices, known, rules["min_choices"], rules["max_choices"], kind):
            box.void += number
        else:
            box.add(marks_on(choices or (), kind) or (), number)
    return strays


def _votes(said: Mapping[str, int]) -> int:
    """The votes in what was said of a candidate: chosen, approved of, or found satisfying."""
    return said.get("", 0) + said.get(YES, 0) + said.get("satisfied", 0)


def _points(rules: Mapping[str, Any], keys: list[str], boxes: Mapping[str, _Box]) -> dict[str, str]:
    """Points of the ballots from 0 to 100: each box's share, combined by the boxes' weights.

    A box without a valid ballot says nothing: it is left out, and the weights of the others are scaled to 100.
    """
    counted = {
        name: Fraction(str(box["weight"]))
        for name, box in boxes_of(rules).items()
        if name in boxes and boxes[name].valid
    }
    whole = sum(counted.values())
    if not whole:
        return dict.fromkeys(keys, rounded(Fraction(0)))
    return {
        key: rounded(
            sum((weight * _share(rules, boxes[name], key) for name, weight in counted.items()), Fraction(0)) / whole
        )
        for key in keys
    }


def _share(rules: Mapping[str, Any], box: _Box, key: str) -> Fraction:
    """Points from 0 to 100 that one box gives a candidate: the share of its valid ballots, or the mean of the grades.

    Grades without points ("unknown") and blanks enter no mean; whoever has no grade with points has 0.
    """
    said = box.said[key]
    if kind_of(rules) != "grade":
        return Fraction(100 * _votes(said), box.valid)
    worth = {
        grade: Fraction(str(points)) for grade, points in rules["grade_points"].items() if points not in ("", None)
    }
    graded = sum(number for grade, number in said.items() if grade in worth)
    if not graded:
        return Fraction(0)
    return sum((worth[grade] * number for grade, number in said.items() if grade in worth), Fraction(0)) / graded


def rounded(value: Fraction) -> str:
    """A number of at least 0 with four digits, half up: what a pocket calculator shows and goes on with."""
    units = int(value * 10**DIGITS + Fraction(1, 2))
    return f"{units // 10**DIGITS}.{units % 10**DIGITS:0{DIGITS}d}"


def shares(*, rules: Mapping[str, Any], counts: Mapping[str, int], valid: int, roll: int) -> dict[str, Fraction]:
    """Each candidate's votes in percent of the roll or of the valid ballots, as the rules say; 0 of nothing is 0."""
    base = roll if rules.get("share_base", "valid") == "roll" else valid
    return {key: Fraction(100 * votes, base) if base else Fraction(0) for key, votes in counts.items()}


def below_least_share(
    *, rules: Mapping[str, Any], counts: Mapping[str, int], valid: int, roll: int
) -> frozenset[str]:
    """Those whose share of the votes is less than the rules ask for; they take no place."""
    least = rules.get("least_share") or ""
    if least == "":
        return frozenset()
    found = shares(rules=rules, counts=counts, valid=valid, roll=roll)
    return frozenset(key for key, share in found.items() if share < Fraction(least))


def _faults(
    rules: Mapping[str, Any],
    boxes: Mapping[str, _Box],
    roll: Mapping[str, int],
    issued: int | None,
    ballots: int,
) -> list[str]:
    """Codes of the validity rules that failed. Never more ballots than were handed out, nor than a box has people."""
    faults = []
    least, size = rules.get("least_return") or "", sum(roll.values())
    if least != "" and Fraction(100 * ballots, size or 1) < Fraction(least):
        faults.append("least_return")
    over = any(box.valid + box.void > roll.get(name, 0) for name, box in boxes.items())
    if over or ballots > (size if issued is None else issued):
        faults.append("returned_over_issued")
    return faults


def _silence(rules: Mapping[str, Any], valid: int) -> list[str]:
    """Ballots that weigh something beside other parts, and not a valid one: the others must not decide unsaid.

    (Where ballots alone decide, nobody takes a place then.)
    """
    kinds = {part["kind"] for part in rules.get("components", [])}
    return ["no_ballots"] if valid == 0 and "ballots" in kinds and len(kinds) > 1 else []


def places_of(scores: Mapping[str, Any], places: int) -> tuple[list[str], list[str]]:
    """(sure winners, those tied across the boundary). Nobody wins without a vote."""
    order = sorted((key for key, score in scores.items() if score > 0), key=lambda key: (-scores[key], key))
    if len(order) <= places:
        return order, []
    last_in, first_out = scores[order[places - 1]], scores[order[places]]
    if last_in > first_out:
        return order[:places], []
    return [key for key in order if scores[key] > last_in], [key for key in order if scores[key] == last_in]
