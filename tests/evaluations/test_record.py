"""The record: complete, the same at any later time, and every change in it is found by the verifier."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import random
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from evaluations import record
from evaluations.canonical import canonical, instant
from evaluations.exceptions import RoundError
from evaluations.merkle import merkle_root, root_of_lines
from evaluations.services import decision, events, results, rounds
from evaluations.services.events import hash_of
from intranet import clock
from tests.machine import PATIENCE

from .hall import close, keys_of, make_award, make_hall, vote, voting_round

pytestmark = pytest.mark.usefixtures("english")
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify_election.py"
FULL = os.environ.get("FULL") == "1"


def _verifier():
    spec = importlib.util.spec_from_file_location("verify_election", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verifier = _verifier()
FIXED = verifier.FIXED


def published_round():
    """(election, root, head) of a commended round with a tie that was settled."""
    hall = make_hall(6)
    election = voting_round(hall, make_award(hall, places=2), candidates=4)
    a, b, c, _d = keys_of(election)
    for user, choices in zip(hall.staff[:5], [(a,), (a, b), (a, c), (b,), (c,)], strict=True):
        vote(election, user, *choices)
    close(election)
    with clock.at(clock.parse("2026-11-09T09:00")):
        decision.settle_tie(election=election, chosen=[c], reason="办件量较高", by=hall.officer)
        results.start_notice(election=election, by=hall.officer)
    rounds.advance(clock.parse("2026-11-16T00:00"))
    election.refresh_from_db()
    return election


@pytest.fixture
def election(db):
    return published_round()


@pytest.fixture
def bundle(election, tmp_path):
    record.write_bundle(election, tmp_path / "bundle")
    return tmp_path / "bundle"


def run(directory, *arguments):
    """The verifier as anyone would run it: without this site, without its packages."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), str(directory), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def found(directory, root=None, head=None) -> str:
    """The difference, or ""."""
    try:
        verifier.verify(directory, root, head)
    except verifier.Difference as difference:
        return str(difference)
    return ""


def test_the_record_of_a_round_holds(election, bundle):
    done = run(bundle, "--root", election.record_root, "--events", events.head(election), "--result")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == election.result
    assert sorted(path.name for path in bundle.iterdir()) == sorted(verifier.ALL)
    plain = run(bundle)
    last = election.events.order_by("-number").first()
    assert plain.returncode == 0
    assert plain.stdout == (
        f"The record holds; its root is {election.record_root}.\n"
        f"The last event, of {instant(last.at)}, says '{last.what}'. Without --events, later ones may be missing.\n"
    )


def test_the_record_names_no_voter_and_no_order(election, bundle):
    content = b"".join((bundle / name).read_bytes() for name in FIXED)
    # Candidates stand in it with their names, and so does the officer who settled the tie.
    standing = {*election.candidates.values_list("name", flat=True), election.decision["by"]}
    for row in election.roll.all():
        assert row.staff_number.encode() not in content
        assert row.name in standing or f'"{row.name}"'.encode() not in content
    for name in ("ballots.jsonl", "receipts.txt"):
        lines = (bundle / name).read_bytes().splitlines()
        assert lines == sorted(lines)
        assert len(lines) == 5
    assert all(set(json.loads(line)) == {"box", "choices"} for line in (bundle / "ballots.jsonl").open())
    assert json.loads((bundle / "roll.json").read_text()) == {
        "roll": election.roll_size,
        "root": election.roll_root,
        "boxes": {"staff": election.roll_size},
        "paper": {"handed_out": 0, "returned": 0},
    }


def test_the_root_stays_the_same_from_the_notice_on(election, bundle, tmp_path):
    assert record.record_root(election) == election.record_root
    with clock.at(clock.parse("2027-03-01T09:00")):
        rounds.annul(election=election, reason="材料不实", by=election.created_by)
    assert record.write_bundle(election, tmp_path / "later") == election.record_root
    for name in FIXED:
        assert (tmp_path / "later" / name).read_bytes() == (bundle / name).read_bytes()


