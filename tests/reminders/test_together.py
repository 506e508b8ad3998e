"""Two ticks at once, and what happens when the guards are off."""

import contextlib
import threading
from collections import Counter

import pytest
from django.core import mail
from django.db import connection

from intranet.reminders import claims, services, sweeper
from intranet.reminders.models import InboxMessage, OutboxRow
from intranet.reminders.planner import plan
from intranet.reminders.querysets import OutboxQuerySet
from intranet.reminders.registry import ClockJob, reminder_rules
from intranet.reminders.single import holding
from tests.machine import PATIENCE
from tests.people_of_the_hall import make_user
from tests.together import together

from .dummy import MORNING, DummyRule, registered

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture
def garden():
    """A rule with 60 reminders due."""
    rule = DummyRule()
    users = [make_user(person=False, email=f"u{number}@hall.test") for number in range(20)]
    for user in users:
        for plant in range(3):
            rule.add(user, object=f"dummy.plant:{plant}")
    with registered(rule):
        yield rule


def test_ticks_at_once_send_each_row_once(garden):
    together(4, lambda number: services.tick(MORNING))
    services.tick(MORNING)
    assert OutboxRow.objects.filter(state="sent", tries=1).count() == OutboxRow.objects.count() == 120
    assert InboxMessage.objects.count() == 20
    identities = Counter(message.extra_headers["Message-ID"] for message in mail.outbox)
    assert set(identities.values()) == {1}
    rows = OutboxRow.objects.filter(channel="mail").select_related("leader")
    assert Counter(row.message_id for row in rows) == dict.fromkeys(identities, 3)


@pytest.mark.control
def test_without_the_claim_mails_go_twice(garden, monkeypatch):
    """Both sweeps read the first batch before either sends, and neither asks whose rows these are."""
    garden.channels = ("mail",)
    plan(MORNING)
    both_have_read, waited = threading.Barrier(2), set()

    def unguarded(channel, rules, now):
        rows = list(OutboxRow.objects.deliverable(channel=channel.key, rules=rules, now=now)[: channel.batch])
        if channel.key == "mail" and threading.get_ident() not in waited:
            waited.add(threading.get_ident())
            both_have_read.wait(timeout=PATIENCE)
        return rows

    monkeypatch.setattr(sweeper, "claim", unguarded)
    monkeypatch.setattr(OutboxQuerySet, "held_by", lambda rows, claim: rows)
    together(2, lambda number: sweeper.sweep(MORNING))
    identities = Counter(message.extra_headers["Message-ID"] for message in mail.outbox)
    assert len(identities) == 60
    assert max(identities.values()) == 2


def claimed_at_once(monkeypatch):
    """How many letters each reader's rows went into, when two sweeps claim at the same moment.

    Each sweep takes the oldest row it can get, and only then looks for the others of its letter.
    """
    monkeypatch.setattr(sweeper.CHANNELS["mail"], "batch", 1)
    plan(MORNING)
    both_have_heads, look = threading.Barrier(2), claims._candidates

    def with_company(ready, most=None):
        found = look(ready, most)
        if most is not None:
            with contextlib.suppress(threading.BrokenBarrierError):
                both_have_heads.wait(timeout=2)
        return found

    monkeypatch.setattr(claims, "_candidates", with_company)
    rules = reminder_rules()
    together(2, lambda number: claims.claim(sweeper.CHANNELS["mail"], rules, MORNING))
    claimed = OutboxRow.objects.filter(state="claimed").values_list("recipient", "leader").distinct()
    return Counter(recipient for recipient, leader in claimed)


def test_claims_at_once_tear_no_letter(garden, monkeypatch):
    garden.channels = ("mail",)
    assert set(claimed_at_once(monkeypatch).values()) == {1}
    assert OutboxRow.objects.filter(state="claimed").count() in (3, 6)


@pytest.mark.control
def test_without_the_lock_of_claims_a_letter_is_torn(garden, monkeypatch):
    """On SQLite the IMMEDIATE transaction is that lock, and there is no other to take away."""
    garden.channels = ("mail",)
    monkeypatch.setattr(claims, "_alone", lambda channel: True)
    torn = max(claimed_at_once(monkeypatch).values()) > 1
    assert torn == (connection.vendor == "postgresql")


def test_planners_at_once_plan_each_row_once(garden):
    together(3, lambda number: plan(MORNING))
    assert OutboxRow.objects.count() == 120


@pytest.mark.control
def test_without_the_unique_key_rows_double(garden, monkeypatch):
    [key] = OutboxRow._meta.constraints
    monkeypatch.setattr(OutboxRow._meta, "constraints", [])
    with connection.schema_editor() as editor:
        editor.remove_constraint(OutboxRow, key)
    plan(MORNING)
    plan(MORNING)
    assert OutboxRow.objects.count() == 240


def overlapping_job(log, stay):
    """A job that notes how many are inside it, and stays ``stay`` seconds or until it has company."""
    inside, company = [], threading.Event()

    def run(now):
        inside.append(1)
        log.append(len(inside))
        if len(inside) > 1:
            company.set()
        company.wait(stay)
        inside.pop()

    return ClockJob("dummy.slow", run)


def test_one_tick_at_a_time_runs_jobs():
    log: list[int] = []
    with registered(overlapping_job(log, 0.3)):
        together(3, lambda number: services.tick(MORNING))
    assert set(log) == {1}


@pytest.mark.control
def test_without_the_lock_jobs_overlap(monkeypatch):
    from contextlib import contextmanager

    @contextmanager
    def open_to_all(name, *, wait):
        yield True

    monkeypatch.setattr(services, "holding", open_to_all)
    log: list[int] = []
    with registered(overlapping_job(log, PATIENCE)):
        together(3, lambda number: services.tick(MORNING))
    assert max(log) > 1


def test_a_tick_beside_another_leaves_the_jobs_to_it_and_does_not_count():
    from intranet.reminders.models import ClockMark

    log = []
    seen = []
    with registered(ClockJob("dummy.job", log.append)), holding("tick") as held:
        assert held
        together(1, lambda number: seen.append(services.tick(MORNING).led))
    assert (seen, log) == ([False], [])
    assert not ClockMark.objects.filter(key="tick").exists()


def test_the_lock_is_free_again_and_one_for_each_name():
    with holding("tick") as first, holding("other") as second:
        assert first
        assert second
    with holding("tick") as again:
        assert again
