"""Forgers who recompute every hash: found by whoever holds what was published at opening, sealing and notice."""

from __future__ import annotations

import copy
import json
import os
import random
import resource

import pytest

from evaluations.canonical import canonical

from .records import (
    BOOKS,
    SEED,
    Book,
    all_at_once,
    chained,
    component,
    digest,
    drawn_by_lot,
    no_ballot,
    root_of,
    rules,
    text,
    votes_alone,
)
from .test_record import FIXED, found, run

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
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"The record holds; its root is {roots['record']}.\n")
    # Of the processor, not of the clock: the tests of a hall run side by side.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 10


def test_roots_may_be_given_several_times_and_each_must_be_one_of_the_record(tmp_path):
    roots = no_ballot().write(tmp_path / "book")
    given = [argument for name in ("opening", "record") for argument in ("--root", roots[name])]
    assert run(tmp_path / "book", *given).returncode == 0
    done = run(tmp_path / "book", *given, "--root", "0" * 64)
    assert done.returncode == 1
    assert done.stdout.endswith(f"not the published {'0' * 64}.\n")


def first_kind(folder, changes=lambda files: None):
    """A record of before awards could say what they weigh: rules without boxes' labels, components or ties; results
    and inputs with the few lines they had; events that tell the root of the roll, and that of the record.
    """
    book = votes_alone()
    named = ("slug", "name", "places", "min_choices", "max_choices")
    book.rules = {**{name: book.rules[name] for name in named}, "boxes": {"staff": {"weight": "100"}}}
    book.rules |= {"components": [component("ballots", "100")], "tie_rule": "meeting", "ballot_kind": "choose"}
    book.write(folder)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    told = chained([f"Opened; 20 on the roll, root {book.roll_root}", "投票截止", "Ballots sealed"])
    rules_then = {name: book.rules[name] for name in (*named, "boxes")}
    result = json.loads(files["result.json"])
    kept = ("counts", "scores", "winners", "tied", "places", "ballots", "valid", "void", "roll")
    decision = json.loads(files["decision.json"])
    roll = json.loads(files["roll.json"])
    inputs = {"components": [{"key": "ballots", "box": "staff", "weight": "100"}], "values": []}
    files |= {
        "rules.json": text(rules_then),
        "result.json": text({name: result[name] for name in kept}),
        "decision.json": text({name: decision[name] for name in ("kind", "winners", "reason", "by", "on")}),
        "roll.json": text({name: roll[name] for name in ("roll", "root", "boxes")}),
        "inputs.json": text(inputs),
    }
    root = root_of({name: files[name] for name in FIXED})
    said = [event["what"] for event in told]
    chain = chained([*said, f"Public notice from 2026-11-09 to 2026-11-13, record {root}", f"Photo {'0' * 64}"])
    files["events.jsonl"] = b"".join(text(event) for event in chain)
    changes(files)
    sign(folder, files)
    return root, chain[-1]["hash"]


def test_a_round_of_the_first_kind_still_verifies(tmp_path):
    root, head = first_kind(tmp_path / "book")
    assert found(tmp_path / "book", root, head) == ""
    assert found(tmp_path / "book") == ""


def test_a_round_of_the_first_kind_is_pinned_by_the_head_of_its_events(tmp_path):
    """Its decision names no head: the record is the one that the notice among the events tells."""
    root, head = first_kind(tmp_path / "honest")

    def another_reason(files):
        files["decision.json"] = text({**json.loads(files["decision.json"]), "reason": "领导意见"})

    def told_as_a_seed(files):
        """First rules knew of no lot: the root of the notice cannot be passed off as its seed."""
        another_reason(files)
        rewritten("rules.json", lambda rules: rules.update(lot_commitment=digest(root.encode())))(files)

    def told_as_a_roll(files):
        another_reason(files)
        rewritten("roll.json", lambda roll: roll.update(root=root))(files)

    assert found(tmp_path / "honest", None, head) == ""
    for forge in (another_reason, told_as_a_seed, told_as_a_roll):
        first_kind(tmp_path / forge.__name__, forge)
        assert "of which the record is silent" in found(tmp_path / forge.__name__, None, head)