def test_the_root_follows_the_published_description(bundle):
    """Recomputed here from RFC 6962's recursive definition, apart from both implementations."""
    lines = sorted(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}".encode()
        for path in bundle.iterdir()
        if path.name not in ("manifest.json", "events.jsonl")
    )

    def node(leaves):
        if len(leaves) == 1:
            return hashlib.sha256(b"\0" + leaves[0]).digest()
        k = max(2**n for n in range(10) if 2**n < len(leaves))
        return hashlib.sha256(b"\1" + node(leaves[:k]) + node(leaves[k:])).digest()

    assert json.loads((bundle / "manifest.json").read_text())["root"] == node(lines).hex()


def test_merkle_root_of_nothing_one_and_many():
    assert merkle_root([]) == hashlib.sha256(b"").hexdigest()
    assert merkle_root([b""]) == hashlib.sha256(b"\0").hexdigest()
    for size in range(1, 40):
        leaves = [bytes([n]) for n in range(size)]
        assert merkle_root(leaves) == verifier.merkle_root(leaves).hex()
    assert root_of_lines(["b", "a"]) == root_of_lines(["a", "b"]) == merkle_root([b"a", b"b"])


def test_every_changed_byte_is_found(bundle):
    chance = random.Random(20261124)
    tries = 500 if FULL else 200
    missed = []
    for n in range(tries):
        path = bundle / verifier.ALL[n % len(verifier.ALL)]
        content = path.read_bytes()
        place = chance.randrange(len(content))
        changed = bytearray(content)
        changed[place] = (changed[place] + chance.randrange(1, 256)) % 256
        path.write_bytes(bytes(changed))
        if not found(bundle):
            missed.append((path.name, place))
        path.write_bytes(content)
    assert missed == []
    assert found(bundle) == ""


def refresh(bundle):
    """Recompute every hash in the manifest, as a forger would."""
    hashes = {name: hashlib.sha256((bundle / name).read_bytes()).hexdigest() for name in (*FIXED, "events.jsonl")}
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["files"] = hashes
    manifest["root"] = root_of_lines(f"{hashes[name]}  {name}" for name in FIXED)
    (bundle / "manifest.json").write_text(canonical(manifest) + "\n")


def change_json(bundle, name, change):
    value = json.loads((bundle / name).read_text())
    change(value)
    (bundle / name).write_text(canonical(value) + "\n")


def move_a_ballot(bundle):
    """From the winner to the last."""
    ballots = [json.loads(line) for line in (bundle / "ballots.jsonl").open()]
    keys = [row["key"] for row in json.loads((bundle / "candidates.json").read_text())]
    moved = next(ballot for ballot in ballots if len(ballot["choices"]) == 1)
    moved["choices"] = [next(key for key in keys if key not in moved["choices"])]
    lines = sorted(canonical(ballot).encode() + b"\n" for ballot in ballots)
    (bundle / "ballots.jsonl").write_bytes(b"".join(lines))


def swap_a_receipt(bundle):
    receipts = (bundle / "receipts.txt").read_text().split()
    receipts[0] = "A" * 43
    (bundle / "receipts.txt").write_text("".join(f"{line}\n" for line in sorted(receipts)))


def another_tie_winner(bundle):
    def change(decision):
        tied = json.loads((bundle / "result.json").read_text())["tied"]
        decision["winners"][-1] = next(key for key in tied if key != decision["winners"][-1])

    change_json(bundle, "decision.json", change)


FORGERIES_OF_FILES = {
    "a moved ballot": move_a_ballot,
    "a swapped receipt": swap_a_receipt,
    "another winner of the tie": another_tie_winner,
    "another reason": lambda bundle: change_json(bundle, "decision.json", lambda d: d.update(reason="领导意见")),
    "a changed rule": lambda bundle: change_json(bundle, "rules.json", lambda r: r.update(notice_workdays=1)),
    "another root of the roll": lambda bundle: change_json(bundle, "roll.json", lambda r: r.update(root="0" * 64)),
    "another name": lambda bundle: change_json(bundle, "candidates.json", lambda rows: rows[0].update(name="别人")),
}


@pytest.mark.parametrize("kind", FORGERIES_OF_FILES)
def test_a_forger_with_fresh_hashes_is_found_by_the_published_root(kind, election, bundle):
    FORGERIES_OF_FILES[kind](bundle)
    refresh(bundle)
    assert found(bundle) != ""  # the events still tell the root as it was
    assert "not the published" in found(bundle, election.record_root)


