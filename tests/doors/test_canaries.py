"""Private facts reach those who may see them and nobody else: every page that links lead to, as every role."""

from __future__ import annotations

import datetime as dt
import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from intranet.access.registry import private_fields

from .conftest import lines
from .visitor import Visitor, links_of, text_of

pytestmark = pytest.mark.xdist_group("doors")

STARTS = ("/desk/", "/", "/people/", "/awards/", "/inbox/", "/calendar/", "/people/me/", "/sheets/", "/admin/")
# Addresses that differ in numbers only are one kind of page; this many of a kind are opened, those of canaries, and
# every page of a round under way, given up, or among the last of its award that were commended.
OF_A_KIND = 4
LAST_COMMENDED = 2
ROUND = re.compile(r"^/awards/([^/]+)/")
# A canary may lie in a round of long ago, whose pages are then opened all the same.
ROUNDS_OF = """
import json
from django.apps import apps

def round_of(row):
    above = next((name for name in ("election", "nomination", "seat", "candidate") if hasattr(row, name)), None)
    return round_of(getattr(row, above)) if above else row

found = [(line["model"], line["object"]) for line in map(json.loads, open({path!r}, encoding="utf-8"))]
rows = [apps.get_model(model).objects.get(pk=pk) for model, pk in found if model.startswith("evaluations.")]
print(json.dumps(sorted({{round_of(row).slug for row in rows}})))
"""
LEAVES = re.compile(r"^/(static|sign-out|language|appearance|admin/logout)")
# Where somebody who may see it does see it; the reason of a recommendation is shown while its round asks for it.
SEEN = ("people.Person.mobile", "people.Person.birthday", "people.Person.note", "people.CorrectionRequest.text")


def spellings(canary: str) -> list[str]:
    """A day also as pages write it."""
    try:
        day = dt.date.fromisoformat(canary)
    except ValueError:
        return [canary]
    return [
        canary,
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.day} {day:%B} {day.year}",
        day.strftime("%Y/%m/%d"),
    ]


class Walk:
    """Everything that one person can open from the first pages on."""

    def __init__(self, base: str, account: dict, canaries: list[dict], rounds: set[str]) -> None:
        self.visitor = Visitor(base, account)
        self.rounds = rounds
        self.account, self.canaries = account, canaries
        self.objects = {str(line["object"]) for line in canaries}
        self.opened: dict[str, int] = {}
        self.kinds: dict[str, int] = {}
        self.found: dict[str, set[str]] = {}

    def go(self) -> Walk:
        waiting = [*STARTS, "/audit/export.csv", self.account["feed"]]
        waiting += [f"/people/{line['object']}/" for line in self.canaries if line["model"] == "people.Person"]
        for line in self.canaries:
            waiting += [f"/search/?q={line['canary']}", f"/people/?q={line['canary']}"]
        while waiting:
            path = waiting.pop(0)
            if path in self.opened or not self.worth(path):
                continue
            answer = self.visitor.get(path)
            self.opened[path] = answer.status_code
            assert answer.status_code < 500, f"{path} as {self.account['username']}: {answer.status_code}"
            self.look(path, text_of(answer))
            waiting += links_of(answer)
            if "Location" in answer.headers:
                waiting.append(answer.headers["Location"].removeprefix(self.visitor.base))
        for form in ("json", "html"):
            self.look(f"own data as {form}", text_of(self.visitor.post("/people/me/export/", {"format": form})))
        return self

    def worth(self, path: str) -> bool:
        if LEAVES.match(path) or not path.startswith("/"):
            return False
        bare, _mark, query = path.partition("?")
        if query and not re.match(r"(q|page|form)=", query):
            return False
        of_round = ROUND.match(bare)
        kind = bare if of_round and of_round[1] in self.rounds else re.sub(r"\d+", "#", bare)
        kind += re.sub(r"=.*", "", query)
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        return self.kinds[kind] <= OF_A_KIND or "q=" in query or bool(self.objects & set(re.findall(r"\d+", bare)))

    def look(self, path: str, text: str) -> None:
        for line in self.canaries:
            # A search page repeats what was asked; whoever asked has it already.
            if line["canary"] in path:
                text = text.replace(line["canary"], "")
            if any(spelling in text for spelling in spellings(line["canary"])):
                self.found.setdefault(f"{line['model']}.{line['field']}", set()).add(path)


@pytest.fixture(scope="module")
def canaries(hall):
    return lines((hall.var / "canaries.jsonl").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def with_canaries(hall, canaries) -> set[str]:
    code = ROUNDS_OF.format(path=str(hall.var / "canaries.jsonl"))
    found = set(json.loads(hall.manage("shell", "-v", "0", "--no-imports", "-c", code).stdout.splitlines()[-1]))
    assert found
    return found


@pytest.fixture(scope="module")
def watched(rounds, with_canaries) -> set[str]:
    """Rounds of which every page is opened; of those commended long ago a few pages of each kind are enough."""
    commended: dict[str, list[str]] = {}
    for line in rounds:
        if line["phase"] == "published":
            commended.setdefault(line["award"], []).append(line["slug"])
    long_ago = {slug for slugs in commended.values() for slug in slugs[:-LAST_COMMENDED]}
    return {line["slug"] for line in rounds} - long_ago | with_canaries


@pytest.fixture(scope="module")
def walks(hall, accounts, firsts, canaries, watched):
    plain = next(line for line in reversed(accounts) if line["role"] == "staff")
    with ThreadPoolExecutor(4) as together:
        made = list(
            together.map(lambda account: Walk(hall.base, account, canaries, watched).go(), [*firsts.values(), plain])
        )
    return {walk.account["username"]: walk for walk in made}


def test_every_private_field_has_its_canary(canaries, accounts):
    assert {f"{line['model']}.{line['field']}" for line in canaries} == set(private_fields())
    known = {line["username"] for line in accounts}
    assert len({line["canary"] for line in canaries}) == len(canaries)
    for line in canaries:
        assert set(line) >= {"canary", "model", "field", "allowed"}
        assert set(line["allowed"]) <= known
        assert len(line["canary"]) >= 8


def test_nobody_finds_what_they_may_not_see(walks, canaries):
    leaks = {
        (username, key): sorted(walk.found[key])[:3]
        for username, walk in walks.items()
        for line in canaries
        if (key := f"{line['model']}.{line['field']}") in walk.found and username not in line["allowed"]
    }
    assert not leaks
    for walk in walks.values():
        assert sum(status == 200 for status in walk.opened.values()) > 60


def test_those_who_may_do_find_it(walks, canaries):
    """The search is one that finds: without this, a crawl that sees nothing would pass."""
    for key in SEEN:
        allowed = next(line["allowed"] for line in canaries if f"{line['model']}.{line['field']}" == key)
        assert [name for name in allowed if name in walks and key in walks[name].found], key


def test_no_log_mail_or_audit_holds_a_canary(hall, visitors, canaries, walks):
    texts = {
        "audit": visitors["auditor"].get("/audit/export.csv").text,
        "outbox": hall.manage("outbox", "--json").stdout,
    }
    for folder in ("log", "mail"):
        for path in (hall.var / folder).rglob("*"):
            if path.is_file():
                texts[str(path.relative_to(hall.var))] = path.read_text(encoding="utf-8", errors="replace")
    assert len(texts["audit"].splitlines()) > 100
    for name, text in texts.items():
        # Only the addresses that this crawl itself searched with may stand in a log of requests.
        said = re.sub(r"[?&]q=\S*", "", text)
        assert not [line["canary"] for line in canaries if line["canary"] in said], name
