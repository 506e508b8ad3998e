"""The sweeper: claims what is due, asks whether it is still wanted, and hands it to its channel."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import Counter, defaultdict
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils import translation

from .channels import CHANNELS, Channel, ChannelDown, try_again
from .claims import claim
from .letters import Letter
from .models import OutboxRow, RuleSetting, RuleText, Wish
from .quiet import waits_until
from .registry import ReminderRule, reminder_rules
from .states import NOT_WRITTEN
from .texts import Words, write

logger = logging.getLogger(__name__)

# Seconds after which a sweep begins nothing new on a channel: the next tick goes on.
LONGEST = 45.0
# What stays on the site disturbs nobody; any other channel keeps quiet hours.
ON_SITE = "inbox"


def sweep(now: dt.datetime) -> Counter[str]:
    """Deliver everything due and still worth it; gives how many rows ended in which state.

    Safe to run in several processes at once: each row is claimed by one of them, and a claim
    that outlives its process runs out. Rows of a kind that the hall has switched off wait.
    """
    rules = reminder_rules()
    outcome: Counter[str] = Counter()
    outdated = OutboxRow.objects.outdated(now).filter(rule__in=list(rules))
    if expired := outdated.settle(OutboxRow.State.EXPIRED):
        outcome[OutboxRow.State.EXPIRED] = expired
    said = RuleSetting.objects.by_rule()
    rules = {key: rule for key, rule in rules.items() if said.sends(rule)}
    words = RuleText.objects.words()
    for channel in CHANNELS.values():
        stop = time.monotonic() + LONGEST
        while time.monotonic() < stop and (batch := claim(channel, rules, now)):
            try:
                outcome += _deliver(channel, batch, rules, words, now, stop)
            except ChannelDown:
                break
    return outcome


def _deliver(
    channel: Channel,
    batch: list[OutboxRow],
    rules: dict[str, ReminderRule],
    words: Words,
    now: dt.datetime,
    stop: float,
) -> Counter[str]:
    outcome: Counter[str] = Counter()
    letters: list[Letter] = []
    if channel.key != ON_SITE:
        batch = _outside_quiet_hours(batch, rules, now)
    for key, group in groupby(batch, key=lambda row: row.rule):
        rows = list(group)
        try:
            wanted = _wanted(rules[key], rows)
            letters += _letters(rules[key], wanted, words)
        except Exception:
            logger.exception("The reminder rule %s could not write its texts", key)
            outcome += try_again(rows, now, NOT_WRITTEN)
            continue
        outcome += _skip(rows, wanted)
    return outcome + channel.deliver(letters, now, stop)


def _outside_quiet_hours(batch: list[OutboxRow], rules: dict[str, ReminderRule], now: dt.datetime) -> list[OutboxRow]:
    """The rows that may leave the site now; the others wait until their reader's quiet hours end. This is no try."""
    waiting = {row.pk: over for row in batch if (over := _quiet_until(row, rules[row.rule], now))}
    if not waiting:
        return batch
    anyway = Wish.objects.at_once({row.recipient_id for row in batch if row.pk in waiting})
    late: dict[tuple[dt.datetime, bool], list[int]] = defaultdict(list)
    for row in batch:
        if row.pk in waiting and (row.recipient_id, row.rule) in anyway:
            del waiting[row.pk]
        elif row.pk in waiting:
            late[waiting[row.pk], row.first_claim].append(row.pk)
    for (over, never_sent), keys in late.items():
        # What never went may still be put together with others when the night is over.
        leader: dict[str, Any] = {"leader": None} if never_sent else {}
        held = OutboxRow.objects.filter(pk__in=keys).held_by(batch[0].claim)
        held.settle(OutboxRow.State.PLANNED, next_try=over, **leader)
    return [row for row in batch if row.pk not in waiting]


def _quiet_until(row: OutboxRow, rule: ReminderRule, now: dt.datetime) -> dt.datetime | None:
    preference = _preference(row)
    if preference is None or rule.essential:
        return None
    return waits_until(now, row.until, preference.quiet_from, preference.quiet_to)


def _preference(row: OutboxRow) -> Any:
    """The recipient's row, read together with the outbox row; None for who has said nothing."""
    return getattr(row.recipient, "reminder_preference", None)


def _wanted(rule: ReminderRule, rows: list[OutboxRow]) -> list[OutboxRow]:
    """The rows whose recipient is still active and for whom the rule still wants it."""
    active = [row for row in rows if row.recipient.is_active]
    if rule.still_wanted is None or not active:
        return active
    answers = rule.still_wanted([row.reminder for row in active])
    return [row for row, answer in zip(active, answers, strict=True) if answer]


def _letters(rule: ReminderRule, rows: list[OutboxRow], words: Words) -> list[Letter]:
    """The letters of one rule, each in its reader's language; the hall's for who has chosen none."""
    by_language: dict[str, list[OutboxRow]] = defaultdict(list)
    for row in rows:
        preference = _preference(row)
        by_language[(preference.language if preference else "") or settings.LANGUAGE_CODE].append(row)
    letters: list[Letter] = []
    for language, group in by_language.items():
        with translation.override(language):
            texts = write(rule, [row.reminder for row in group], words)
            single: dict[Any, list[Letter]] = defaultdict(list)
            for row, text in zip(group, texts, strict=True):
                single[row.leader_id or row.pk].append(Letter.of(row, text))
            letters += [Letter.together(rule.label, parts) for parts in single.values()]
    return letters


def _skip(rows: list[OutboxRow], wanted: list[OutboxRow]) -> Counter[str]:
    keep = {row.pk for row in wanted}
    dropped = [row.pk for row in rows if row.pk not in keep]
    if not dropped:
        return Counter()
    held = OutboxRow.objects.filter(pk__in=dropped).held_by(rows[0].claim)
    return Counter({OutboxRow.State.SKIPPED: held.settle(OutboxRow.State.SKIPPED)})
