#!/usr/bin/env python3
"""Recount the record of an election round, with nothing but Python's standard library.

    verify_election.py DIR [--root HEX] [--events HEX] [--result]

Checks that every file is what the manifest says, that the ballots follow the rules, that the counts,
the winners and the decision follow from the ballots, and that the chain of events is whole.
``--root`` is the root shown on the public notice, ``--events`` the last hash shown when the round was
commended: with them, a record made up afterwards with fresh hashes is found too.

Exit status 0: everything holds. 1: the first difference, in one sentence.
"""

import argparse
import hashlib
import io
import json
import re
import sys
from datetime import date, datetime
from pathlib import Path

FORMAT = 1
FIXED = (
    "ballots.jsonl",
    "candidates.json",
    "decision.json",
    "inputs.json",
    "receipts.txt",
    "result.json",
    "roll.json",
    "rules.json",
)
ALL = (*FIXED, "events.jsonl", "manifest.json")
HEX = re.compile(r"[0-9a-f]{64}")
RECEIPT = re.compile(r"[A-Za-z0-9_-]{43}")


class Difference(Exception):
    """What does not hold, in a sentence."""


def require(holds, sentence):
    if not holds:
        raise Difference(sentence)


# Reading


def read_files(directory):
    """Every file of the record as bytes; none missing, none besides."""
    require(directory.is_dir(), f"{directory} is not a directory.")
    present = {path.name for path in directory.iterdir()}
    for name in ALL:
        require(name in present, f"{name} is missing.")
    for name in sorted(present - set(ALL)):
        raise Difference(f"{name} does not belong to a record.")
    return {name: (directory / name).read_bytes() for name in ALL}


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def parse(text, where):
    """One JSON value, written in the one canonical way (so that no byte is free)."""
    try:
        value = json.loads(text)
        exact = canonical(value) == text
    except (ValueError, RecursionError):
        raise Difference(f"{where} is not JSON.") from None
    require(exact, f"{where} is not written canonically.")
    return value


def text_of(content, name):
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Difference(f"{name} is not UTF-8.") from None
    require(text == "" or text.endswith("\n"), f"{name} does not end with a line end.")
    return text


def lines_of(content, name):
    text = text_of(content, name)
    return text[:-1].split("\n") if text else []


def object_in(files, name):
    lines = lines_of(files[name], name)
    require(len(lines) == 1, f"{name} does not hold exactly one line.")
    value = parse(lines[0], name)
    require(isinstance(value, dict), f"{name} is not an object.")
    return value


def whole(value, least=0):
    return type(value) is int and value >= least


# Hashes


