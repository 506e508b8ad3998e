"""Forgers who recompute every hash: found by whoever holds what was published at opening, sealing and notice."""

from __future__ import annotations

import copy
import json
import random
import resource

import pytest

from evaluations.canonical import canonical

from .records import BOOKS, SEED, Book, all_at_once, component, digest, no_ballot, root_of, rules, text, votes_alone
from .test_record import found, run

PUBLISHED = ("opening", "sealing", "record")


@pytest.mark.parametrize("kind", BOOKS)
def test_an_honest_record_of_every_kind_holds(kind, tmp_path):
    roots = BOOKS[kind]().write(tmp_path / "book")
    assert found(tmp_path / "book", [roots[name] for name in PUBLISHED], roots["head"]) == ""
    assert found(tmp_path / "book") == ""


# One forgery a line: what it changes, and which of the published roots already tell.


def another_ballot(book, draw):
    place = draw.randrange(len(book.ballots))
    box, choices = book.ballots[place]
    other = next(given for _box, given in book.ballots if sorted(given) != sorted(choices))
    book.ballots[place] = (box, other)


def another_box(book, draw):
    place = draw.choice([n for n, (box, _choices) in enumerate(book.ballots) if box == "staff"])
    book.ballots[place] = ("leaders", book.ballots[place][1])


def swapped_values(book, draw):
    given = draw.choice(list(book.values.values()))
    one, other = draw.sample([key for key in given if given[key] != min(given.values())] or list(given), 2)
    if given[one] == given[other]:
        one = next(key for key in given if given[key] != given[other])
    given[one], given[other] = given[other], given[one]


def another_value(book, draw):
    given = draw.choice(list(book.values.values()))
    key = draw.choice(list(given))
    given[key] = str(float(given[key]) - 0.5)


def other_weights(book, draw):
    first, second = book.rules["components"][:2]
    first["weight"], second["weight"] = str(int(first["weight"]) + 5), str(int(second["weight"]) - 5)


def other_box_weights(book, draw):
    book.rules["boxes"]["staff"]["weight"], book.rules["boxes"]["leaders"]["weight"] = "60", "40"


def fewer_people(book, draw):
    book.roll["staff"] -= 1


def other_chosen(book, draw):
    book.chosen = ["c0", draw.choice(["c2", "c4", "c5"])]


def stuffed(book, draw):
    """One ballot more, for somebody who did not vote."""
    book.ballots.append(book.ballots[draw.randrange(len(book.ballots))])


FORGERIES = {
    "a moved ballot": ("all at once", another_ballot, "sealing"),
    "a moved ballot where votes alone count": ("votes alone", another_ballot, "sealing"),
    "a stuffed ballot": ("votes alone", stuffed, "sealing"),
    "a ballot in another box": ("all at once", another_box, "sealing"),
    "a name on the list": ("votes alone", lambda book, draw: book.names.update(a="别人"), "sealing"),
    "paper that did not come back": ("all at once", lambda b, d: b.paper.update(handed_out=8), "sealing"),
    "a swapped input": ("all at once", swapped_values, "record"),
    "a changed input": ("all at once", another_value, "record"),
    "a changed input where nobody votes": ("no ballot", another_value, "record"),
    "another figure for the tie": ("all at once", lambda book, draw: book.tie.update(c0="99"), "record"),
    "changed weights": ("all at once", other_weights, "opening"),
    "changed weights of the boxes": ("all at once", other_box_weights, "opening"),
    "other places": ("votes alone", lambda book, draw: book.rules.update(places=1), "opening"),
    "a rule that was not there": ("votes alone", lambda book, draw: book.rules.update(least_share="1"), "opening"),
    "a changed roll": ("votes alone", fewer_people, "sealing"),
    "other people on the roll": ("votes alone", lambda book, draw: setattr(book, "roll_root", "0" * 64), "opening"),
    "a dropped event": ("votes alone", lambda book, draw: book.told.pop(draw.randrange(4)), "record"),
    "an altered event": ("votes alone", lambda b, d: b.told.__setitem__(d.randrange(4), "无事"), "record"),
    "a dropped veto": ("all at once", lambda book, draw: book.vetoed.clear(), "record"),
    "an invented veto": ("votes alone", lambda book, draw: book.vetoed.append("a"), "record"),
    "another list of the meeting": ("all at once", other_chosen, "record"),
    "another scan of the minutes": ("all at once", lambda book, draw: book.meeting.update(scan="0" * 64), "record"),
    "another reason": ("votes alone", lambda book, draw: setattr(book, "reason", "领导意见"), "record"),
    "another reason to keep it": (
        "below the least return",
        lambda book, draw: book.validity.update(reason="没关系"),
        "record",
    ),
}
TIMES = 5


