"""The same seed on the same day makes the same hall; another seed another one."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from tests.halls import demo_template

from .conftest import NOW, SMALL, lines, manage_at_once

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("doors")]

KEPT = ("rules.json", "candidates.json", "ballots.jsonl", "inputs.json", "result.json", "decision.json")
# The commitment of a lot, the hash of values that name keys, the head of a chain that names roots.
RANDOM = re.compile(r'"(lot_commitment|hash|events)":"[0-9a-f]{64}"')
SHEETS = ("departments", "windows", "union_groups", "staff_register", "postings")


def portrait(hall, folder) -> dict:
    """Everything of a hall that its seed decides. Receipts, keys of feeds and of candidates, and the seeds of lots
    are random by design, and with them the roots and hashes of the records.
    """
    people = [{**line, "feed": ""} for line in lines(hall.manage("accounts", "--json").stdout)]
    rounds = [{**line, "root": ""} for line in lines(hall.manage("election_bundle", "--list", "--json").stdout)]
    # The boxes of a round in assessment are closed: there is no record yet.
    opened = [row for row in rounds if row["ballots"] is not None and row["phase"] != "assessment"]
    records = {row["slug"]: folder / row["slug"] for row in opened}
    sheets = {kind: folder / f"{kind}.csv" for kind in SHEETS}
    manage_at_once(
        hall,
        *(("election_bundle", slug, str(place)) for slug, place in records.items()),
        *(("export_sheet", kind, str(place)) for kind, place in sheets.items()),
    )
    records = {slug: by_name(place) for slug, place in records.items()}
    for kind, place in sheets.items():
        with place.open(encoding="utf-8-sig", newline="") as file:
            sheets[kind] = list(csv.reader(file))
    outbox = [(row["message_id"], row["state"]) for row in lines(hall.manage("outbox", "--json").stdout)]
    return {"people": people, "rounds": rounds, "records": records, "sheets": sheets, "outbox": sorted(outbox)}


def by_name(record: Path) -> dict[str, list[str]]:
    """The record's files with candidates' names for their keys, which are random; lines sorted again."""
    names = {row["key"]: row["name"] for row in json.loads((record / "candidates.json").read_text())}
    result = json.loads((record / "result.json").read_text())
    # Nobody is on the roll where nobody votes.
    assert (result["ballots"] > 0) is (result["roll"] > 0)
    found = {}
    for file in KEPT:
        text = RANDOM.sub("", (record / file).read_text())
        for key, name in names.items():
            text = text.replace(key, name)
        found[file] = sorted("".join(sorted(line)) for line in text.splitlines())
    return found


def test_the_same_seed_makes_the_same_hall(halls, still, tmp_path):
    twin = halls.copy(demo_template("doors_twin", SMALL, NOW), NOW)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = portrait(still, tmp_path / "one"), portrait(twin, tmp_path / "two")
    for part in one:
        assert one[part] == two[part], part
    assert (still.var / "canaries.jsonl").read_text() == (twin.var / "canaries.jsonl").read_text()


def test_another_seed_makes_another_hall(halls, still, large_template):
    other = halls.copy(large_template, NOW)
    names = [{line["name"] for line in lines(hall.manage("accounts", "--json").stdout)} for hall in (still, other)]
    assert len(names[0] & names[1]) < len(names[0]) / 2


def test_a_hall_too_small_or_already_there_is_refused_in_a_sentence(still):
    for words in (("--staff", "69"), ()):
        done = still.manage("load_demo", *words, check=False)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
    assert still.manage("load_demo", "--if-empty").returncode == 0
