#!/usr/bin/env python3
"""Recount the record of a round, with nothing but Python's standard library.

    verify_election.py DIR [--root HEX]... [--events HEX] [--result]

``--root``: one that was published at opening (rules, roll), sealing (besides, the boxes) or with the notice (all).
``--events``: the head shown with the commendation. Exit status 0: all holds. 1: the first difference, in a sentence.
"""

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

SEALED = ("ballots.jsonl", "candidates.json", "receipts.txt", "roll.json", "rules.json")
FIXED = tuple(sorted((*SEALED, "decision.json", "inputs.json", "result.json")))
ALL = (*FIXED, "events.jsonl", "manifest.json")
HEX = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
WORDS = {"approve": ("yes", "no"), "grade": ("satisfied", "mostly_satisfied", "dissatisfied", "unknown")}
# What the first rounds, of before awards could tell what they weigh, did not say; and all that their results hold.
FIRST: dict = {"ballot_kind": "choose", "share_base": "valid", "least_share": "", "least_return": ""}
FIRST |= {"grade_points": {}, "tie_figure": "", "tie_rule": "meeting", "meeting_decides": False, "lot_commitment": ""}
FIRST |= {"components": [{"key": "ballots", "kind": "ballots", "weight": "100"}]}
FIRST_RESULT = {"counts", "scores", "winners", "tied", "places", "ballots", "valid", "void", "roll"}
WRONG = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, OSError, MemoryError)


class Difference(Exception):
    """What does not hold, in a sentence."""


def require(holds, sentence):
    if not holds:
        raise Difference(sentence)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def parse(text, where):
    value = json.loads(text)
    require(canonical(value) == text, f"{where} is not written canonically.")
    return value


def lines_of(files, name):
    text = files[name].decode("utf-8")
    require(text == "" or text.endswith("\n"), f"{name} does not end with a line end.")
    return text[:-1].split("\n") if text else []


def value_in(files, name):
    return parse("\n".join(lines_of(files, name)), name)


def number(text, name="One of the rules"):
    require(isinstance(text, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,15})?", text, re.A), f"{name} is no number.")
    return Fraction(text)


def shown(value):
    whole, _point, part = f"{Decimal(value.numerator) / Decimal(value.denominator):f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(4, '0')}"


def rounded(value):
    return Fraction(int(abs(value) * 10000 + Fraction(1, 2)) * (1 if value > 0 else -1), 10000)


def merkle_root(leaves):
    """RFC 6962, section 2.1."""
    if len(leaves) < 2:
        return hashlib.sha256(b"\x00" + leaves[0] if leaves else b"").digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + merkle_root(leaves[:split]) + merkle_root(leaves[split:])).digest()


def check_rules(rules):
    for name, least in (("places", 1), ("min_choices", 0), ("max_choices", 1)):
        require(type(rules.get(name)) is int and rules[name] >= least, f"The rule {name} is not at least {least}.")
    require(rules["min_choices"] <= rules["max_choices"], "The rules ask for more choices than they allow.")
    rules = {**FIRST, **rules}
    require(rules["ballot_kind"] in ("choose", "none", *WORDS), "The kind of ballot is unknown.")
    given = [part.get(name) for part in rules["components"] for name in ("most_bonus", "most_deduction")]
    given += [rules["least_share"], rules["least_return"], *rules["grade_points"].values()]
    list(map(number, filter(None, given)))
    weighed = [part["weight"] for part in rules["components"] if part["kind"] != "adjustment"]
    require((rules["ballot_kind"] != "none") == bool(rules["boxes"]), "The boxes do not suit the kind of ballot.")
    for name, given in (("boxes", [box["weight"] for box in rules["boxes"].values()]), ("components", weighed)):
        weights = [number(weight, f"A weight of the {name}") for weight in given] or [100]
        require(sum(weights) == 100 and min(weights) >= 0, f"The weights of the {name} do not add up to 100.")
    return rules


