"""Approval elections that others held and counted, counted again here. Each file names its source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluations.tally import Result, count, seal_choices

FILES = sorted((Path(__file__).parent / "approval").glob("*.json"))


def counted(given: dict, kind: str) -> Result:
    """Ballots name candidates by number, from 1; here each name is its own key."""
    names = given["candidates"]
    mark = "{}=yes" if kind == "approve" else "{}"
    envelopes = [
        ("staff", seal_choices(mark.format(names[number - 1]) for number in approved), times)
        for times, approved in given["ballots"]
    ]
    rules = {"places": 1, "min_choices": 0, "max_choices": len(names), "ballot_kind": kind}
    return count(rules=rules, keys=names, envelopes=envelopes, roll={"staff": given["results"]["voters"]})


def test_the_files_are_there_and_name_their_source():
    assert [path.stem for path in FILES] == [
        "gy_les_nonains_2002",
        "orsay_12_2002",
        "posters_a_2016",
        "posters_b_2016",
    ]
    assert all("PrefLib" in json.loads(path.read_text())["source"] for path in FILES)


@pytest.mark.parametrize("kind", ["choose", "approve"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_count_is_the_published_one(path, kind):
    given = json.loads(path.read_text())
    result, published = counted(given, kind), given["results"]
    assert (result.valid, result.void, result.faults) == (published["voters"], 0, [])
    if "approvals" in published:
        assert result.counts == published["approvals"]
    else:
        falling = [result.counts[name] for name in published["order"]]
        assert falling == sorted(falling, reverse=True)
    first = next(iter(published.get("approvals", published.get("order"))))
    assert result.winners == [first]
