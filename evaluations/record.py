"""The record of a round (评选档案), format 1: everything needed to recount it, and nothing of who voted how or when.

Everything in it is fixed from the decision on, so that the root shown on the public notice stays
the root for good.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from .canonical import canonical, instant
from .exceptions import RoundError
from .merkle import root_of_lines
from .models import Ballot, Election, Mark
from .tally import choices_in

FORMAT = 1
UNSEALED = ("preparation", "recommendation", "review", "voting", "cancelled")


def record_root(election: Election) -> str:
    """Merkle root over the sorted lines "sha256  name" of the record's files, in hex."""
    return _root({name: hashlib.sha256(content).hexdigest() for name, content in _fixed_files(election)})


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
    result = election.result
    yield "rules.json", _json(election.rules)
    yield "candidates.json", _json(_candidates(election))
    yield "ballots.jsonl", _lines(list(_ballots(election)))
    receipts = Mark.objects.filter(election=election).values_list("receipt", flat=True)
    yield "receipts.txt", _lines([receipt.encode() for receipt in receipts])
    yield (
        "roll.json",
        _json({"roll": election.roll_size, "root": election.roll_root, "boxes": {"staff": election.roll_size}}),
    )
    yield "inputs.json", _json({"components": [{"key": "ballots", "box": "staff", "weight": "100"}], "values": []})
    yield "result.json", _json(result)
    yield "decision.json", _json(election.decision)


def _candidates(election: Election) -> list[dict[str, str]]:
    rows = election.candidates.order_by("key").values("key", "name", "unit_name", "statement")
    return [
        {"key": row["key"], "name": row["name"], "unit": row["unit_name"], "statement": row["statement"]}
        for row in rows
    ]


def _ballots(election: Election) -> Iterator[bytes]:
    for box, envelope in Ballot.objects.filter(election=election).values_list("box", "envelope").iterator():
        yield canonical({"box": box, "choices": sorted(choices_in(envelope) or [])}).encode()


def _events(election: Election) -> bytes:
    rows = election.events.order_by("number").values_list("at", "who", "what", "previous", "hash")
    return b"".join(
        _json({"at": instant(at), "who": who, "what": what, "previous": previous, "hash": digest})
        for at, who, what, previous, digest in rows
    )