def test_a_dropped_or_changed_event_with_fresh_hashes_is_found_by_the_published_head(election, bundle):
    head, path = events.head(election), bundle / "events.jsonl"
    lines = [json.loads(line) for line in path.open()]
    for forgery in range(2 * len(lines)):
        chain = [dict(line) for line in lines]
        if forgery < len(lines):
            del chain[forgery]
        else:
            chain[forgery - len(lines)]["what"] = "别的"
        previous = ""
        for event in chain:
            event["previous"] = previous
            event["hash"] = previous = hash_of(**{key: event[key] for key in ("at", "who", "what", "previous")})
        path.write_bytes(b"".join(canonical(event).encode() + b"\n" for event in chain))
        refresh(bundle)
        assert "not the published" in found(bundle, None, head)
        # Up to the notice the record itself holds the chain: whoever has its root alone finds the forgery too.
        assert found(bundle, election.record_root) or forgery % len(lines) == len(lines) - 1


def add(choices, box="staff"):
    def forge(bundle):
        lines = (bundle / "ballots.jsonl").read_bytes().splitlines()
        lines.append(canonical({"box": box, "choices": choices}).encode())
        (bundle / "ballots.jsonl").write_bytes(b"".join(line + b"\n" for line in sorted(lines)))

    return forge


INCONSISTENT = {
    "one ballot more than receipts": (add([]), "receipts"),
    "a box nobody has": (add([], "leaders"), "box"),
    "counts that do not follow": (
        lambda bundle: change_json(bundle, "result.json", lambda r: r.update(valid=4)),
        "The result says valid = 4, the recount 5.",
    ),
    "winners that do not follow": (
        lambda bundle: change_json(bundle, "result.json", lambda r: r["winners"].append("x")),
        "The result says winners",
    ),
    "a tie settled outside of it": (
        lambda bundle: change_json(bundle, "decision.json", lambda d: d["winners"].__setitem__(1, "zzz")),
        "outside the tie",
    ),
    "one winner too many": (
        lambda bundle: change_json(
            bundle,
            "decision.json",
            lambda d: d["winners"].extend(
                key for key in json.loads((bundle / "result.json").read_text())["tied"] if key not in d["winners"]
            ),
        ),
        "exactly the places",
    ),
    "a tie without reason": (
        lambda bundle: change_json(bundle, "decision.json", lambda d: d.update(reason=" ")),
        "without a reason",
    ),
    "a roll smaller than the ballots": (
        lambda bundle: change_json(bundle, "roll.json", lambda r: r.update(roll=4, boxes={"staff": 4})),
        "5 ballots for 4 people",
    ),
    "weights": (
        lambda bundle: change_json(bundle, "rules.json", lambda r: r["components"][0].update(weight="90")),
        "add up to 100",
    ),
    "other weights than in the rules": (
        lambda bundle: change_json(bundle, "inputs.json", lambda r: r["components"][0].update(weight="90")),
        "not those of the rules",
    ),
    "an input without its hash": (
        lambda bundle: change_json(bundle, "inputs.json", lambda r: r["tie"].update(x="1")),
        "hash of the inputs",
    ),
    "paper that never went out": (
        lambda bundle: change_json(bundle, "roll.json", lambda r: r["paper"].update(returned=1)),
        "paper do not balance",
    ),
    "another head of the events": (
        lambda bundle: change_json(bundle, "decision.json", lambda d: d.update(events="0" * 64)),
        "not written as a record",
    ),
}


@pytest.mark.parametrize("kind", INCONSISTENT)
def test_a_record_that_contradicts_itself_is_found_without_any_published_root(kind, bundle):
    forge, sentence = INCONSISTENT[kind]
    forge(bundle)
    refresh(bundle)
    assert sentence in found(bundle)


