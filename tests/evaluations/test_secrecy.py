"""Who voted for what? The attack of someone who holds the whole database, before and after sealing.

Every voter votes for a different set of candidates, so each envelope stands for one person and a guess
is right or wrong. By chance one guess in a round is right on average, with a variance of one: over
N rounds N ± 4·√N. The attacks are given every advantage: the true number of rows and all raw bytes.
Before sealing the same attacks must succeed, otherwise they would prove nothing afterwards.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import math
import os
import random
import re
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.views.debug import ExceptionReporter

from evaluations.models import Ballot, Candidate, Election, Mark, RollEntry
from evaluations.services import table_rewrite, voting
from evaluations.services.rounds import advance
from evaluations.tally import seal_choices
from intranet import clock

from .hall import DURING_VOTE, ENDS, entry, keys_of, make_award, make_hall, vote, voting_round

ROUNDS = 20
VOTERS = 200 if os.environ.get("FULL") == "1" else 30
ALLOWED = ROUNDS + 4 * math.sqrt(ROUNDS)
MARK, BALLOT = Mark._meta.db_table, Ballot._meta.db_table


class Vote:
    """A round of VOTERS, all with different ballots, cast in random order; ``truth`` is voter → envelope."""

    def __init__(self, seed: int, hall=None) -> None:
        self.chance = random.Random(seed)
        self.hall = hall or make_hall(VOTERS)
        award = make_award(self.hall, max_choices=4, months_at_hall=0)
        self.election = voting_round(self.hall, award, candidates=10)
        self.truth: dict[int, str] = {}
        # What somebody at the door of the hall has seen: who voted when.
        self.order: list[int] = []

    def cast(self) -> Vote:
        sets = list(itertools.combinations(keys_of(self.election), 4))
        choices = self.chance.sample(sets, VOTERS)
        voters = self.chance.sample(self.hall.staff, VOTERS)
        for user, chosen in zip(voters, choices, strict=True):
            vote(self.election, user, *chosen)
            voter = entry(self.election, user).pk
            self.truth[voter] = seal_choices(chosen)
            self.order.append(voter)
        return self

    def right(self, guesses: dict[int, str]) -> int:
        return sum(self.truth.get(voter) == envelope for voter, envelope in guesses.items())


def rows(statement: str, *arguments) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments or None)
        return cursor.fetchall()


# The attacks. Each takes the round and gives {entry: envelope}, joining the two tables by something hidden.


def by_place(election) -> dict[int, str]:
    """n-th mark ↔ n-th ballot in the tables' own order: rowid, ctid."""
    hidden = "ctid" if connection.vendor == "postgresql" else "rowid"
    marks = rows(f"SELECT entry_id FROM {MARK} WHERE election_id = %s ORDER BY {hidden}", election.pk)
    ballots = rows(f"SELECT envelope FROM {BALLOT} WHERE election_id = %s ORDER BY {hidden}", election.pk)
    return {mark: ballot for (mark,), (ballot,) in zip(marks, ballots, strict=True)}


def by_natural_order(election) -> dict[int, str]:
    """n-th ↔ n-th in the order in which a plain SELECT gives the rows."""
    marks = rows(f"SELECT entry_id FROM {MARK} WHERE +election_id = %s", election.pk)
    ballots = rows(f"SELECT envelope FROM {BALLOT} WHERE +election_id = %s", election.pk)
    return {mark: ballot for (mark,), (ballot,) in zip(marks, ballots, strict=True)}


def by_transaction(election) -> dict[int, str]:
    """Mark ↔ ballot written by the same transaction: PostgreSQL's xmin (guessing within it, if it is shared)."""
    marks = rows(f"SELECT xmin::text, entry_id FROM {MARK} WHERE election_id = %s ORDER BY ctid", election.pk)
    ballots = rows(f"SELECT xmin::text, envelope FROM {BALLOT} WHERE election_id = %s ORDER BY ctid", election.pk)
    return join_in_order(marks, ballots)


def by_lock_on_the_roll(election) -> dict[int, str]:
    """Entry ↔ ballot: the lock leaves the voting transaction's number in the roll's xmax."""
    roll = rows(
        "SELECT xmax::text, id FROM evaluations_rollentry WHERE election_id = %s AND xmax::text <> '0' "
        "ORDER BY xmax::text::bigint",
        election.pk,
    )
    ballots = rows(
        f"SELECT xmin::text, envelope FROM {BALLOT} WHERE election_id = %s ORDER BY xmin::text::bigint, ctid",
        election.pk,
    )
    together = join_in_order(roll, ballots)
    return together or {voter: envelope for (_x, voter), (_y, envelope) in zip(roll, ballots, strict=False)}


