"""The demo halls that the doors are tried on, and what their commands say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from demo.running import Installation, RunningHall
from tests.halls import demo_template

from .visitor import Visitor

# A working Tuesday: halls made with the same seed on the same day are the same hall.
NOW = "2026-11-24T10:00:00+08:00"
SMALL = ("--staff", "80", "--seed", "7", "--canaries", "{folder}/canaries.jsonl")
LARGE = ("--staff", "1000", "--seed", "8")


def lines(text: str) -> list[dict]:
    """Each line is one JSON object, and there is nothing else."""
    found = [json.loads(line) for line in text.splitlines()]
    assert all(isinstance(line, dict) for line in found)
    return found


def manage_at_once(hall, *commands: tuple[str, ...]) -> None:
    """Run commands one after the other in one process: starting one takes longer than its work."""
    calls = "".join(f"call_command(*{words!r})\n" for words in commands)
    hall.manage("shell", "--no-imports", "-c", f"from django.core.management import call_command\n{calls}")


@pytest.fixture(scope="session")
def template() -> Path:
    return demo_template("doors", SMALL, NOW)


@pytest.fixture(scope="session")
def large_template() -> Path:
    """A hall of a thousand people, from another seed."""
    return demo_template("doors_large", LARGE, NOW)


@pytest.fixture(scope="session")
def hall(halls, template) -> RunningHall:
    """The hall of 80 people at work. Tests that change what others read take ``still`` instead."""
    return halls.start(template=template, clock=NOW)


@pytest.fixture
def still(halls, template) -> Installation:
    """A copy of the hall of 80 people of one's own, its processes not running."""
    return halls.copy(template, NOW)


@pytest.fixture(scope="session")
def accounts(hall) -> list[dict]:
    return lines(hall.manage("accounts", "--json").stdout)


@pytest.fixture(scope="session")
def firsts(accounts) -> dict[str, dict]:
    """The first account of each role."""
    found: dict[str, dict] = {}
    for line in accounts:
        found.setdefault(line["role"], line)
    return found


@pytest.fixture(scope="session")
def visitors(hall, firsts) -> dict[str, Visitor]:
    """The first of each role, signed in."""
    return {role: Visitor(hall.base, account) for role, account in firsts.items()}


@pytest.fixture(scope="session")
def rounds(hall) -> list[dict]:
    return lines(hall.manage("election_bundle", "--list", "--json").stdout)
