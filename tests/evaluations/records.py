"""Records of rounds made without a database: everything a round leaves behind, and every hash recomputed at will.

A ``Book`` holds what a record rests on. ``write`` computes the rest as the services do, chains the events and signs
them with fresh hashes: with it a test makes an honest record, changes one thing, and is the forger with all hashes.
"""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evaluations import scoring, tally
from evaluations.canonical import canonical
from evaluations.merkle import root_of_lines
from evaluations.outcome import lot_order, outcome
from evaluations.services.events import hash_of

SEALED = ("rules.json", "candidates.json", "ballots.jsonl", "receipts.txt", "roll.json")
SEED = "5eed" * 16


@dataclass
class Book:
    """A round of three boxes' kinds at most; ``told`` are its events but those that tell a root."""

    rules: dict[str, Any]
    keys: list[str]
    ballots: list[tuple[str, list[str]]]
    roll: dict[str, int]
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    tie: dict[str, str] = field(default_factory=dict)
    vetoed: list[str] = field(default_factory=list)
    paper: dict[str, int] = field(default_factory=lambda: {"handed_out": 0, "returned": 0})
    roll_root: str = "ab" * 32
    names: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=lambda: ["推荐开始", "审核完成", "密码重置 0012", "投票截止"])
    meeting: dict[str, Any] | None = None
    chosen: list[str] | None = None
    reason: str = "综合考虑"
    seed: str = SEED
    validity: dict[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> dict[str, str]:
        """The record; gives the roots of opening, sealing and record, and the head of the events."""
        folder.mkdir(exist_ok=True)
        files = self.sealed_files()
        opening = root_of_lines([f"{digest(files['rules.json'])}  rules.json", f"{self.roll_root}  roll"])
        sealing = root_of(files)
        inputs = {
            "values": {
                part: {key: {"value": value} for key, value in given.items()} for part, given in self.values.items()
            },
            "tie": self.tie,
        }
        inputs_hash = hashlib.sha256(canonical(inputs).encode()).hexdigest()
        result = self.result(inputs)
        voted = self.rules["ballot_kind"] != "none"
        said = [f"root of rules and roll {opening}", *self.told]
        said += [f"root of the boxes {sealing}"] * voted + [f"Inputs frozen, hash {inputs_hash}"]
        chain = chained(said)
        files["inputs.json"] = text({"components": self.rules["components"], **inputs, "hash": inputs_hash})
        files["result.json"] = text(result)
        decision = self.decision(result, sealing if voted else inputs_hash)
        files["decision.json"] = text({**decision, "events": chain[-1]["hash"]} if decision else {})
        record = root_of(files)
        chain = chained([*said, f"Public notice, record {record}", "已通报"])
        files["events.jsonl"] = b"".join(text(event) for event in chain)
        hashes = {name: digest(content) for name, content in files.items()}
        manifest = {"format": 1, "slug": self.rules["slug"], "root": record, "files": hashes}
        for name, content in {**files, "manifest.json": text(manifest)}.items():
            (folder / name).write_bytes(content)
        return {"opening": opening, "sealing": sealing, "record": record, "head": chain[-1]["hash"]}

    def sealed_files(self) -> dict[str, bytes]:
        candidates = [
            {"key": key, "name": self.names.get(key, f"张{key}"), "unit": "住建局", "statement": "群众满意"}
            for key in sorted(self.keys)
        ]
        ballots = sorted(text({"box": box, "choices": sorted(choices)}) for box, choices in self.ballots)
        issued = len(ballots) + self.paper["handed_out"] - self.paper["returned"]
        receipts = sorted(f"{n:043d}\n".encode() for n in range(issued))
        roll = {"roll": sum(self.roll.values()), "root": self.roll_root, "boxes": self.roll, "paper": self.paper}
        return {
            "rules.json": text(self.rules),
            "candidates.json": text(candidates),
            "ballots.jsonl": b"".join(ballots),
            "receipts.txt": b"".join(receipts),
            "roll.json": text(roll),
        }

    def result(self, inputs: dict[str, Any]) -> dict[str, Any]:
        envelopes = [(box, json.dumps({"choices": choices}), 1) for box, choices in self.ballots]
        found = tally.count(rules=self.rules, keys=self.keys, envelopes=envelopes, roll=self.roll).as_json()
        lines: dict[str, Any] = {}
        if not tally.counts_alone(self.rules):
            scored = scoring.score(rules=self.rules, keys=self.keys, inputs=inputs, ballot_points=found["points"])
            lines, found["scores"] = scored.lines, scored.totals
        places = outcome(rules=self.rules, result=found, tie_values=self.tie, excluded=self.vetoed)
        return {**found, "lines": lines, **asdict(places), "vetoed": sorted(self.vetoed)}

    def decision(self, result: dict[str, Any], base: str) -> dict[str, Any]:
        sure, tied, free = result["winners"], result["tied"], result["places"] - len(result["winners"])
        decision: dict[str, Any] = {"kind": "count", "winners": sure, "reason": "", "by": "", "on": "2026-11-09"}
        if tied and self.rules["tie_rule"] == "lot":
            drawn = lot_order(seed=self.seed, base=base, keys=tied)
            lot = {"seed": self.seed, "base": base, "order": drawn, "witnesses": ["监票吴", "监票郑"]}
            decision |= {"kind": "lot", "winners": sure + drawn[:free], "by": "工会周", "lot": lot}
        elif tied:
            winners = sure + sorted(tied)[:free]
            decision |= {"kind": "tie", "winners": winners, "by": "工会周", "reason": self.reason}
        if self.meeting is not None:
            chosen = self.chosen if self.chosen is not None else decision["winners"]
            in_order = [key for key in result["order"] if key in chosen]
            reason = self.reason if set(chosen) != set(sure) else ""
            decision |= {"kind": "meeting", "winners": in_order, "reason": reason, "meeting": self.meeting}
        kept = {"validity": self.validity} if self.validity else {}
        return {**decision, "vetoed": sorted(self.vetoed), **kept}


def text(value: Any) -> bytes:
    return canonical(value).encode() + b"\n"


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def root_of(files: dict[str, bytes]) -> str:
    return root_of_lines(f"{digest(content)}  {name}" for name, content in files.items())


def chained(said: list[str]) -> list[dict[str, str]]:
    chain: list[dict[str, str]] = []
    for hour, what in enumerate(said):
        event = {"at": f"2026-11-09T{hour:02d}:00:00+00:00", "who": "工会周", "what": what}
        event["previous"] = chain[-1]["hash"] if chain else ""
        chain.append({**event, "hash": hash_of(**event)})
    return chain


def rules(**changed: Any) -> dict[str, Any]:
    """Rules of a round with one box in which two of the candidates are chosen; parts of them changed."""
    return {
        "slug": "star-2026-10",
        "name": "服务之星",
        "places": 2,
        "ballot_kind": "choose",
        "min_choices": 1,
        "max_choices": 2,
        "boxes": {"staff": {"label": "全体", "weight": "100"}},
        "components": [{"key": "ballots", "kind": "ballots", "label": "", "weight": "100"}],
        "grade_points": {"satisfied": "100", "mostly_satisfied": "80", "dissatisfied": "0", "unknown": ""},
        "least_share": "",
        "share_base": "valid",
        "least_return": "",
        "tie_figure": "",
        "tie_rule": "meeting",
        "meeting_decides": False,
        "order_decides": True,
        "lot_commitment": hashlib.sha256(SEED.encode()).hexdigest(),
        **changed,
    }


def component(kind: str, weight: str, **changed: Any) -> dict[str, Any]:
    part = {"key": kind, "kind": kind, "label": kind, "weight": weight, "scale": "as_it_is", "lower_is_better": False}
    return part | {"most_bonus": "", "most_deduction": ""} | changed


def votes_alone() -> Book:
    """One box; a clear first, and a tie for the second place that was settled with a reason."""
    ballots = [("staff", ["a"])] * 5 + [("staff", ["a", "b"])] * 2 + [("staff", ["c"])] * 2 + [("staff", ["d"])]
    return Book(rules(), list("abcd"), ballots, {"staff": 20})


def drawn_by_lot() -> Book:
    book = votes_alone()
    book.rules |= {"tie_rule": "lot"}
    book.ballots += [("staff", ["d"])]
    return book


def all_at_once() -> Book:
    """Two boxes of graded ballots, scores, a figure, bonuses, a veto, paper, and a meeting with an override."""
    draw = random.Random(7)
    keys = [f"c{n}" for n in range(6)]
    grades = ("satisfied", "mostly_satisfied", "dissatisfied", "unknown")
    ballots = [
        (box, [f"{key}={draw.choice(grades)}" for key in keys if draw.random() < 0.9])
        for box, size in (("staff", 40), ("leaders", 9))
        for _n in range(size)
    ]
    parts = [
        component("ballots", "40"),
        component("scores", "30"),
        component("figure", "30", scale="between"),
        component("adjustment", "", most_bonus="5", most_deduction="3"),
    ]
    boxes = {"staff": {"label": "全体", "weight": "70"}, "leaders": {"label": "领导", "weight": "30"}}
    return Book(
        rules(ballot_kind="grade", boxes=boxes, components=parts, meeting_decides=True, tie_figure="figures.cases"),
        keys,
        ballots,
        {"staff": 50, "leaders": 10},
        values={
            "scores": {key: f"{draw.randint(70, 99)}.5000" for key in keys},
            "figure": {key: str(draw.randint(200, 900)) for key in keys},
            "adjustment": {key: draw.choice(["0", "2", "-4", "6"]) for key in keys},
        },
        tie={key: str(draw.randint(1, 9)) for key in keys},
        vetoed=["c3"],
        paper={"handed_out": 7, "returned": 5},
        meeting={
            "held_on": "2026-11-10",
            "present": ["主任赵", "副主任钱", "工会周"],
            "recused": ["副主任钱"],
            "minutes_number": "会议纪要〔2026〕18号",
            "scan": "cd" * 32,
        },
        chosen=["c4", "c5"],
    )


def no_ballot() -> Book:
    """Assessment alone, a tie at the end, settled by lot on the hash of the inputs."""
    keys = list("abcde")
    parts = [component("scores", "60"), component("panel", "40")]
    values = {"scores": dict.fromkeys(keys, "90"), "panel": {"a": "99", **dict.fromkeys("bcde", "95")}}
    return Book(
        rules(ballot_kind="none", boxes={}, components=parts, tie_rule="lot"),
        keys,
        [],
        {},
        values=values,
        roll_root="",
    )


def below_the_least_return() -> Book:
    """A quarter came back; the rules asked for half; somebody said why the result is kept."""
    book = votes_alone()
    book.rules |= {"least_return": "90", "least_share": "20", "share_base": "roll"}
    book.validity = {"reason": "疫情期间，会议同意保留", "by": "工会周", "on": "2026-11-08"}
    return book


BOOKS = {
    "votes alone": votes_alone,
    "by lot": drawn_by_lot,
    "all at once": all_at_once,
    "no ballot": no_ballot,
    "below the least return": below_the_least_return,
}