def join_in_order(left: list[tuple], right: list[tuple]) -> dict[int, str]:
    """Pairs of equal first column; several of the same are paired in order."""
    waiting: dict[str, list[str]] = {}
    for key, envelope in right:
        waiting.setdefault(key, []).append(envelope)
    return {voter: waiting[key].pop(0) for key, voter in left if waiting.get(key)}


def by_raw_pages(election) -> dict[int, str]:
    """Every tuple in the pages, dead ones too, joined by t_xmin (pageinspect)."""
    return join_in_order(raw_tuples(MARK, mark_of), raw_tuples(BALLOT, envelope_of))


def raw_tuples(table: str, read) -> list[tuple]:
    (pages,) = rows("SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int", table)[0]
    found = []
    for page in range(pages):
        items = rows("SELECT t_xmin::text, t_data FROM heap_page_items(get_raw_page(%s, %s))", table, page)
        found += [(xmin, read(bytes(data))) for xmin, data in items if data is not None]
    return found


def mark_of(data: bytes) -> int:
    """id uuid, receipt varchar, election_id bigint, entry_id bigint, on_paper boolean: eight before the last byte."""
    return int.from_bytes(data[-9:-1], "little")


ENVELOPE = re.compile(rb'\{"choices":\[[^\]]*\]\}')


def envelope_of(data: bytes) -> str:
    found = ENVELOPE.search(data)
    return found.group().decode() if found else ""


def in_the_file(election) -> dict[int, str]:
    """SQLite: receipts and envelopes in the order of their bytes, in the log first, then in the file."""
    receipts = dict(Mark.objects.filter(election=election).values_list("receipt", "entry_id"))
    envelopes = set(Ballot.objects.filter(election=election).values_list("envelope", flat=True))
    path = Path(connection.settings_dict["NAME"])
    log = path.with_name(path.name + "-wal")
    guesses: dict[int, str] = {}
    for content in (log.read_bytes() if log.exists() else b"", path.read_bytes()):
        marks = first_seen(content, rb"[A-Za-z0-9_-]{43}", receipts)
        ballots = first_seen(content, ENVELOPE.pattern, envelopes)
        for receipt, envelope in zip(marks, ballots, strict=False):
            guesses.setdefault(receipts[receipt], envelope)
    return guesses


def first_seen(content: bytes, pattern: bytes, known) -> list[str]:
    """Known texts in the order in which copies of them first appear, overlapping matches included."""
    seen: dict[str, None] = {}
    for match in re.finditer(rb"(?=(" + pattern + rb"))", content):
        text = match.group(1).decode("ascii", "replace")
        if text in known:
            seen.setdefault(text)
    return list(seen)


def page_versions(content: bytes) -> list[bytes]:
    """The frames of a write-ahead log, each a page as it was after some transaction."""
    if len(content) < 32:
        return []
    size = int.from_bytes(content[8:12], "big")
    return [content[at + 24 : at + 24 + size] for at in range(32, len(content) - 23, 24 + size)]


def in_the_log(election) -> dict[int, str]:
    """SQLite: each commit added one receipt and one envelope to some page: compare versions one by one."""
    receipts = dict(Mark.objects.filter(election=election).values_list("receipt", "entry_id"))
    envelopes = set(Ballot.objects.filter(election=election).values_list("envelope", flat=True))
    path = Path(connection.settings_dict["NAME"])
    log = path.with_name(path.name + "-wal")
    frames = page_versions(log.read_bytes() if log.exists() else b"")
    marks: dict[str, None] = {}
    ballots: dict[str, None] = {}
    for frame in frames:
        for receipt in first_seen(frame, rb"[A-Za-z0-9_-]{43}", receipts):
            marks.setdefault(receipt)
        for envelope in first_seen(frame, ENVELOPE.pattern, envelopes):
            ballots.setdefault(envelope)
    return {receipts[mark]: ballot for mark, ballot in zip(marks, ballots, strict=False)}


def by_onlooker(order: list[int], election) -> dict[str, dict[int, str]]:
    """Links of somebody who saw the order of voting, by every order the ballots' table can be put in."""
    hidden = "ctid" if connection.vendor == "postgresql" else "rowid"
    statements = {
        "place": f"SELECT envelope FROM {BALLOT} WHERE election_id = %s ORDER BY {hidden}",
        "natural": f"SELECT envelope FROM {BALLOT} WHERE +election_id = %s",
        "key": f"SELECT envelope FROM {BALLOT} WHERE election_id = %s ORDER BY id",
    }
    return {
        name: dict(zip(order, (text for (text,) in rows(statement, election.pk)), strict=True))
        for name, statement in statements.items()
    }


