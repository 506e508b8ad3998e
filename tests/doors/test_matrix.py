"""The door `matrix`: every address and what each role gets there; strangers at the real door."""

from __future__ import annotations

import json
import re

import pytest

from intranet.access.roles import ROLES

from .conftest import lines
from .visitor import Visitor

pytestmark = pytest.mark.xdist_group("doors")


@pytest.fixture(scope="module")
def matrix(hall):
    done = hall.manage("matrix", "--json")
    assert done.returncode == 0
    return lines(done.stdout)


def leaves_of(hall) -> set[tuple[str, str]]:
    """Route and name of every pattern, read from the resolver by other means than the command's own."""
    script = (
        "import json\n"
        "from django.urls import URLPattern, get_resolver\n"
        "def walk(patterns, route, names):\n"
        "    for given in patterns:\n"
        "        here = route + str(given.pattern)\n"
        "        if isinstance(given, URLPattern):\n"
        "            yield here, ':'.join([*names, given.name or ''])\n"
        "        else:\n"
        "            space = [given.namespace] if given.namespace else []\n"
        "            yield from walk(given.url_patterns, here, names + space)\n"
        "print(json.dumps(list(walk(get_resolver().url_patterns, '', []))))\n"
    )
    printed = hall.manage("shell", "--no-imports", "-c", script).stdout
    return {tuple(leaf) for leaf in json.loads(printed.splitlines()[-1])}


def test_every_leaf_is_one_classified_line(hall, matrix):
    assert {(row["route"], row["name"]) for row in matrix} == leaves_of(hall)
    assert len({(row["route"], row["name"]) for row in matrix}) == len(matrix)
    for row in matrix:
        assert set(row) >= {"route", "name", "methods", "open", "roles"}, row["route"]
        assert type(row["open"]) is bool
        assert row["methods"]
        assert set(row["methods"]) <= {"GET", "POST"}
        assert set(row["roles"]) == {*ROLES, "stranger"}, row["route"]
        for codes in row["roles"].values():
            assert len(codes) == 3
            assert all(type(code) is int and 100 <= code < 600 for code in codes)


def test_a_shown_foreign_object_has_a_written_reason(matrix):
    for row in matrix:
        shown = [role for role, codes in row["roles"].items() if codes[2] == 200 and codes[0] != codes[2]]
        assert not shown or row.get("reason"), (row["route"], shown)


def test_strangers_come_in_only_where_the_matrix_is_open(hall, matrix):
    stranger = Visitor(hall.base)
    tried = 0
    for row in matrix:
        if re.search(r"[<(\[*+?\\]", row["route"].replace("^", "").replace("$", "").replace("\\Z", "")):
            continue
        path = "/" + re.sub(r"\^|\$|\\Z", "", row["route"])
        for method in row["methods"]:
            answer = stranger.get(path) if method == "GET" else stranger.post(path)
            tried += 1
            assert answer.status_code < 500 or path == "/readyz", f"{method} {path}: {answer.status_code}"
            if not row["open"]:
                assert answer.status_code != 200, f"{method} {path} answers a stranger"
    assert tried > 60
    assert {codes for row in matrix if not row["open"] for codes in row["roles"]["stranger"]}.isdisjoint({200})


def test_what_is_open_is_sign_in_health_feeds_and_static(matrix):
    opened = {row["name"] for row in matrix if row["open"]}
    for name in ("access:sign_in", "reminders:healthz", "reminders:readyz", "calendars:feed"):
        assert name in opened
    for name in ("pages:desk", "people:directory", "evaluations:vote", "access:audit", "people:me"):
        assert name not in opened
