"""Killing workers, beat and broker while reminders go out: each row once, none lost, hardly a mail twice."""

from __future__ import annotations

import os
import random
from collections import Counter

import pytest
from django.db import connection
from django.db.models import Count

from intranet.reminders.models import InboxMessage, OutboxRow

from .reminding import PLANTS, SEED, WITHOUT_THE_CLAIM, garden, gardeners

FULL = os.environ.get("FULL") == "1"
REMINDERS = 10_000 if FULL else 400
KILLS = 50 if FULL else 6
KEY = ("rule", "object", "occasion", "recipient", "channel")

pytestmark = pytest.mark.xdist_group("killed reminders")


def doubled_rows() -> int:
    return OutboxRow.objects.values(*KEY).annotate(times=Count("pk")).filter(times__gt=1).count()


def all_sent(rows: int) -> bool:
    return OutboxRow.objects.filter(state="sent").count() >= rows == OutboxRow.objects.count()


@pytest.mark.parametrize("transport", ["files", "redis"])
def test_no_kill_loses_or_doubles_a_reminder(transport, own_database, tmp_path):
    gardeners(REMINDERS // PLANTS)
    draw = random.Random(SEED)
    with garden(own_database, tmp_path, redis=transport == "redis") as hall:
        victims = hall.killed_while_sending(REMINDERS, KILLS, draw)
        hall.wait(lambda: all_sent(2 * REMINDERS), "until all are sent")
        taken = Counter(hall.mail.noted("taken"))
    twice = sum(taken.values()) - len(taken)
    print(f"KILL_SEED={SEED} {transport}: {REMINDERS} reminders, killed {dict(victims)}, {twice} mails went twice")
    assert sum(victims.values()) == KILLS
    assert doubled_rows() == 0
    assert InboxMessage.objects.count() == REMINDERS
    assert set(taken) == {row.message_id for row in OutboxRow.objects.filter(channel="mail")}
    assert len(taken) == REMINDERS
    assert twice <= victims["worker"], "more than one mail too many for each killed worker"


@pytest.mark.control
def test_without_the_claim_the_count_would_notice(own_database, tmp_path):
    """Two workers and no kill at all, and still mails go twice."""
    gardeners(8)
    with garden(own_database, tmp_path, redis=False, more=WITHOUT_THE_CLAIM, pause=0.2) as hall:
        hall.wait(lambda: all_sent(2 * 8 * PLANTS), "until all are sent")
        taken = Counter(hall.mail.noted("taken"))
    assert sum(taken.values()) - len(taken) > 0


@pytest.mark.control
def test_without_the_unique_key_the_count_would_notice(own_database, tmp_path, monkeypatch):
    """What is asked for again by the next tick becomes a second row, and is told a second time."""
    [key] = OutboxRow._meta.constraints
    monkeypatch.setattr(OutboxRow._meta, "constraints", [])
    with connection.schema_editor() as editor:
        editor.remove_constraint(OutboxRow, key)
    gardeners(2)
    with garden(own_database, tmp_path, redis=False) as hall:
        hall.wait(lambda: OutboxRow.objects.filter(state="sent").count() > 2 * 2 * PLANTS, "until one is doubled")
    assert doubled_rows() > 0