ATTACKS = {
    "postgresql": [by_place, by_natural_order, by_transaction, by_lock_on_the_roll, by_raw_pages],
    "sqlite": [by_place, by_natural_order, in_the_log, in_the_file],
}


def attacks():
    return ATTACKS[connection.vendor]


@pytest.fixture
def open_log(own_database):
    """PostgreSQL: may read raw pages. SQLite: keeps the log from being folded away between commits."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pageinspect")
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint = 0")
    return own_database


def test_before_sealing_the_attacks_link_nearly_all_after_sealing_only_chance(open_log, capsys):
    before = dict.fromkeys([attack.__name__ for attack in attacks()], 0)
    after = dict(before)
    hall = make_hall(VOTERS)
    for seed in range(ROUNDS):
        vote_of_round = Vote(seed, hall).cast()
        election = vote_of_round.election
        for attack in attacks():
            before[attack.__name__] += vote_of_round.right(attack(election))
        advance(ENDS)
        election.refresh_from_db()
        assert election.phase == "sealed"
        for attack in attacks():
            after[attack.__name__] += vote_of_round.right(attack(election))
    with capsys.disabled():
        total = ROUNDS * VOTERS
        print(f"\n{connection.vendor}: of {total} ballots linked, chance {ROUNDS}, allowed {ALLOWED:.1f}")
        for name, links in before.items():
            print(f"  {name}: before sealing {links}, after {after[name]}")
    for name, links in before.items():
        assert links >= 0.9 * ROUNDS * VOTERS, f"{name} is too weak to prove anything"
        assert after[name] <= ALLOWED, f"{name} still links ballots to voters"


def test_who_saw_the_order_of_voting_links_before_sealing_and_guesses_after(own_database):
    before, after = Counter(), Counter()
    hall = make_hall(VOTERS)
    for seed in range(ROUNDS):
        seen = Vote(100 + seed, hall).cast()
        for name, guesses in by_onlooker(seen.order, seen.election).items():
            before[name] += seen.right(guesses)
        advance(ENDS)
        for name, guesses in by_onlooker(seen.order, seen.election).items():
            after[name] += seen.right(guesses)
    assert before["place"] == ROUNDS * VOTERS
    # The keys are random: they never gave the order.
    assert before["key"] <= ALLOWED
    assert all(number <= ALLOWED for number in after.values()), after


@pytest.mark.django_db
def test_keys_are_random_and_hold_no_time():
    hall = make_hall(4)
    election = voting_round(hall)
    for user in hall.staff:
        vote(election, user, keys_of(election)[0])
    for model in (Mark, Ballot):
        assert {row.pk.version for row in model.objects.all()} == {4}


@pytest.mark.control
def test_without_the_new_tables_the_attacks_go_on_linking(open_log, monkeypatch):
    monkeypatch.setattr(table_rewrite, "rewrite", lambda: None)
    vote_of_round = Vote(1).cast()
    advance(ENDS)
    assert vote_of_round.right(by_place(vote_of_round.election)) == VOTERS


@pytest.mark.control
def test_without_the_clean_up_the_log_or_the_dead_rows_go_on_linking(open_log, monkeypatch):
    """And with DELETE and INSERT instead of new tables, PostgreSQL's pages keep what was there."""
    monkeypatch.setattr(table_rewrite, "clean_up", lambda: None)
    if connection.vendor == "postgresql":
        monkeypatch.setattr(table_rewrite, "rewrite", in_place)
    vote_of_round = Vote(1).cast()
    with somebody_who_reads():
        advance(ENDS)
        attack = by_raw_pages if connection.vendor == "postgresql" else in_the_log
        assert vote_of_round.right(attack(vote_of_round.election)) >= 0.9 * VOTERS


@contextlib.contextmanager
def somebody_who_reads():
    """PostgreSQL: a report that runs on. Otherwise whoever next reads a full page clears its dead rows by the way."""
    if connection.vendor != "postgresql":
        yield
        return
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT 1 FROM pg_class LIMIT 1")
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def in_place() -> None:
    with connection.cursor() as cursor:
        for table, order in table_rewrite.orders().items():
            cursor.execute(f"CREATE TEMP TABLE aside AS SELECT * FROM {table} ORDER BY {order}")
            cursor.execute(f"DELETE FROM {table}")
            cursor.execute(f"INSERT INTO {table} SELECT * FROM aside")
            cursor.execute("DROP TABLE aside")