def read_ballots(files, roll, rules):
    """[(box, choices, how many such ballots)], balanced with the roll and the receipts; equal lines are read once."""
    sizes, raw = roll["boxes"], files["ballots.jsonl"].split(b"\n")[:-1]
    require(set(sizes) == set(rules["boxes"]), "The boxes of the roll are not those of the rules.")
    good = all(type(size) is int and size >= 0 for size in (roll["roll"], *sizes.values()))
    require(good and sum(sizes.values()) == roll["roll"], "The boxes of the roll do not add up to its size.")
    require(HEX.fullmatch(roll["root"]) or not (roll["root"] or sizes), "The root of the roll is not a root.")
    require(raw == sorted(raw), "The ballots are not sorted.")
    ballots, cast = [], dict.fromkeys(sizes, 0)
    for place, (line, times) in enumerate(Counter(lines_of(files, "ballots.jsonl")).items(), 1):
        ballot = parse(line, f"Ballot {place}")
        good = set(ballot) == {"box", "choices"} and all(isinstance(choice, str) for choice in ballot["choices"])
        require(good and ballot["choices"] == sorted(ballot["choices"]), f"Ballot {place} is not as it should be.")
        require(ballot["box"] in sizes, f"A ballot lies in a box {ballot['box']!r} that the roll does not have.")
        cast[ballot["box"]] += times
        ballots.append((ballot["box"], ballot["choices"], times))
    for name, size in sizes.items():
        require(cast[name] <= size, f"The box {name} holds {cast[name]} ballots for {size} people.")
    receipts, total = lines_of(files, "receipts.txt"), sum(cast.values())
    require(receipts == sorted(set(receipts)), "The receipts are not sorted, or one stands twice.")
    require(all(re.fullmatch("[\\w-]{43}", text, re.A) for text in receipts), "One of the receipts is not a receipt.")
    out, back = map(roll.get("paper", {"handed_out": 0, "returned": 0}).get, ("handed_out", "returned"))
    said = f"{total} ballots, {out} papers out, {back} back, {len(receipts)} receipts, {roll['roll']} people"
    good = type(out) is type(back) is int and 0 <= back <= min(out, total) and total + out - back == len(receipts)
    require(good and len(receipts) <= roll["roll"], f"Receipts, ballots and paper do not balance: {said}.")
    return ballots


def check_inputs(inputs, rules, keys, first):
    """Values by component and candidate, and the figure for ties; they were fixed before the boxes were opened."""
    if first:
        alone = {"components": [{"key": "ballots", "box": "staff", "weight": "100"}], "values": []}
        require(inputs == alone, "The inputs hold what a first round does not count.")
        return {}, {}
    require(set(inputs) == {"components", "values", "tie", "hash"}, "The inputs are not complete.")
    require(inputs["components"] == rules["components"], "The components of the inputs are not those of the rules.")
    frozen = sha256(canonical({"values": inputs["values"], "tie": inputs["tie"]}))
    good = inputs["hash"] == frozen or not any(map(inputs.get, ("hash", "values", "tie")))
    require(good, "The hash of the inputs does not follow from them.")
    weighed = {part["key"] for part in rules["components"] if part["kind"] != "ballots"}
    require(set(inputs["values"]) == weighed, "The values are not those of the components.")
    values = {}
    for part, given in inputs["values"].items():
        require(set(given) == set(keys), f"The component {part} has not one value for each candidate.")
        values[part] = {key: number(row["value"], f"A value of {part}") for key, row in given.items()}
    require(set(inputs["tie"]) <= set(keys), "The figure that decides a tie names a stranger.")
    return values, {key: number(text, "The figure for a tie") for key, text in inputs["tie"].items() if text}


def count(rules, keys, ballots, roll):
    kind, words = rules["ballot_kind"], WORDS.get(rules["ballot_kind"], ("",))
    said = {box: {key: dict.fromkeys(words, 0) for key in keys} for box in roll["boxes"]}
    cast, valid = dict.fromkeys(said, 0), dict.fromkeys(said, 0)
    for box, choices, times in ballots:
        cast[box] += times
        marks = [(choice, "", "") if kind == "choose" else choice.partition("=") for choice in choices]
        good = len({mark[0] for mark in marks}) == len(marks)
        good = good and all(key in said[box] and word in words for key, _sign, word in marks)
        chosen = sum(word in ("", "yes") for _key, _sign, word in marks)
        enough = rules["min_choices"] <= chosen or kind != "choose"
        if good and enough and (chosen <= rules["max_choices"] or kind == "grade"):
            valid[box] += times
            for key, _sign, word in marks:
                said[box][key][word] += times
    vote = {"approve": "yes", "grade": "satisfied"}.get(kind, "")
    votes = {box: {key: row[vote] for key, row in rows.items()} for box, rows in said.items()}
    weights = {box: Fraction(rules["boxes"][box]["weight"]) for box in said if valid[box]}
    worth = {word: Fraction(text) for word, text in rules["grade_points"].items() if text} if kind == "grade" else {}

    def points(key):
        combined = Fraction(0)
        for box, weight in weights.items():
            row = said[box][key]
            mean = Fraction(sum(worth[word] * row[word] for word in worth)) / (sum(row[word] for word in worth) or 1)
            combined += weight * (mean if kind == "grade" else Fraction(100 * row[vote], valid[box]))
        return rounded(combined / (sum(weights.values()) or 1))

    total, sound, parts = sum(cast.values()), sum(valid.values()), {part["kind"] for part in rules["components"]}
    few = total * 100 < Fraction(rules["least_return"] or 0) * (roll["roll"] or 1)
    boxes = {box: {"roll": roll["boxes"][box], "ballots": cast[box], "valid": valid[box]} for box in said}
    return {
        "counts": {key: sum(votes[box][key] for box in said) for key in keys},
        "marks": {} if kind == "choose" else said,
        "boxes": {box: {**row, "void": cast[box] - valid[box], "counts": votes[box]} for box, row in boxes.items()},
        "points": {key: shown(points(key)) for key in keys},
        **{"ballots": total, "valid": sound, "void": total - sound, "roll": roll["roll"], "places": rules["places"]},
        "faults": ["least_return"] * few + ["no_ballots"] * (not sound and {"ballots"} < parts),
    }