def test_an_award_of_today_cannot_pass_for_one_of_the_first_rounds(tmp_path):
    """Rules without components would have no opening root to keep to; the events still tell one."""
    roots = votes_alone().write(tmp_path / "honest")

    def with_its_chain(files):
        files["events.jsonl"] = (tmp_path / "honest" / "events.jsonl").read_bytes()

    first_kind(tmp_path / "forged", with_its_chain)
    assert "of which the record is silent" in found(tmp_path / "forged", None, roots["head"])


def test_a_seed_that_was_drawn_is_told_by_events_of_a_record_without_a_decision(tmp_path):
    """A veto after the lot takes the decision back; the seed stays among the events, as the rules committed to it."""
    book = drawn_by_lot()
    book.decision = lambda result, base: {}
    book.told.append(f"Lot drawn before 监票吴、监票郑, seed {SEED}")
    book.write(tmp_path / "book")
    files = opened(tmp_path / "book")
    chain = [json.loads(line) for line in files["events.jsonl"].splitlines()][:-2]
    files["events.jsonl"] = b"".join(text(event) for event in chain)
    sign(tmp_path / "book", files)
    assert found(tmp_path / "book", None, chain[-1]["hash"]) == ""
    book.rules["lot_commitment"] = "0" * 64
    book.write(tmp_path / "other")
    assert SEED in found(tmp_path / "other")


