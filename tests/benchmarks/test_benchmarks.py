"""The door of `make bench`: what a line holds, and how one figure is chosen. Tiny sizes; bars are not asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from benchmarks import registry
from tests.database import ROOT
from tests.machine import PARTS

KEYS = {"name", "value", "unit", "bar", "better", "holds", "ours", "base", "base_is", "n", "db"}
WITH_A_DATABASE = {
    "ballots.transaction",
    "ballots.seal",
    "ballots.verify_s",
    "feed.cold",
    "feed.unchanged.queries",
    "feed.unchanged.view",
    "feed.polling",
    "reminders.plan.insert",
    "reminders.plan.queries",
    "reminders.plan.history",
    "reminders.sweep.rate",
    "import.preview.stock",
    "import.confirm.stock",
    "import.floor",
    "import.growth",
    "import.queries",
}
WITHOUT = {"import.memory_mb"}


def lines(*only: str) -> list[dict]:
    """What the runner prints at tiny size; every line of stdout is one JSON object."""
    command = [sys.executable, "-m", "benchmarks", *(["--only", *only] if only else [])]
    surroundings = {**os.environ, "BENCH_TINY": "1", "FULL": ""}
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=600)
    assert done.stdout, done.stderr[-2000:]
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == (0 if all(line["holds"] for line in found) else 1)
    if not PARTS["postgresql"][1]() and not any("@" in name for name in only):
        assert "PostgreSQL" in done.stderr
    return found


def check_line(line: dict) -> None:
    assert set(line) >= KEYS
    assert line["better"] in ("lower", "higher")
    assert line["n"] > 0
    # An exponent of growth may fall below zero where the sizes are tiny.
    assert line["ours"] >= 0 or line["unit"] == "exponent"
    _name, _at, database = line["name"].partition("@")
    assert database == line["db"]
    if line["base"] is None:
        assert line["value"] == pytest.approx(line["ours"], abs=0.001)
        assert line["base_is"] == ""
    else:
        assert line["base_is"]
        ratio = line["ours"] / line["base"]
        assert line["value"] == pytest.approx(ratio if line["better"] == "lower" else 1 / ratio, rel=0.02, abs=0.001)
    if abs(line["value"] - line["bar"]) > 0.001:
        assert line["holds"] is (
            line["value"] < line["bar"] if line["better"] == "lower" else line["value"] > line["bar"]
        )


def test_every_figure_once_for_each_database():
    found = lines()
    for line in found:
        check_line(line)
    databases = ["sqlite", "postgresql"] if PARTS["postgresql"][1]() else ["sqlite"]
    expected = {f"{name}@{database}" for name in WITH_A_DATABASE for database in databases} | WITHOUT
    if "postgresql" in databases:
        expected.add("ballots.load.p95_ms@postgresql")
    names = [line["name"] for line in found]
    assert len(names) == len(set(names))
    assert expected <= set(names)


def test_only_chooses():
    assert {line["name"] for line in lines("reminders.plan.q@sqlite")} == {"reminders.plan.queries@sqlite"}
    assert [line["name"] for line in lines("import.memory_mb")] == ["import.memory_mb"]


@pytest.mark.parametrize(
    ("better", "ours", "base", "value", "holds"),
    [
        ("lower", 3.0, 2.0, 1.5, True),
        ("lower", 3.1, 2.0, 1.55, False),
        ("higher", 2.0, 3.0, 1.5, True),
        ("higher", 2.1, 3.0, 1.429, False),
        ("lower", 1.5, None, 1.5, True),
        ("higher", 1.4, None, 1.4, False),
    ],
)
def test_the_value_and_whether_it_holds(better, ours, base, value, holds):
    given = registry.Benchmark("a.b", "times", 1.5, better, lambda: registry.Figure(0, 0))
    line = registry.line(given, registry.Figure(ours, 7, base, "the other"), "sqlite")
    assert (line["value"], line["holds"], line["name"], line["n"]) == (value, holds, "a.b@sqlite", 7)