def merkle_root(leaves):
    """RFC 6962, section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + merkle_root(leaves[:split]) + merkle_root(leaves[split:])).digest()


def check_hashes(files, rules, root_given):
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "manifest.json"}
    lines = sorted(f"{hashes[name]}  {name}".encode() for name in FIXED)
    root = merkle_root(lines).hex()
    manifest = object_in(files, "manifest.json")
    require(manifest.get("format") == FORMAT, f"The format is not {FORMAT}.")
    listed = manifest.get("files")
    require(isinstance(listed, dict), "The manifest lists no files.")
    for name in sorted(hashes):
        require(listed.get(name) == hashes[name], f"{name} is not the file that the manifest names.")
    require(manifest.get("root") == root, "The root in the manifest does not follow from the files.")
    require(manifest.get("slug") == rules.get("slug"), "The manifest names another round than the rules.")
    expected = {"format": FORMAT, "slug": rules["slug"], "root": root, "files": hashes}
    require(canonical(manifest) == canonical(expected), "The manifest holds something that does not belong there.")
    if root_given is not None:
        require(root == root_given, f"The root is {root}, not the published {root_given}.")
    return root


# Rules, candidates, ballots


def check_rules(rules):
    require(isinstance(rules.get("slug"), str) and rules["slug"], "The rules name no round.")
    for name, least in (("places", 1), ("min_choices", 0), ("max_choices", 1)):
        require(whole(rules.get(name), least), f"The rule {name} is not a number of at least {least}.")
    require(rules["min_choices"] <= rules["max_choices"], "The rules ask for more choices than they allow.")


def candidate_keys(files):
    lines = lines_of(files["candidates.json"], "candidates.json")
    require(len(lines) == 1, "candidates.json does not hold exactly one line.")
    candidates = parse(lines[0], "candidates.json")
    require(isinstance(candidates, list) and candidates, "candidates.json is not a list of candidates.")
    keys = []
    for number, candidate in enumerate(candidates, 1):
        good = isinstance(candidate, dict) and all(isinstance(candidate.get(key), str) for key in ("key", "name"))
        require(good and candidate["key"], f"Candidate {number} has no key or no name.")
        keys.append(candidate["key"])
    require(len(set(keys)) == len(keys), "Two candidates have the same key.")
    require(keys == sorted(keys), "The candidates are not in the order of their keys.")
    return keys


def read_ballots(files):
    raw = files["ballots.jsonl"].split(b"\n")[:-1]
    require(raw == sorted(raw), "The ballots are not sorted.")
    ballots = []
    for number, line in enumerate(lines_of(files["ballots.jsonl"], "ballots.jsonl"), 1):
        ballot = parse(line, f"Ballot {number}")
        good = isinstance(ballot, dict) and set(ballot) == {"box", "choices"} and isinstance(ballot["box"], str)
        good = good and isinstance(ballot["choices"], list) and all(isinstance(key, str) for key in ballot["choices"])
        require(good, f"Ballot {number} is not a ballot.")
        require(ballot["choices"] == sorted(ballot["choices"]), f"The choices of ballot {number} are not sorted.")
        ballots.append(ballot)
    return ballots


def check_receipts(files, ballots):
    receipts = lines_of(files["receipts.txt"], "receipts.txt")
    require(receipts == sorted(receipts), "The receipts are not sorted.")
    require(len(set(receipts)) == len(receipts), "A receipt stands twice.")
    for number, receipt in enumerate(receipts, 1):
        require(RECEIPT.fullmatch(receipt), f"Receipt {number} is not a receipt.")
    require(len(receipts) == len(ballots), f"There are {len(ballots)} ballots and {len(receipts)} receipts.")


def check_roll(files, ballots):
    roll = object_in(files, "roll.json")
    require(whole(roll.get("roll"), 1), "The size of the roll is not a number of at least 1.")
    require(isinstance(roll.get("root"), str) and HEX.fullmatch(roll["root"]), "The root of the roll is not a hash.")
    boxes = roll.get("boxes")
    require(
        isinstance(boxes, dict) and boxes and all(map(whole, boxes.values())), "The boxes of the roll have no sizes."
    )
    require(sum(boxes.values()) == roll["roll"], "The boxes of the roll do not add up to its size.")
    require(len(ballots) <= roll["roll"], f"There are {len(ballots)} ballots but {roll['roll']} people on the roll.")
    for name, size in boxes.items():
        found = sum(ballot["box"] == name for ballot in ballots)
        require(found <= size, f"The box {name} holds {found} ballots for {size} people.")
    for ballot in ballots:
        require(ballot["box"] in boxes, f"A ballot lies in a box {ballot['box']!r} that the roll does not have.")
    return roll["roll"]


def check_inputs(files):
    inputs = object_in(files, "inputs.json")
    components = inputs.get("components")
    require(isinstance(components, list) and components, "The inputs name no components.")
    weights = []
    for part in components:
        weight = part.get("weight") if isinstance(part, dict) else None
        require(isinstance(weight, str) and re.fullmatch(r"[0-9]{1,3}", weight), "A component has no weight.")
        weights.append(int(str(weight)))
    require(sum(weights) == 100, "The weights of the components do not add up to 100.")
    ballots_only = len(components) == 1 and components[0].get("key") == "ballots" and inputs.get("values") == []
    require(ballots_only, "The inputs hold something that format 1 of this round does not count.")


# Counting


def count(rules, keys, ballots, roll):
    """The result, from the ballots and the rules alone."""
    counts = dict.fromkeys(keys, 0)
    valid = 0
    for ballot in ballots:
        choices = ballot["choices"]
        known = all(key in counts for key in choices)
        different = len(set(choices)) == len(choices)
        if known and different and rules["min_choices"] <= len(choices) <= rules["max_choices"]:
            valid += 1
            for key in choices:
                counts[key] += 1
    winners, tied = winners_of(counts, rules["places"])
    return {
        "counts": counts,
        "scores": {key: str(votes) for key, votes in counts.items()},
        "winners": winners,
        "tied": tied,
        "places": rules["places"],
        "ballots": len(ballots),
        "valid": valid,
        "void": len(ballots) - valid,
        "roll": roll,
    }


def winners_of(counts, places):
    """Level by level of equal votes: a level that fits wins whole; the first that does not is tied."""
    winners: list[str] = []
    for votes in sorted({votes for votes in counts.values() if votes}, reverse=True):
        level = sorted(key for key in counts if counts[key] == votes)
        free = places - len(winners)
        if free == 0:
            break
        if len(level) > free:
            return winners, level
        winners += level
    return winners, []


def check_result(files, computed):
    result = object_in(files, "result.json")
    for name in sorted({*computed, *result}):
        require(
            name in result and name in computed and canonical(result[name]) == canonical(computed[name]),
            f"The result says {name} = {canonical(result.get(name))}, the recount {canonical(computed.get(name))}.",
        )


def check_decision(files, computed):
    decision = object_in(files, "decision.json")
    if not decision and computed["tied"]:
        return  # the record was written before the tie was settled
    require(set(decision) == {"kind", "winners", "reason", "by", "on"}, "The decision is not complete.")
    texts = all(isinstance(decision[name], str) for name in ("kind", "reason", "by", "on"))
    winners = decision["winners"]
    require(texts and isinstance(winners, list), "The decision is not written as it should be.")
    require(all(isinstance(key, str) for key in winners), "The decision names no candidates.")
    try:
        date.fromisoformat(decision["on"])
    except ValueError:
        raise Difference("The day of the decision is not a day.") from None
    if not computed["tied"]:
        require(decision["kind"] == "count", "The decision is not by count although nobody is tied.")
        require(winners == computed["winners"], "The decision names others than those with the most votes.")
        return
    sure, tied = computed["winners"], computed["tied"]
    chosen = winners[len(sure) :]
    require(decision["kind"] == "tie" and decision["reason"].strip(), "The tie was settled without a reason.")
    require(winners[: len(sure)] == sure, "The decision leaves out somebody who won by count.")
    require(set(chosen) <= set(tied) and len(set(chosen)) == len(chosen), "The decision chooses outside the tie.")
    require(len(winners) == computed["places"], "The decision does not fill exactly the places.")


# Events


def check_events(files, head_given):
    previous, moment = "", None
    for number, line in enumerate(lines_of(files["events.jsonl"], "events.jsonl"), 1):
        event = parse(line, f"Event {number}")
        good = isinstance(event, dict) and set(event) == {"at", "who", "what", "previous", "hash"}
        require(good and all(isinstance(value, str) for value in event.values()), f"Event {number} is not an event.")
        require(event["previous"] == previous, f"Event {number} does not follow the one before it.")
        content = {name: value for name, value in event.items() if name != "hash"}
        digest = hashlib.sha256(canonical(content).encode()).hexdigest()
        require(event["hash"] == digest, f"The hash of event {number} does not follow from what it says.")
        try:
            at = datetime.fromisoformat(event["at"])
        except ValueError:
            raise Difference(f"The time of event {number} is not a time.") from None
        require(at.tzinfo is not None, f"The time of event {number} has no zone.")
        previous, moment = digest, at
    require(moment is not None, "There are no events.")
    if head_given is not None:
        require(previous == head_given, f"The last event is {previous}, not the published {head_given}.")


# Everything


def verify(directory, root_given=None, head_given=None):
    """Raises Difference; gives (root, recomputed result)."""
    files = read_files(Path(directory))
    rules = object_in(files, "rules.json")
    check_rules(rules)
    root = check_hashes(files, rules, root_given)
    check_events(files, head_given)
    keys = candidate_keys(files)
    ballots = read_ballots(files)
    roll = check_roll(files, ballots)
    check_receipts(files, ballots)
    check_inputs(files)
    computed = count(rules, keys, ballots, roll)
    check_result(files, computed)
    check_decision(files, computed)
    return root, computed


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Recount the record of an election round.")
    parser.add_argument("directory")
    parser.add_argument("--root", help="the root shown on the public notice")
    parser.add_argument("--events", help="the last hash of the events, shown when the round was commended")
    parser.add_argument("--result", action="store_true", help="print what was recomputed, as JSON")
    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A console in GBK cannot show every character of a record; it shows the others as escapes.
            stream.reconfigure(errors="backslashreplace")
    try:
        root, computed = verify(given.directory, given.root, given.events)
    except Difference as difference:
        print(difference, file=sys.stderr if given.result else sys.stdout)
        return 1
    except (OSError, ValueError, RecursionError, MemoryError) as fault:
        print(f"The record cannot be read: {type(fault).__name__}.", file=sys.stderr if given.result else sys.stdout)
        return 1
    print(canonical(computed) if given.result else f"The record holds; its root is {root}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