def sign(folder, files):
    """Write a record with every hash of its manifest fresh."""
    hashes = {name: digest(content) for name, content in files.items() if name != "manifest.json"}
    root = root_of({name: files[name] for name in FIXED})
    slug = json.loads(files["rules.json"])["slug"]
    files["manifest.json"] = text({"format": 1, "slug": slug, "root": root, "files": hashes})
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def opened(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def chain_kept(name, change, folder):
    """An honest record, its roots, and the files of one that was changed while the chain stayed byte for byte."""
    honest = BOOKS[name]()
    roots = honest.write(folder / "honest")
    forged = copy.deepcopy(honest)
    change(forged)
    forged.write(folder / "forged")
    files = opened(folder / "forged") | {"events.jsonl": (folder / "honest" / "events.jsonl").read_bytes()}
    return roots, files


BESIDE_THE_CHAIN = {
    "an invented veto": ("votes alone", lambda book: book.vetoed.append("a")),
    "a dropped veto": ("all at once", lambda book: book.vetoed.clear()),
    "swapped inputs": ("all at once", lambda book: swapped_values(book, random.Random(1))),
    "swapped inputs where nobody votes": ("no ballot", lambda book: another_value(book, random.Random(1))),
    "other winners": ("all at once", lambda book: other_chosen(book, random.Random(1))),
    "another winner by lot": ("by lot", lambda book: book.vetoed.append("a")),
    "another reason": ("votes alone", lambda book: setattr(book, "reason", "领导意见")),
    "a name on the list": ("votes alone", lambda book: book.names.update(a="别人")),
    "paper that did not come back": ("all at once", lambda book: book.paper.update(handed_out=8)),
    "other people on the roll": ("votes alone", lambda book: setattr(book, "roll_root", "0" * 64)),
    "changed weights": ("all at once", lambda book: other_weights(book, random.Random(1))),
}
HEADS = {
    "left out": lambda decision, honest: decision.pop("events"),
    "kept": lambda decision, honest: decision.update(events=honest["events"]),
    "of another event": lambda decision, honest: decision.update(events="0" * 64),
    "empty": lambda decision, honest: decision.update(events=""),
}


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("kind", BESIDE_THE_CHAIN)
def test_the_head_of_the_events_alone_finds_a_record_that_is_not_the_one_on_notice(kind, head, tmp_path):
    """The forger keeps every event, so that opening, sealing and head stay as published, and may leave out of the
    decision where it stood among them.
    """
    roots, files = chain_kept(*BESIDE_THE_CHAIN[kind], tmp_path)
    decision = json.loads(files["decision.json"])
    HEADS[head](decision, json.loads((tmp_path / "honest" / "decision.json").read_text()))
    files["decision.json"] = text(decision)
    sign(tmp_path / "forged", files)
    assert found(tmp_path / "honest", None, roots["head"]) == ""
    assert found(tmp_path / "forged", None, roots["head"])
    assert found(tmp_path / "forged", [roots["opening"], roots["sealing"]], roots["head"])
    assert found(tmp_path / "forged")


def test_a_second_notice_after_the_published_head_is_found(tmp_path):
    """Every event up to the published head is kept; another record is put on notice behind it."""
    roots, files = chain_kept(*BESIDE_THE_CHAIN["an invented veto"], tmp_path)
    said = [json.loads(line) for line in files["events.jsonl"].splitlines()]
    decision = json.loads(files["decision.json"])
    files["decision.json"] = text({**decision, "events": said[-1]["hash"]})
    root = root_of({name: files[name] for name in FIXED})
    chain = chained([*(event["what"] for event in said), f"Public notice, record {root}", "已通报"])
    assert chain[len(said) - 1] == said[-1]
    files["events.jsonl"] = b"".join(text(event) for event in chain)
    sign(tmp_path / "forged", files)
    assert found(tmp_path / "forged", None, chain[-1]["hash"]) == ""
    assert found(tmp_path / "forged", None, roots["head"]).endswith("is of an event before the notice.")


def test_a_head_holds_with_events_behind_it_and_none_before_the_notice(tmp_path):
    """An honest recount after the commendation adds an event: what was noted on that day still holds."""
    roots = votes_alone().write(tmp_path / "book")
    files = opened(tmp_path / "book")
    said = [json.loads(line)["what"] for line in files["events.jsonl"].splitlines()]
    chain = chained([*said, "复核计票：结果一致", "已撤销：举报属实\x1b[2J"])
    files["events.jsonl"] = b"".join(text(event) for event in chain)
    sign(tmp_path / "book", files)
    done = run(tmp_path / "book", "--root", roots["record"], "--events", roots["head"])
    assert done.returncode == 0
    assert done.stdout.startswith(f"The record holds; its root is {roots['record']}.\n")
    assert "says '已撤销：举报属实\\x1b[2J'. Events after the published one: 2.\n" in done.stdout
    for place, event in enumerate(chain):
        on_notice = any(roots["record"] in before["what"] for before in chain[: place + 1])
        assert (found(tmp_path / "book", None, event["hash"]) == "") is on_notice
    # The tail cut off: the head tells, and without it the verifier says what it cannot know.
    files["events.jsonl"] = b"".join(text(event) for event in chain[:-3])
    sign(tmp_path / "book", files)
    assert "not the published" in found(tmp_path / "book", None, roots["head"])
    said_alone = run(tmp_path / "book", "--root", roots["record"]).stdout
    assert f"says '{chain[-4]['what']}'. Without --events, later ones may be missing.\n" in said_alone


def test_a_record_before_its_notice_holds_with_its_last_event(tmp_path):
    """The boxes are open, nothing is decided: no decision names a head, and none needs to."""
    book = all_at_once()
    book.decision = lambda result, base: {}
    book.write(tmp_path / "book")
    files = opened(tmp_path / "book")
    chain = [json.loads(line) for line in files["events.jsonl"].splitlines()][:-2]
    files["events.jsonl"] = b"".join(text(event) for event in chain)
    sign(tmp_path / "book", files)
    assert found(tmp_path / "book") == ""
    assert found(tmp_path / "book", None, chain[-1]["hash"]) == ""
    assert "before the notice" in found(tmp_path / "book", None, chain[-2]["hash"])


def rewritten(name, change):
    def forge(files):
        value = json.loads(files[name])
        change(value)
        files[name] = text(value)

    return forge


def receipts(number):
    return b"".join(f"{n:043d}\n".encode() for n in range(number))


def papers(out, back):
    def forge(files):
        roll = json.loads(files["roll.json"])
        issued = len(files["ballots.jsonl"].splitlines()) + out - back
        files["roll.json"] = text({**roll, "paper": {"handed_out": out, "returned": back}})
        files["receipts.txt"] = receipts(int(issued))

    return forge


IMPOSSIBLE = {
    "more papers than ballots": (papers(100_000, 100_000), "paper do not balance"),
    "more receipts than people": (papers(30, 10), "30 receipts, 20 people"),
    "half a paper": (papers(1.5, 1.5), "paper do not balance"),
    "true papers": (papers(True, True), "paper do not balance"),
    "fewer papers out than back": (papers(1, 2), "paper do not balance"),
    "a roll of 20.0": (rewritten("roll.json", lambda roll: roll.update(roll=20.0)), "add up"),
    "a box of 20.0": (rewritten("roll.json", lambda roll: roll.update(boxes={"staff": 20.0})), "add up"),
    "a root that is none": (rewritten("roll.json", lambda roll: roll.update(root="nothing")), "root of the roll"),
    "no root": (rewritten("roll.json", lambda roll: roll.update(root="")), "root of the roll"),
    "a list for a name": (rewritten("candidates.json", lambda rows: rows[0].update(name=["张"])), "not written as"),
    "an empty name": (rewritten("candidates.json", lambda rows: rows[0].update(name="")), "unnamed"),
    "a blank name": (rewritten("candidates.json", lambda rows: rows[0].update(name=" ")), "unnamed"),
    "a blank key": (rewritten("candidates.json", lambda rows: rows[0].update(key=" ")), "unnamed"),
}


@pytest.mark.parametrize("kind", IMPOSSIBLE)
def test_numbers_and_names_that_cannot_be_are_found_without_any_published_root(kind, tmp_path):
    forge, sentence = IMPOSSIBLE[kind]
    votes_alone().write(tmp_path / "book")
    files = opened(tmp_path / "book")
    forge(files)
    sign(tmp_path / "book", files)
    assert sentence in found(tmp_path / "book")


@pytest.mark.parametrize(
    ("name", "day"), [("votes alone", {"on": "1999-01-01"}), ("all at once", {"on": "2026-11-08"})]
)
@pytest.mark.parametrize("known_by", ["rules", "events"])
def test_nothing_is_decided_before_the_round_began(name, day, known_by, tmp_path):
    book = BOOKS[name]()
    if known_by == "rules":
        book.rules["recommendation_opens"] = "2026-11-09T01:00:00+00:00"
    book.write(tmp_path / "honest")
    assert found(tmp_path / "honest") == ""
    decided = book.decision
    book.decision = lambda result, base: {**decided(result, base), **day}
    book.write(tmp_path / "book")
    assert found(tmp_path / "book") == f"The decision is of {day['on']}, before the round began."


def test_no_meeting_was_held_before_the_round_began(tmp_path):
    book = all_at_once()
    book.meeting["held_on"] = "2025-11-10"
    book.write(tmp_path / "book")
    assert found(tmp_path / "book") == "The decision is of 2025-11-10, before the round began."


HUGE = "1e30000000"
HANGING = {
    "the least return": lambda rules: rules.update(least_return=HUGE),
    "the least share": lambda rules: rules.update(least_share=HUGE),
    "the weight of a box": lambda rules: rules["boxes"]["staff"].update(weight=HUGE),
    "the weight of a part": lambda rules: rules["components"][0].update(weight=HUGE),
    "the most bonus": lambda rules: rules["components"][3].update(most_bonus=HUGE),
    "the most deduction": lambda rules: rules["components"][3].update(most_deduction=HUGE),
    "points of a grade": lambda rules: rules["grade_points"].update(satisfied=HUGE),
    "digits of another script": lambda rules: rules.update(least_return="９"),
}


@pytest.mark.parametrize("kind", HANGING)
def test_no_number_of_the_rules_makes_the_verifier_think_for_ever(kind, tmp_path):
    all_at_once().write(tmp_path / "book")
    files = opened(tmp_path / "book")
    rewritten("rules.json", HANGING[kind])(files)
    sign(tmp_path / "book", files)
    assert run(tmp_path / "book").stdout.endswith("is no number.\n")


@pytest.mark.parametrize("name", ["roll.json", "manifest.json", "events.jsonl"])
def test_only_files_are_read(name, tmp_path):
    """A pipe nobody writes into would be read for ever, and so would a device."""
    votes_alone().write(tmp_path / "book")
    path = tmp_path / "book" / name
    path.unlink()
    os.mkfifo(path)
    assert run(tmp_path / "book").stdout == f"{name} is not a file.\n"
    path.unlink()
    path.symlink_to("/dev/zero")
    assert run(tmp_path / "book").stdout == f"{name} is not a file.\n"
    path.unlink()
    path.symlink_to("nowhere")
    assert run(tmp_path / "book").stdout == f"{name} is missing.\n"