@pytest.mark.parametrize("times", range(TIMES))
@pytest.mark.parametrize("kind", FORGERIES)
def test_whoever_holds_the_published_roots_finds_the_forgery(kind, times, tmp_path):
    """24 kinds, each five times: consistent in itself, so that only what was published tells."""
    name, forge, told_by = FORGERIES[kind]
    honest = BOOKS[name]()
    roots = honest.write(tmp_path / "honest")
    forged = copy.deepcopy(honest)
    forge(forged, random.Random(f"{kind} {times}"))
    forged.write(tmp_path / "forged")
    assert found(tmp_path / "forged") == ""
    published = [roots[root] for root in PUBLISHED]
    assert "not the published" in found(tmp_path / "forged", published)
    assert "not the published" in found(tmp_path / "forged", roots[told_by])
    assert "not the published" in found(tmp_path / "forged", roots["record"])


LIES = {
    "another seed": ("by lot", lambda d: d["lot"].update(seed="1" * 64), "committed seed"),
    "another base": ("by lot", lambda d: d["lot"].update(base="1" * 64), "committed seed"),
    "another order": ("by lot", lambda d: d["lot"]["order"].reverse(), "another order"),
    "another winner of the lot": (
        "by lot",
        lambda d: d["winners"].__setitem__(1, d["lot"]["order"][-1]),
        "names others",
    ),
    "one witness": ("by lot", lambda d: d["lot"].update(witnesses=["监票吴"]), "before two scrutineers"),
    "no lot": ("by lot", lambda d: d.pop("lot"), "not written as a record"),
    "a reason for a lot": ("by lot", lambda d: (d.pop("lot"), d.update(kind="tie", reason="好")), "another kind"),
    "a lot the rules do not know": (
        "votes alone",
        lambda d: d.update(kind="lot", lot={"seed": SEED, "base": "", "order": [], "witnesses": []}),
        "where the rules know of none",
    ),
    "no reason at the meeting": ("all at once", lambda d: d.update(reason=" "), "without a reason"),
    "a vetoed winner": ("all at once", lambda d: d["winners"].append("c3"), "keep to the places"),
    "a vetoed winner within the places": (
        "all at once",
        lambda d: d.update(winners=["c3"]),
        "cannot take a place",
    ),
    "nobody at the meeting": (
        "all at once",
        lambda d: d["meeting"].update(recused=["主任赵", "副主任钱", "工会周"]),
        "nobody",
    ),
    "no meeting": ("all at once", lambda d: d.update(kind="count"), "ask for a meeting"),
    "other vetoes": ("all at once", lambda d: d.update(vetoed=[]), "vetoes"),
    "no reason to keep it": ("below the least return", lambda d: d.pop("validity"), "nobody said why"),
    "a reason to keep what was sound": (
        "votes alone",
        lambda d: d.update(validity={"reason": "x"}),
        "nobody said why",
    ),
    "a meeting nobody asked for": ("votes alone", lambda d: d.update(kind="meeting", meeting={}), "leave to it"),
}


@pytest.mark.parametrize("kind", LIES)
def test_a_decision_against_the_rules_is_found_without_any_published_root(kind, tmp_path):
    name, lie, sentence = LIES[kind]
    book = BOOKS[name]()
    honest = book.decision

    def lying(result, base):
        decision = honest(result, base)
        lie(decision)
        return decision

    book.decision = lying
    book.write(tmp_path / "book")
    assert sentence in found(tmp_path / "book")


def test_no_decision_is_none_only_where_something_is_open(tmp_path):
    clear = votes_alone()
    clear.rules |= {"places": 1}
    clear.decision = lambda result, base: {}
    clear.write(tmp_path / "clear")
    said = found(tmp_path / "clear")
    assert said == "There is no decision although the count alone decides."


