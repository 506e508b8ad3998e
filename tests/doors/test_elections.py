"""The doors of an election: the list, the record as files, its verifier, and the pages that show the hashes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
import subprocess
import sys
from collections import Counter

import pytest

from demo.running import ROOT

from .conftest import manage_at_once

pytestmark = pytest.mark.xdist_group("doors")

PHASES = {
    *("preparation", "recommendation", "review", "voting", "sealed", "assessment", "decision", "public_notice"),
    *("published", "cancelled", "annulled"),
}
SEALED = ("sealed", "decision", "public_notice", "published", "annulled")
# Sealed, and the boxes still closed: there is no record yet.
UNOPENED = ("assessment",)
KEYS = {
    "slug": str,
    "award": str,
    "phase": str,
    "opens": str,
    "closes": str,
    "vote_url": str,
    "notice_url": str,
    "roll": int,
    "marks": int,
}
FILES = {
    "rules.json",
    "candidates.json",
    "roll.json",
    "ballots.jsonl",
    "receipts.txt",
    "inputs.json",
    "result.json",
    "decision.json",
    "events.jsonl",
}


def verify(*words) -> subprocess.CompletedProcess:
    """Standard library only: run apart from the site's packages."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "docs" / "verify_election.py"), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def bundles(hall, rounds, tmp_path_factory):
    """The record of every sealed round, by slug."""
    slugs = [row["slug"] for row in rounds if row["phase"] in SEALED]
    found = {slug: tmp_path_factory.mktemp("record") / slug for slug in slugs}
    manage_at_once(hall, *(("election_bundle", slug, str(folder)) for slug, folder in found.items()))
    return found


def test_the_list_has_every_field_and_a_round_in_every_phase(rounds):
    for row in rounds:
        for key, kind in KEYS.items():
            assert type(row[key]) is kind, (row["slug"], key)
        assert dt.datetime.fromisoformat(row["opens"]) < dt.datetime.fromisoformat(row["closes"])
        assert dt.datetime.fromisoformat(row["opens"]).tzinfo
        assert row["marks"] <= row["roll"]
        if row["phase"] in (*SEALED, *UNOPENED):
            assert row["ballots"] == row["marks"]
            # Nobody is on the roll where nobody votes.
            assert (row["marks"] > 0) is (row["roll"] > 0)
        else:
            assert row["ballots"] is None
            assert row["root"] is None
        if row["phase"] in ("public_notice", "published"):
            assert len(bytes.fromhex(row["root"])) == 32
    phases = [row["phase"] for row in rounds]
    assert set(phases) == PHASES
    assert phases.count("published") >= 8


def test_the_list_names_addresses_that_answer(visitors, rounds):
    for row in rounds:
        if row["phase"] == "voting":
            assert visitors["staff"].get(row["vote_url"]).status_code == 200
        if row["phase"] in ("public_notice", "published"):
            assert visitors["staff"].get(row["notice_url"]).status_code == 200


def test_every_bundle_is_format_1(bundles):
    assert len(bundles) >= 10
    for slug, folder in bundles.items():
        assert {path.name for path in folder.iterdir()} == {*FILES, "manifest.json"}
        manifest = json.loads((folder / "manifest.json").read_text())
        assert (manifest["format"], manifest["slug"]) == (1, slug)
        hashes = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
        assert manifest["files"] == hashes
        raw = (folder / "ballots.jsonl").read_bytes().splitlines()
        assert raw == sorted(raw)
        for line in raw:
            ballot = json.loads(line)
            assert set(ballot) == {"box", "choices"}
        receipts = (folder / "receipts.txt").read_text().splitlines()
        assert receipts == sorted(receipts)
        assert len(receipts) == len(raw)
        assert set(json.loads((folder / "result.json").read_text())) >= {"counts", "scores", "winners"}
        for line in (folder / "events.jsonl").read_text().splitlines():
            assert set(json.loads(line)) == {"at", "who", "what", "previous", "hash"}


def named(folder, file: str) -> list[str]:
    """The names of those who stand, or of those whom the decision gives a place."""
    names = {row["key"]: row["name"] for row in json.loads((folder / "candidates.json").read_text())}
    winners = json.loads((folder / "decision.json").read_text())["winners"]
    return sorted(names.values() if file == "candidates" else (names[key] for key in winners))