def points_of(part, value, given):
    """Points from 0 to 100 of one value among those given; what is added or deducted is only capped."""
    if part["kind"] in ("ballots", "adjustment"):
        least, most = (Fraction(part.get(name) or 10**15) for name in ("most_deduction", "most_bonus"))
        return min(max(value, -least), most)
    less, low, high = part["lower_is_better"], min(given.values()), max(given.values())
    best, worst = (low, high) if less else (high, low)
    if part["scale"] == "as_it_is":
        value = min(max(value, Fraction(0)), Fraction(100))
        return 100 - value if less else value
    if value == best:
        return Fraction(100)
    if part["scale"] == "of_best":
        return 100 * (best / value if less else value / best)
    if part["scale"] == "between":
        return 100 * (value - worst) / (best - worst)
    ahead = sum(other < value if less else other > value for other in given.values())
    return 100 - Fraction(100 * ahead, len(given))


def score(rules, result, values):
    """Whether votes alone count; lines; totals: the plain votes, or each part's rounded points times its weight."""
    alone = rules["ballot_kind"] in ("choose", "approve") and len(rules["boxes"]) == 1
    if alone and [part["kind"] for part in rules["components"]] == ["ballots"]:
        return True, {}, {key: str(votes) for key, votes in result["counts"].items()}
    lines: dict[str, list[dict]] = {key: [] for key in result["counts"]}
    totals = dict.fromkeys(result["counts"], Fraction(0))
    for part in rules["components"]:
        given = values.get(part["key"]) or {key: Fraction(text) for key, text in result["points"].items()}
        weight = "" if part["kind"] == "adjustment" else part["weight"]
        for key, value in given.items():
            points = rounded(points_of(part, value, given))
            share = points * (Fraction(weight) / 100 if weight else 1)
            totals[key] += share
            line = {"component": part["key"], "value": shown(value), "points": shown(points)}
            lines[key].append({**line, "weight": weight, "share": shown(share)})
    return False, lines, {key: shown(total) for key, total in totals.items()}


def fill_places(rules, result, alone, tie, vetoed):
    """(sure winners, tied for the rest, all in order, those who cannot win), level by level of equal scores."""
    base = result["roll"] if rules["share_base"] == "roll" else result["valid"]
    least = Fraction(rules["least_share"] or 0) if rules["ballot_kind"] != "none" else 0
    votes, scores = result["counts"], {key: Fraction(text) for key, text in result["scores"].items()}
    out = {key for key in votes if key in vetoed or (alone and not votes[key]) or votes[key] * 100 < least * base}
    out |= set(votes) if least and not base else set()
    sure: list[str] = []
    tied, order, less = sure[:], sure[:], bool(rules.get("tie_lower_is_better"))
    for total in sorted(set(scores.values()), reverse=True):
        level = sorted(key for key in scores if scores[key] == total)
        able = [key for key in level if key not in out]
        known = rules["tie_figure"] and all(key in tie for key in able)
        for figure in sorted({tie[key] for key in able}, reverse=not less) if known else [None]:
            equal = [key for key in able if not known or tie[key] == figure]
            order += equal
            free = 0 if tied else rules["places"] - len(sure)
            sure += equal if len(equal) <= free else []
            tied = equal if 0 < free < len(equal) else tied
        order += [key for key in level if key in out]
    return sure, tied, order, out


