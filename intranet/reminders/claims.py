"""Claiming: whole letters, each for one sweep alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
import uuid
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from intranet import clock

from .channels import Channel
from .grouping import LARGEST, together
from .models import OutboxRow
from .querysets import OutboxQuerySet
from .registry import ReminderRule

# Rows a claim: no writer waits longer than half a second for the sweeper.
MOST = 2000
PATIENCE = 5.0  # seconds another sweep may take to claim
PAUSE = 0.02


class Candidate(NamedTuple):
    """What decides in which letter a row goes."""

    pk: int
    rule: str
    recipient_id: int
    due: dt.datetime
    next_try: dt.datetime | None
    leader_id: int | None


def claim(channel: Channel, rules: dict[str, ReminderRule], now: dt.datetime) -> list[OutboxRow]:
    """Take the next letters of a channel for this sweep alone; gives their rows, by rule, due and key.

    One sweep at a time claims on a channel, or two of them would each take a part of one letter. PostgreSQL: an
    advisory lock of the transaction. SQLite: the IMMEDIATE transaction is the lock. Rows that are claimed for the
    first time have ``first_claim`` set.
    """
    mine = uuid.uuid4()
    with transaction.atomic():
        if not _alone(channel.key):
            return []
        ready = OutboxRow.objects.deliverable(channel=channel.key, rules=rules, now=now)
        groups = _letters(channel, rules, ready.select_for_update(skip_locked=True))
        taken = [row for group in groups for row in group]
        if not taken:
            return []
        OutboxRow.objects.filter(pk__in=[row.pk for row in taken]).update(
            state=OutboxRow.State.CLAIMED,
            claim=mine,
            claimed_until=clock.real_now() + channel.hold,
            leader_id=Coalesce(F("leader_id"), F("pk")),
        )
        _follow([group for group in groups if len(group) > 1 and group[0].leader_id is None])
    return _rows(mine, new={row.pk for row in taken if row.leader_id is None})


def _letters(channel: Channel, rules: dict[str, ReminderRule], ready: OutboxQuerySet) -> list[list[Candidate]]:
    """The next whole letters, the one with the oldest row first."""
    heads = _candidates(ready, channel.batch)
    if not getattr(channel, "groups", False):
        return [[head] for head in heads]
    found: dict[tuple[Any, ...], list[Candidate]] = {}
    for head in heads:
        found.setdefault(together(rules[head.rule], head), [])
    # With less than a batch these are all there is.
    everybody = heads if len(heads) < channel.batch else _candidates(_of_same_letters(ready, heads))
    for row in everybody:
        group = found.get(together(rules[row.rule], row))
        if group is not None and len(group) < LARGEST:
            group.append(row)
    letters: list[list[Candidate]] = []
    for group in found.values():
        if letters and sum(map(len, letters)) + len(group) > MOST:
            break
        letters.append(group)
    return letters


def _candidates(ready: OutboxQuerySet, most: int | None = None) -> list[Candidate]:
    return [Candidate(*values) for values in ready.values_list(*Candidate._fields)[:most]]


def _of_same_letters(ready: OutboxQuerySet, heads: list[Candidate]) -> OutboxQuerySet:
    again = {head.leader_id for head in heads if head.leader_id is not None}
    fresh = [head for head in heads if head.leader_id is None]
    new = Q(
        leader=None,
        rule__in={head.rule for head in fresh},
        recipient__in={head.recipient_id for head in fresh},
    )
    return ready.filter(new | Q(leader__in=again))


def _follow(groups: list[list[Candidate]]) -> None:
    """Let the first row of each group lead the others. One statement: as an expression of the ORM, a CASE with an
    arm for each group takes longer than all the rest of a claim.
    """
    pairs = [number for group in groups for row in group[1:] for number in (row.pk, group[0].pk)]
    if not pairs:
        return
    table = connection.ops.quote_name(OutboxRow._meta.db_table)
    values = ", ".join(["(%s, %s)"] * (len(pairs) // 2))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH led (follower, leader) AS (VALUES {values}) "
            f"UPDATE {table} SET leader_id = led.leader FROM led WHERE {table}.id = led.follower",
            pairs,
        )


def _rows(mine: uuid.UUID, *, new: set[int]) -> list[OutboxRow]:
    """The claimed rows, each with its recipient, the recipient's preference and its leader, in three queries."""
    rows = list(OutboxRow.objects.held_by(mine).order_by("rule", "due", "pk"))
    people = get_user_model().objects.select_related("reminder_preference")
    recipients = people.in_bulk({row.recipient_id for row in rows})
    known = {row.pk: row for row in rows}
    led_elsewhere = {row.leader_id for row in rows if row.leader_id is not None} - set(known)
    if led_elsewhere:  # their leader was settled by itself
        known |= OutboxRow.objects.in_bulk(led_elsewhere)
    for row in rows:
        row.first_claim = row.pk in new
        row.recipient = recipients[row.recipient_id]
        row.leader = known.get(row.leader_id) if row.leader_id is not None else None
    return rows


def _alone(channel: str) -> bool:
    """Whether this transaction is the only one that claims on a channel; waits a few seconds for another."""
    if connection.vendor != "postgresql":
        return True
    number = int.from_bytes(hashlib.sha256(f"claim:{channel}".encode()).digest()[:8], "big", signed=True)
    stop = time.monotonic() + PATIENCE
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
            if cursor.fetchone()[0]:
                return True
        if time.monotonic() > stop:
            return False
        time.sleep(PAUSE)