@pytest.mark.parametrize("name", ["result.json", "inputs.json", "decision.json", "events.jsonl", "roll.json"])
def test_500_changed_bytes_of_a_large_record_are_found(name, tmp_path):
    """100 each of five files, of the record with most in it; the others are changed in the tests of real records."""
    book = all_at_once()
    book.write(tmp_path / "book")
    draw, path = random.Random(name), tmp_path / "book" / name
    content = path.read_bytes()
    for _time in range(100):
        changed = bytearray(content)
        place = draw.randrange(len(content))
        changed[place] = (changed[place] + draw.randrange(1, 256)) % 256
        path.write_bytes(bytes(changed))
        assert found(tmp_path / "book"), place


SHAPES = [None, 0, -1, True, 1.5, "", "x", [], ["x"], {}, {"x": 1}]


@pytest.mark.parametrize("file", ["rules", "roll", "inputs", "result", "decision"])
def test_whatever_stands_where_something_else_should_gives_a_sentence(file, tmp_path):
    """Every key of every object replaced by every shape, all hashes fresh: always a sentence, never a crash."""
    roots = all_at_once().write(tmp_path / "book")
    path, manifest = tmp_path / "book" / f"{file}.json", tmp_path / "book" / "manifest.json"
    content, listed = path.read_bytes(), json.loads(manifest.read_text())
    for key in json.loads(content):
        for shape in SHAPES:
            changed = json.loads(content)
            if canonical(changed[key]) == canonical(shape):
                continue
            changed[key] = shape
            path.write_text(canonical(changed) + "\n")
            listed["files"][path.name] = digest(path.read_bytes())
            manifest.write_text(canonical(listed) + "\n")
            assert found(tmp_path / "book", roots["record"]).endswith("."), (key, shape)


def test_a_hundred_thousand_ballots_are_verified_in_ten_seconds(tmp_path):
    draw = random.Random(1)
    keys = [f"{n:08x}" for n in range(30)]
    ballots = [("staff", sorted(draw.sample(keys, draw.randint(1, 3)))) for _n in range(100_000)]
    roots = Book(rules(max_choices=3, places=10), keys, ballots, {"staff": 120_000}).write(tmp_path / "book")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = run(tmp_path / "book", "--root", roots["sealing"], "--root", roots["record"])
    assert (done.returncode, done.stdout) == (0, f"The record holds; its root is {roots['record']}.\n")
    # Of the processor, not of the clock: the tests of a hall run side by side.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 10


def test_roots_may_be_given_several_times_and_each_must_be_one_of_the_record(tmp_path):
    roots = no_ballot().write(tmp_path / "book")
    given = [argument for name in ("opening", "record") for argument in ("--root", roots[name])]
    assert run(tmp_path / "book", *given).returncode == 0
    done = run(tmp_path / "book", *given, "--root", "0" * 64)
    assert done.returncode == 1
    assert done.stdout.endswith(f"not the published {'0' * 64}.\n")


def test_a_round_of_the_first_kind_still_verifies(tmp_path):
    """Rules without boxes' labels, components or ties; results and inputs with the few lines they had."""
    book = votes_alone()
    first = ("slug", "name", "places", "min_choices", "max_choices")
    book.rules = {**{name: book.rules[name] for name in first}, "boxes": {"staff": {"weight": "100"}}}
    folder = tmp_path / "book"
    book.rules |= {"components": [component("ballots", "100")], "tie_rule": "meeting", "ballot_kind": "choose"}
    book.write(folder)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    book.rules = {name: book.rules[name] for name in (*first, "boxes")}
    result = json.loads(files["result.json"])
    kept = ("counts", "scores", "winners", "tied", "places", "ballots", "valid", "void", "roll")
    decision = json.loads(files["decision.json"])
    roll = json.loads(files["roll.json"])
    inputs = {"components": [{"key": "ballots", "box": "staff", "weight": "100"}], "values": []}
    files |= {
        "rules.json": text(book.rules),
        "result.json": text({name: result[name] for name in kept}),
        "decision.json": text({name: decision[name] for name in ("kind", "winners", "reason", "by", "on")}),
        "roll.json": text({name: roll[name] for name in ("roll", "root", "boxes")}),
        "inputs.json": text(inputs),
    }
    fixed = {name: content for name, content in files.items() if name not in ("events.jsonl", "manifest.json")}
    hashes = {name: digest(content) for name, content in files.items() if name != "manifest.json"}
    manifest = {"format": 1, "slug": book.rules["slug"], "root": root_of(fixed), "files": hashes}
    for name, content in {**files, "manifest.json": text(manifest)}.items():
        (folder / name).write_bytes(content)
    assert found(folder, root_of(fixed)) == ""