def test_the_founding_cases_are_among_them(bundles, rounds):
    """Model posts without a ballot, models in November with one, a year of quality windows and the best of them.

    The best of the year are counted here anew, from the records of its months.
    """
    listed = {row["slug"]: row for row in rounds}
    posts = next(slug for slug, row in listed.items() if slug.startswith("women") and row["phase"] == "published")
    months = [f"quality-window-2025-{month:02d}" for month in range(1, 13)]
    for slug, winners, voted in (
        (posts, 10, False),
        ("service-model-2025", 10, True),
        *((slug, 5, False) for slug in months),
        ("excellent-window-2025", 5, True),
    ):
        assert listed[slug]["phase"] == "published", slug
        assert len(named(bundles[slug], "winners")) == winners, slug
        assert (listed[slug]["ballots"] > 10) is voted, slug
        assert voted or listed[slug]["roll"] == 0, slug
    november = [
        json.loads(line) for line in (bundles["service-model-2025"] / "events.jsonl").read_text().splitlines()
    ]
    assert {event["at"][:7] for event in november} == {"2025-11"}
    wins = Counter(name for slug in months for name in named(bundles[slug], "winners"))
    enough = sorted(name for name, number in wins.items() if number >= 3)
    assert named(bundles["excellent-window-2025"], "candidates") == enough


def test_the_record_names_no_voter(bundles, accounts):
    """Candidates are named, and officers act in events; ballots, receipts and the roll name nobody."""
    for folder in bundles.values():
        text = "".join((folder / name).read_text() for name in ("ballots.jsonl", "receipts.txt", "roll.json"))
        for account in accounts:
            assert account["name"] not in text
            assert account["username"] not in text


def merkle(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, written from the standard and not from the site."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + merkle(leaves[:half]) + merkle(leaves[half:])).digest()


def test_the_root_follows_from_the_files(bundles, rounds):
    listed = {row["slug"]: row["root"] for row in rounds}
    for slug, folder in bundles.items():
        manifest = json.loads((folder / "manifest.json").read_text())
        named = sorted(
            f"{given}  {name}".encode() for name, given in manifest["files"].items() if "events" not in name
        )
        assert manifest["root"] == merkle(named).hex()
        if listed[slug]:
            assert manifest["root"] == listed[slug]


def test_the_verifier_holds_and_recomputes_what_the_record_says(bundles):
    for folder in bundles.values():
        manifest = json.loads((folder / "manifest.json").read_text())
        head = json.loads((folder / "events.jsonl").read_text().splitlines()[-1])["hash"]
        done = verify(folder, "--root", manifest["root"], "--events", head, "--result")
        assert done.returncode == 0, done.stdout + done.stderr
        printed, said = json.loads(done.stdout), json.loads((folder / "result.json").read_text())
        for key in ("counts", "scores", "winners"):
            assert printed[key] == said[key]


def test_a_changed_byte_or_another_root_is_said_in_a_sentence(bundles, tmp_path):
    slug, folder = next(iter(bundles.items()))
    wrong = [verify(folder, "--root", "0" * 64), verify(folder, "--events", "0" * 64)]
    for name in sorted({*FILES, "manifest.json"}):
        broken = tmp_path / name / slug
        shutil.copytree(folder, broken)
        content = bytearray((broken / name).read_bytes() or b"\n")
        content[len(content) // 2] ^= 1
        (broken / name).write_bytes(bytes(content))
        wrong.append(verify(broken))
    for done in wrong:
        assert done.returncode == 1
        assert "Traceback" not in done.stdout + done.stderr
        assert len((done.stdout + done.stderr).strip().splitlines()) == 1
        assert (done.stdout + done.stderr).strip().endswith(".")


def test_the_pages_show_the_hashes_of_the_record(visitors, rounds, bundles):
    shown = 0
    for row in rounds:
        if row["phase"] not in ("public_notice", "published"):
            continue
        page = visitors["staff"].page(row["notice_url"])
        manifest = json.loads((bundles[row["slug"]] / "manifest.json").read_text())
        assert page.find("code", id="record-root").get_text() == manifest["root"]
        head = page.find("code", id="events-head")
        if row["phase"] == "published":
            last = (bundles[row["slug"]] / "events.jsonl").read_text().splitlines()[-1]
            assert head.get_text() == json.loads(last)["hash"]
            shown += 1
        else:
            assert head is None
    assert shown >= 8


def test_no_record_before_sealing_and_none_of_an_unknown_round(hall, rounds, tmp_path):
    voting = next(row["slug"] for row in rounds if row["phase"] == "voting")
    for slug in (voting, "no-such-round"):
        done = hall.manage("election_bundle", slug, str(tmp_path / slug), check=False)
        assert done.returncode != 0
        assert "Traceback" not in done.stderr
        assert not (tmp_path / slug).exists()