def check_decision(decision, rules, result, out, base):
    sure, tied, meets, lots = result["winners"], result["tied"], rules["meeting_decides"], rules["tie_rule"] == "lot"
    if not decision:
        return require(tied or meets or result["faults"], "There is no decision although the count alone decides.")
    kind, winners, free = decision["kind"], decision["winners"], result["places"] - len(sure)
    require(len(set(winners)) == len(winners), "The decision names somebody twice.")
    require(decision.get("vetoed", result["vetoed"]) == result["vetoed"], "The vetoes of decision and result differ.")
    good = bool(decision.get("validity", {}).get("reason", "").strip()) == bool(result["faults"])
    require(good or "events" not in decision, "A validity rule failed, and nobody said why the result is kept.")
    chosen, reason = sure, decision["reason"].strip()
    if kind == "lot" or "lot" in decision:
        lot = decision["lot"]
        require(lots and tied, "A lot was drawn where the rules know of none.")
        good = sha256(lot["seed"]) == rules["lot_commitment"] and lot["base"] == base
        require(good, "The lot does not rest on the committed seed and the sealed boxes.")
        drawn = sorted(tied, key=lambda key: sha256(f"{lot['seed']}:{base}:{key}"))
        require(lot["order"] == drawn, "The lot gives another order.")
        require(len(set(lot["witnesses"])) > 1, "The lot was not drawn before two scrutineers.")
        chosen = [*sure, *drawn[:free]]
    if kind == "meeting":
        meeting = decision["meeting"]
        good = meets and ("lot" in decision or not (tied and lots))
        require(good, "The meeting decided what the rules do not leave to it.")
        require(0 < len(winners) <= result["places"], "The meeting does not keep to the places.")
        good = winners == [key for key in result["order"] if key in winners and key not in out]
        require(good, "The meeting chose somebody who cannot take a place.")
        require(reason or set(winners) == set(chosen), "The meeting changed the computed list without a reason.")
        told = meeting["minutes_number"] and set(meeting["present"]) - set(meeting["recused"])
        return require(told and HEX.fullmatch(meeting["scan"]), "The meeting has no minutes, no scan, or nobody.")
    require(not meets or "events" not in decision, "The rules ask for a meeting, and none decided.")
    require(kind == ("count" if not tied else "lot" if lots else "tie"), "The decision is of another kind.")
    if kind != "tie":
        return require(winners == chosen, "The decision names others than those who came first.")
    require(reason, "The tie was settled without a reason.")
    require(winners[: len(sure)] == sure, "The decision leaves out somebody who won by count.")
    require(set(winners[len(sure) :]) <= set(tied), "The decision chooses outside the tie.")
    return require(len(winners) == result["places"], "The decision does not fill exactly the places.")


def check_events(files, head, decision, rules, told, known, root):
    """The notice names the record, events before it what was published and no other root. Gives how they end."""
    chain = [{"hash": "", "what": ""}]
    for place, line in enumerate(lines_of(files, "events.jsonl"), 1):
        event = parse(line, f"Event {place}")
        require(set(event) == {"at", "who", "what", "previous", "hash"}, f"Event {place} is not an event.")
        require(event["previous"] == chain[-1]["hash"], f"Event {place} does not follow the one before it.")
        digest = sha256(canonical({name: event[name] for name in event if name != "hash"}))
        require(event["hash"] == digest, f"The hash of event {place} does not follow from what it says.")
        require(datetime.fromisoformat(event["at"]).tzinfo, f"The time of event {place} has no zone.")
        chain.append(event)
    hashes, tells = [event["hash"] for event in chain], [HEX.findall(event["what"]) for event in chain]
    require(chain[1:], "There are no events.")
    require(head in (None, *hashes[1:]), f"The last event is {hashes[-1]}, not the published {head}, nor is another.")
    if "events" in decision:
        notice = hashes.index(decision["events"]) + 1
        require(root in tells[notice], "The record does not rest on the events that came before its notice.")
    else:  # There was no notice yet; or it was one of the first, which names no head.
        notice = next((place for place, words in enumerate(tells) if not told and root in words), len(chain))
    before = {word for words in tells[:notice] for word in words}
    require(before >= set(told), "The events do not tell the roots that the record has.")
    other = [word for word in before - known if not told or sha256(word) != rules["lot_commitment"]]
    require("events" in decision or not other, f"The events tell {', '.join(other)}, of which the record is silent.")
    after = len(chain) - 1 - hashes.index(head or hashes[-1])
    require(not after or len(chain) - after > notice, f"The published {head} is of an event before the notice.")
    began = datetime.fromisoformat(rules.get("recommendation_opens") or chain[1]["at"]).date()
    for day in (part[name] for part, name in ((decision, "on"), (decision.get("meeting"), "held_on")) if part):
        require(date.fromisoformat(day) >= began, f"The decision is of {day}, before the round began.")
    more = f"Events after the published one: {after}" if head else "Without --events, later ones may be missing"
    return f"The last event, of {chain[-1]['at']}, says {chain[-1]['what']!r}. {more}."


