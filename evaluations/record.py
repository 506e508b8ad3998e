"""The record of a round (评选档案), format 1: everything needed to recount it, and nothing of who voted how or when.

Everything in it is fixed from the public notice on, so that the root shown there stays the root for good. Rounds of
before the awards could say what they weigh keep the few lines they had: their roots were published too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from . import closing
from .canonical import canonical, instant
from .exceptions import RoundError
from .merkle import root_of_lines
from .models import Ballot, Election, Mark
from .tally import choices_in

FORMAT = 1
# What stands for an envelope that is no ballot's: void in every kind of ballot.
UNREADABLE = ["?"]
UNSEALED = ("preparation", "recommendation", "review", "voting", "cancelled")


def record_root(election: Election) -> str:
    """Merkle root over the sorted lines "sha256  name" of the record's files, in hex."""
    return _root({name: hashlib.sha256(content).hexdigest() for name, content in _fixed_files(election)})


def opening_root(election: Election) -> str:
    """What is published when a round opens: Merkle root over the hash of its rules and the root of its roll."""
    rules = hashlib.sha256(_json(election.rules)).hexdigest()
    return root_of_lines([f"{rules}  rules.json", f"{election.roll_root}  roll"])


def sealing_root(election: Election) -> str:
    """What is published at sealing: Merkle root over rules, candidates, roll, ballots and receipts."""
    return _root({name: hashlib.sha256(content).hexdigest() for name, content in _sealed_files(election)})


def write_bundle(election: Election, directory: Path) -> str:
    """Write the record into a directory (made if missing); gives its root. Raises RoundError before sealing."""
    directory = Path(directory)
    files = dict(_fixed_files(election))
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    root = _root(hashes)
    files["events.jsonl"] = _events(election)
    hashes["events.jsonl"] = hashlib.sha256(files["events.jsonl"]).hexdigest()
    files["manifest.json"] = _json({"format": FORMAT, "slug": election.slug, "root": root, "files": hashes})
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (directory / name).write_bytes(content)
    return root


def _root(hashes: dict[str, str]) -> str:
    return root_of_lines(f"{digest}  {name}" for name, digest in hashes.items())


def _json(value: Any) -> bytes:
    return canonical(value).encode() + b"\n"


def _lines(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in sorted(lines))


def _fixed_files(election: Election) -> Iterator[tuple[str, bytes]]:
    if election.phase in UNSEALED:
        raise RoundError(_("There is no record before the ballots are sealed."))
    if not election.result:
        raise RoundError(_("There is no record before the boxes are opened. Freeze the inputs first."))
    yield from _sealed_files(election)
    yield "inputs.json", _json(_inputs(election))
    yield "result.json", _json(election.result)
    yield "decision.json", _json(election.decision)


def _sealed_files(election: Election) -> Iterator[tuple[str, bytes]]:
    """The files that are fixed once the ballots are sealed."""
    yield "rules.json", _json(election.rules)
    yield "candidates.json", _json(_candidates(election))
    yield "ballots.jsonl", _lines(list(_ballots(election)))
    receipts = Mark.objects.filter(election=election).values_list("receipt", flat=True)
    yield "receipts.txt", _lines([receipt.encode() for receipt in receipts])
    yield "roll.json", _json(_roll(election))


def _weighs(election: Election) -> bool:
    """Whether the round's rules say what it weighs; the first rounds did not."""
    return "components" in election.rules


def _inputs(election: Election) -> dict[str, Any]:
    """What entered the scores beside ballots: every component with its weight, every value, and their hash as it was
    fixed before the boxes were opened.
    """
    if not _weighs(election):
        return {"components": [{"key": "ballots", "box": "staff", "weight": "100"}], "values": []}
    frozen = {"values": election.inputs.get("values", {}), "tie": election.inputs.get("tie", {})}
    return {"components": election.rules["components"], **frozen, "hash": election.inputs_hash}


def _roll(election: Election) -> dict[str, Any]:
    """Sizes and root, no names; and how many ballots went out and came back on paper."""
    sizes = election.roll.order_by().values("box").annotate(size=Count("pk")).values_list("box", "size")
    boxes = dict.fromkeys(election.rules["boxes"], 0) | dict(sizes)
    roll = {"roll": election.roll_size, "root": election.roll_root, "boxes": boxes}
    if not _weighs(election):
        return roll
    return {**roll, "paper": closing.totals(election)}


def _candidates(election: Election) -> list[dict[str, str]]:
    rows = election.candidates.order_by("key").values("key", "name", "unit_name", "statement")
    return [
        {"key": row["key"], "name": row["name"], "unit": row["unit_name"], "statement": row["statement"]}
        for row in rows
    ]


def _ballots(election: Election) -> Iterator[bytes]:
    """A line for each ballot. Those alike are told together by the database, as many ballots are."""
    alike = Ballot.objects.filter(election=election).order_by().values_list("box", "envelope")
    for box, envelope, number in alike.annotate(number=Count("pk")).iterator():
        choices = choices_in(envelope)
        line = canonical({"box": box, "choices": UNREADABLE if choices is None else sorted(choices)}).encode()
        yield from repeat(line, number)


def _events(election: Election) -> bytes:
    rows = election.events.order_by("number").values_list("at", "who", "what", "previous", "hash")
    return b"".join(
        _json({"at": instant(at), "who": who, "what": what, "previous": previous, "hash": digest})
        for at, who, what, previous, digest in rows
    )