@pytest.mark.parametrize("name", verifier.ALL)
@pytest.mark.parametrize(
    "garbage",
    [b"", b"\xff\xfe\x00", b"[" * 100000, b"null\n", b"{}\n", b'{"a":1e999}\n', b"9" * 9000 + b"\n", b"[{}]\n"],
)
def test_garbage_gives_a_sentence(name, garbage, bundle):
    (bundle / name).write_bytes(garbage)
    assert found(bundle).endswith(".")
    undecided = (name, garbage) == ("decision.json", b"{}\n")  # a tie not settled yet is no contradiction
    if name in FIXED and not undecided:
        refresh(bundle)
        assert found(bundle).endswith(".")


def test_garbage_never_gives_a_traceback(bundle, tmp_path):
    for directory in (tmp_path / "nowhere", SCRIPT):
        done = run(directory)
        assert (done.returncode, done.stderr) == (1, "")
        assert done.stdout == f"{directory} is not a directory.\n"
    (bundle / "rules.json").unlink()
    assert run(bundle).stdout == "rules.json is missing.\n"
    (bundle / "rules.json").mkdir()
    assert run(bundle).stdout == "rules.json is not a file.\n"
    assert run(bundle, "--result").stdout == ""


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "utf-8"])
def test_a_console_that_cannot_show_a_character_still_gets_the_sentence(bundle, encoding):
    """Chinese Windows consoles write GBK; names come from the disk, and need not be text at all."""
    names = ["表😀.txt".encode(), b"\xff\xfe.txt"]
    for name in names:
        path = os.fsencode(bundle) + b"/" + name
        with open(path, "wb"):
            pass
        for more in ([], ["--result"]):
            done = subprocess.run(
                [sys.executable, "-S", str(SCRIPT), str(bundle), *more],
                capture_output=True,
                env={**os.environ, "PYTHONIOENCODING": encoding},
                timeout=60,
            )
            assert done.returncode == 1
            assert (done.stdout + done.stderr).rstrip().endswith(b" does not belong to a record.")
            assert b"Traceback" not in done.stdout + done.stderr
        os.unlink(path)


def test_a_file_too_many_is_found(bundle):
    (bundle / "names.txt").write_text("谁投给谁")
    assert found(bundle) == "names.txt does not belong to a record."


def test_the_verifier_is_short_and_stands_alone():
    source = SCRIPT.read_text()
    assert len(source.splitlines()) <= 400
    imported = {line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))}
    assert imported <= sys.stdlib_module_names


def test_no_record_before_sealing(db, tmp_path):
    election = voting_round(make_hall())
    with pytest.raises(RoundError, match="no record before the ballots are sealed"):
        record.write_bundle(election, tmp_path / "early")
    assert not (tmp_path / "early").exists()
    with pytest.raises(CommandError, match="no record before"):
        call_command("election_bundle", election.slug, str(tmp_path / "early"))


def test_the_command_writes_and_lists(election, tmp_path):
    out = StringIO()
    call_command("election_bundle", election.slug, str(tmp_path / "b"), stdout=out)
    assert out.getvalue().strip() == election.record_root
    assert found(tmp_path / "b", election.record_root, events.head(election)) == ""
    out = StringIO()
    call_command("election_bundle", "--list", "--json", stdout=out)
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [
        {
            "slug": election.slug,
            "award": election.award.name,
            "phase": "published",
            "opens": "2026-11-05T01:00:00+00:00",
            "closes": "2026-11-06T09:30:00+00:00",
            "vote_url": f"/awards/{election.slug}/vote/",
            "notice_url": f"/awards/{election.slug}/notice/",
            "roll": election.roll_size,
            "marks": 5,
            "ballots": 5,
            "root": election.record_root,
        }
    ]
    with pytest.raises(CommandError, match="no round 'nothing'"):
        call_command("election_bundle", "nothing", str(tmp_path / "b"))
    with pytest.raises(CommandError, match="--list"):
        call_command("election_bundle")


def test_the_list_hides_ballots_until_they_are_sealed(db, django_assert_num_queries):
    hall = make_hall()
    election = voting_round(hall)
    vote(election, hall.staff[0], keys_of(election)[0])
    out = StringIO()
    with django_assert_num_queries(1):
        call_command("election_bundle", "--list", "--json", stdout=out)
    line = json.loads(out.getvalue())
    assert (line["phase"], line["marks"], line["ballots"], line["root"]) == ("voting", 1, None, None)