def check_record(directory, published, head):
    require(directory.is_dir(), f"{directory} is not a directory.")
    for name in (*ALL, *sorted(path.name for path in directory.iterdir())):
        require((directory / name).exists(), f"{name} is missing.")
        require(name in ALL, f"{name} does not belong to a record.")
        require((directory / name).is_file(), f"{name} is not a file.")
    files = {name: (directory / name).read_bytes() for name in ALL}
    hashes = {name: hashlib.sha256(files[name]).hexdigest() for name in ALL if name != "manifest.json"}
    listed = value_in(files, "manifest.json")["files"]
    for name, digest in hashes.items():
        require(listed.get(name) == digest, f"{name} is not the file that the manifest names.")
    candidates, decision, inputs, result, roll, rules = (value_in(files, n) for n in FIXED if n[-4:] == "json")
    first, rules = "components" not in rules, check_rules(rules)
    lines = {name: f"{hashes[name]}  {name}".encode() for name in FIXED}
    root = merkle_root(sorted(lines.values())).hex()
    manifest = {"format": 1, "slug": rules["slug"], "root": root, "files": hashes}
    require(value_in(files, "manifest.json") == manifest, "The manifest does not follow from the files.")
    opening = merkle_root(sorted([lines["rules.json"], f"{roll['root']}  roll".encode()])).hex()
    sealing = merkle_root(sorted(lines[name] for name in SEALED)).hex()
    found = f"{root} (at opening {opening}, at sealing {sealing})"
    for given in published:
        require(given in (opening, sealing, root), f"The root is {found}, not the published {given}.")
    keys = sorted({row["key"] for row in candidates if row["key"].strip() and row["name"].strip()})
    good = keys and keys == [row["key"] for row in candidates]
    require(good, "The candidates are none, unnamed, unsorted or double.")
    ballots = read_ballots(files, roll, rules)
    values, tie = check_inputs(inputs, rules, keys, first)
    computed = count(rules, keys, ballots, roll)
    alone, computed["lines"], computed["scores"] = score(rules, computed, values)
    vetoed = computed["vetoed"] = sorted(set(result.get("vetoed", [])) & set(keys))
    sure, tied, order, out = fill_places(rules, computed, alone, tie, vetoed)
    computed.update(winners=sure, tied=tied, order=order)
    for name in sorted({*(set(computed) if "order" in result or not first else FIRST_RESULT), *result}):
        says, finds = canonical(result.get(name)), canonical(computed.get(name))
        require(name in result and says == finds, f"The result says {name} = {says}, the recount {finds}.")
    base = sealing if rules["ballot_kind"] != "none" else inputs["hash"]
    check_decision(decision, rules, computed, out, base)
    told = [] if first else [opening, base, *filter(None, [inputs["hash"]])]
    known = {*told, opening, roll["root"], sealing, sha256(canonical({"values": {}, "tie": {}}))}
    ending = check_events(files, head, decision, rules, told, known, root)
    return root, {name: computed[name] for name in result}, ending


def verify(directory, published=(), head=None):
    try:
        return check_record(Path(directory), [published] if isinstance(published, str) else published or (), head)
    except WRONG as fault:
        raise Difference(f"It cannot be read, or is not written as a record is: {type(fault).__name__}.") from None


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Recount the record of a round.")
    parser.add_argument("directory")
    parser.add_argument("--root", action="append", help="a root that was published; may be given several times")
    parser.add_argument("--events", help="the last hash of the events, shown when the round was commended")
    parser.add_argument("--result", action="store_true", help="print what was recomputed, as JSON")
    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a console in GBK cannot show every character
    try:
        root, computed, ending = verify(given.directory, given.root, given.events)
    except Difference as fault:
        print(fault, file=sys.stderr if given.result else sys.stdout)
        return 1
    print(canonical(computed) if given.result else f"The record holds; its root is {root}.\n{ending}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