def shape() -> list:
    """Columns, defaults, constraints and indexes of both tables, by name."""
    found = []
    with connection.cursor() as cursor:
        for table in (MARK, BALLOT):
            if connection.vendor == "sqlite":
                found += rows("SELECT type, name, sql FROM sqlite_master WHERE tbl_name = %s ORDER BY 1, 2", table)
                continue
            found += rows(
                "SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns "
                "WHERE table_name = %s ORDER BY ordinal_position",
                table,
            )
            found += rows("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s ORDER BY 1", table)
            found += rows(
                "SELECT attname, attstattarget FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
                table,
            )
        found.append(sorted(connection.introspection.get_constraints(cursor, MARK)))
        found.append(sorted(connection.introspection.get_constraints(cursor, BALLOT)))
    return found


def test_sealing_leaves_the_tables_as_migrations_made_them(own_database):
    vote_of_round = Vote(3).cast()
    before, contents = shape(), contents_of(vote_of_round.election)
    advance(ENDS)
    assert shape() == before
    assert contents_of(vote_of_round.election) == contents
    call_command("makemigrations", "evaluations", check=True, dry_run=True, verbosity=0)


def noted_by_the_planner() -> list:
    """What an ANALYZE leaves among PostgreSQL's statistics of both tables: the commonest and other values."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {MARK}, {BALLOT}")
    return rows(
        "SELECT tablename, attname, most_common_vals::text, histogram_bounds::text FROM pg_stats "
        "WHERE tablename = %s OR tablename = %s",
        MARK,
        BALLOT,
    )


def test_an_analyze_during_the_vote_notes_no_ballot(own_database):
    """Autovacuum makes one of itself; its dead rows would outlive the tables. SQLite keeps no values."""
    vote_of_round = Vote(1).cast()
    if connection.vendor == "sqlite":
        assert not rows("SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_stat%%'")
        return
    assert noted_by_the_planner() == []
    advance(ENDS)
    vote_of_round.election.refresh_from_db()
    assert vote_of_round.election.sealed_at is not None
    assert noted_by_the_planner() == []


@pytest.mark.control
def test_where_it_may_note_them_it_tells_ballots(own_database):
    if connection.vendor == "sqlite":
        return
    vote_of_round = Vote(1).cast()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {BALLOT} ALTER COLUMN envelope SET STATISTICS 100")
    noted = str(noted_by_the_planner())
    assert all(key in noted for key in keys_of(vote_of_round.election))


def contents_of(election) -> tuple:
    marks = set(Mark.objects.filter(election=election).values_list("pk", "entry", "receipt"))
    return marks, set(Ballot.objects.filter(election=election).values_list("pk", "box", "envelope"))


def test_after_sealing_rows_lie_in_the_order_of_their_content(own_database):
    vote_of_round = Vote(4).cast()
    advance(ENDS)
    hidden = "ctid" if connection.vendor == "postgresql" else "rowid"
    marks = [pk for (pk,) in rows(f"SELECT entry_id FROM {MARK} ORDER BY {hidden}")]
    ballots = [text for (text,) in rows(f"SELECT envelope FROM {BALLOT} ORDER BY {hidden}")]
    assert marks == sorted(marks)
    assert set(marks) == set(vote_of_round.truth)
    order = rows(f"SELECT envelope FROM {BALLOT} ORDER BY election_id, box, envelope, id")
    assert ballots == [text for (text,) in order]


def test_sealing_one_round_leaves_another_open_one_whole(own_database):
    sealed, running = Vote(5).cast(), Vote(6)
    Election.objects.filter(pk=running.election.pk).update(voting_closes=clock.parse("2026-11-20T17:30"))
    advance(ENDS)
    running.cast()
    sealed.election.refresh_from_db()
    running.election.refresh_from_db()
    assert (sealed.election.phase, running.election.phase) == ("sealed", "voting")
    assert voting.turnout(running.election) == (VOTERS, running.election.roll_size)
    assert sealed.election.result["ballots"] == VOTERS


def test_a_round_broken_off_is_sealed_too_and_never_counted(own_database):
    from evaluations.services import rounds

    vote_of_round = Vote(7).cast()
    with clock.at(DURING_VOTE):
        rounds.cancel(election=vote_of_round.election, reason="名单有误", by=vote_of_round.hall.officer)
    assert vote_of_round.right(by_place(vote_of_round.election)) == VOTERS
    advance(DURING_VOTE)
    election = Election.objects.get(pk=vote_of_round.election.pk)
    assert (election.phase, election.sealed_at, election.result) == ("cancelled", DURING_VOTE, {})
    assert vote_of_round.right(by_place(election)) <= 1 + 4
    events = list(election.events.values_list("what", flat=True))
    advance(ENDS)
    assert list(election.events.values_list("what", flat=True)) == events


# What casting a ballot leaves elsewhere: nothing.


def test_no_other_table_changes_when_a_ballot_is_cast(own_database):
    hall = make_hall(4)
    election = voting_round(hall)

    def sizes():
        return {name: rows(f'SELECT count(*) FROM "{name}"')[0][0] for name in connection.introspection.table_names()}

    before = sizes()
    vote(election, hall.staff[0], keys_of(election)[0])
    changed = {table: number - before[table] for table, number in sizes().items() if number != before[table]}
    assert changed == {MARK: 1, BALLOT: 1}


def contents(leave_out: tuple[str, ...] = ()) -> dict[str, str]:
    """Every row of every table as text."""
    names = [name for name in connection.introspection.table_names() if name not in leave_out]
    return {name: repr(sorted(map(repr, rows(f'SELECT * FROM "{name}"')))) for name in names}


def test_a_ballot_sent_from_a_page_leaves_nothing_but_its_two_rows(own_database, client, mailoutbox, settings):
    """Sessions, caches, queues, mails, logs and files: what is there before the ballot is sent is there after."""
    hall = make_hall(4)
    election = voting_round(hall)
    key, voter = keys_of(election)[0], hall.staff[3]
    client.force_login(voter)
    address = f"/awards/{election.slug}/vote/"
    with clock.at(DURING_VOTE):
        client.get(address)
        session = client.session.items()
        before = contents((MARK, BALLOT))
        receipt = voting.new_receipt()
        assert client.post(address, {"choice": key, "receipt": receipt}).status_code == 303
        client.get(address)
    assert contents((MARK, BALLOT)) == before
    assert list(client.session.items()) == list(session)
    assert mailoutbox == []
    envelope = seal_choices([key])
    for path in Path(settings.VAR_DIR).rglob("*"):
        if path.is_file() and path.suffix not in (".sqlite3", ".sqlite3-wal"):
            content = path.read_bytes()
            assert receipt.encode() not in content, path
            assert envelope.encode() not in content, path


def test_nothing_of_a_ballot_is_logged_or_signalled(db, caplog):
    from django.db.models.signals import post_save, pre_save

    hall = make_hall(4)
    election = voting_round(hall)
    key, heard = keys_of(election)[0], []

    def listen(sender, **_more):
        heard.append(sender)

    pre_save.connect(listen)
    post_save.connect(listen)
    try:
        with caplog.at_level(logging.DEBUG):
            logging.getLogger("django.db.backends").setLevel(logging.INFO)
            receipt = vote(election, hall.staff[0], key)
    finally:
        pre_save.disconnect(listen)
        post_save.disconnect(listen)
    assert heard == []
    assert key not in caplog.text
    assert receipt not in caplog.text


def test_an_error_report_shows_neither_choices_nor_receipt(db, monkeypatch, settings, rf):
    import sys

    settings.DEBUG = False
    hall = make_hall(4)
    election = voting_round(hall)
    key, receipt = keys_of(election)[0], voting.new_receipt()

    def fail(cursor, voter, envelope):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(voting, "_write_ballot", fail)
    try:
        with clock.at(DURING_VOTE):
            voting.cast_ballot(election=election, user=hall.staff[0], choices=[key], receipt=receipt)
    except RuntimeError:
        report = ExceptionReporter(rf.post("/"), *sys.exc_info())
        frames = [frame for frame in report.get_traceback_frames() if "services/voting" in frame["filename"]]
        assert frames
        shown = repr([frame["vars"] for frame in frames])
        assert key not in shown
        assert receipt not in shown
    else:
        pytest.fail("the failing ballot did not fail")


def test_the_tables_share_no_column_but_the_round():
    columns = [{field.attname for field in model._meta.concrete_fields} for model in (Mark, Ballot)]
    assert columns[0] & columns[1] == {"id", "election_id"}
    for model in (Mark, Ballot):
        assert model.wagtail_reference_index_ignore is True
        assert model._meta.pk.default().version == 4
        assert not any(field.get_internal_type().startswith("Date") for field in model._meta.concrete_fields)
    assert not hasattr(Ballot, "search_fields")


def test_candidates_and_roll_give_their_text_to_nobody():
    assert str(RollEntry(pk=5, name="张三")).endswith(" 5")
    assert Candidate.wagtail_reference_index_ignore is True
