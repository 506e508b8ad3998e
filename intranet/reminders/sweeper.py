"""The sweeper: claims what is due, asks whether it is still wanted, and hands it to its channel."""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from collections import Counter
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.utils import translation

from intranet import clock

from .channels import CHANNELS, NOT_WRITTEN, Channel, ChannelDown, try_again
from .letters import Letter
from .models import OutboxRow
from .registry import ReminderRule, reminder_rules

logger = logging.getLogger(__name__)

# Seconds after which a sweep begins nothing new on a channel: the next tick goes on.
LONGEST = 45.0


def sweep(now: dt.datetime) -> Counter[str]:
    """Deliver everything due and still worth it; gives how many rows ended in which state.

    Safe to run in several processes at once: each row is claimed by one of them, and a claim
    that outlives its process runs out.
    """
    rules = reminder_rules()
    outcome: Counter[str] = Counter()
    outdated = OutboxRow.objects.outdated(now).filter(rule__in=list(rules))
    if expired := outdated.settle(OutboxRow.State.EXPIRED):
        outcome[OutboxRow.State.EXPIRED] = expired
    for channel in CHANNELS.values():
        stop = time.monotonic() + LONGEST
        while time.monotonic() < stop and (batch := claim(channel, rules, now)):
            try:
                outcome += _deliver(channel, batch, rules, now, stop)
            except ChannelDown:
                break
    return outcome


def claim(channel: Channel, rules: dict[str, ReminderRule], now: dt.datetime) -> list[OutboxRow]:
    """Take the next batch of a channel for this sweep alone.

    PostgreSQL: locked rows are skipped, so that claimers do not wait for each other. SQLite: the
    IMMEDIATE transaction is the lock.
    """
    mine = uuid.uuid4()
    with transaction.atomic():
        ready = OutboxRow.objects.deliverable(channel=channel.key, rules=rules, now=now)
        keys = list(ready.select_for_update(skip_locked=True).values_list("pk", flat=True)[: channel.batch])
        if not keys:
            return []
        OutboxRow.objects.filter(pk__in=keys).update(
            state=OutboxRow.State.CLAIMED, claim=mine, claimed_until=clock.real_now() + channel.hold
        )
    return list(OutboxRow.objects.held_by(mine).select_related("recipient").order_by("rule", "due", "pk"))


def _deliver(
    channel: Channel, batch: list[OutboxRow], rules: dict[str, ReminderRule], now: dt.datetime, stop: float
) -> Counter[str]:
    outcome: Counter[str] = Counter()
    letters: list[Letter] = []
    for key, group in groupby(batch, key=lambda row: row.rule):
        rows = list(group)
        try:
            wanted = _wanted(rules[key], rows)
            letters += _letters(rules[key], wanted)
        except Exception:
            logger.exception("The reminder rule %s could not write its texts", key)
            outcome += try_again(rows, now, NOT_WRITTEN)
            continue
        outcome += _skip(rows, wanted)
    return outcome + channel.deliver(letters, now, stop)


def _wanted(rule: ReminderRule, rows: list[OutboxRow]) -> list[OutboxRow]:
    """The rows whose recipient is still active and for whom the rule still wants it."""
    active = [row for row in rows if row.recipient.is_active]
    if rule.still_wanted is None or not active:
        return active
    answers = rule.still_wanted([row.reminder for row in active])
    return [row for row, answer in zip(active, answers, strict=True) if answer]


def _letters(rule: ReminderRule, rows: list[OutboxRow]) -> list[Letter]:
    if not rows:
        return []
    # Everyone at a hall reads Chinese; a language of one's own comes with channel settings.
    with translation.override(settings.LANGUAGE_CODE):
        texts = rule.texts([row.reminder for row in rows])
        return [Letter.of(row, text) for row, text in zip(rows, texts, strict=True)]


def _skip(rows: list[OutboxRow], wanted: list[OutboxRow]) -> Counter[str]:
    keep = {row.pk for row in wanted}
    dropped = [row.pk for row in rows if row.pk not in keep]
    if not dropped:
        return Counter()
    held = OutboxRow.objects.filter(pk__in=dropped).held_by(rows[0].claim)
    return Counter({OutboxRow.State.SKIPPED: held.settle(OutboxRow.State.SKIPPED)})
