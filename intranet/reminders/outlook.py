"""What will go out, what failed, and how one occasion went; for officers, who see numbers before names."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Max, Min, Q

from intranet import clock

from .models import Hold, OutboxRow, RuleSetting, RuleText
from .registry import Reminder, ReminderRule, reminder_rules
from .states import LEFT_OUT
from .texts import Words, write

logger = logging.getLogger(__name__)

AHEAD = dt.timedelta(days=14)
FAILED_SINCE = dt.timedelta(days=30)
State = OutboxRow.State
Key = tuple[str, str, str]


@dataclass
class Occasion:
    """One reminder to however many people. ``hold`` is "held", "skipped" or ""; ``about`` its subject, which is ""
    for kinds that are private.
    """

    rule: ReminderRule
    object: str
    occasion: str
    due: dt.datetime
    people: int
    hold: str = ""
    about: str = ""

    @property
    def key(self) -> Key:
        return (self.rule.key, self.object, self.occasion)

    @property
    def day(self) -> dt.date:
        return clock.day_of(self.due)


@dataclass
class Outlook:
    """The occasions by time; ``silent`` names the kinds whose rule could not answer, ``off`` those switched off."""

    occasions: list[Occasion] = field(default_factory=list)
    silent: list[ReminderRule] = field(default_factory=list)
    off: list[ReminderRule] = field(default_factory=list)


def what_will_go_out(now: dt.datetime, only: str = "") -> Outlook:
    """Everything that waits or falls due within a fortnight; ``only`` asks for a single rule.

    Queries: those of the rules, and a constant number beside them.
    """
    outlook = Outlook()
    said, words = RuleSetting.objects.by_rule(), RuleText.objects.words()
    rules = {key: rule for key, rule in reminder_rules().items() if not only or key == only}
    active = set(get_user_model().objects.filter(is_active=True).values_list("pk", flat=True))
    waiting = _waiting(rules, now)
    holds = {(hold.rule, hold.object, hold.occasion): hold.kind for hold in Hold.objects.filter(rule__in=rules)}
    for rule in rules.values():
        if not said.sends(rule):
            outlook.off.append(rule)
            continue
        try:
            outlook.occasions += _of_rule(rule, now, active, waiting, words)
        except Exception:
            logger.exception("The reminder rule %s could not say what is ahead", rule.key)
            outlook.silent.append(rule)
    for one in outlook.occasions:
        one.hold = holds.get(one.key, "")
    outlook.occasions.sort(key=lambda one: (one.due, str(one.rule.label), one.object))
    return outlook


def _waiting(rules: dict[str, ReminderRule], now: dt.datetime) -> dict[str, list[dict[str, Any]]]:
    """What stands in the outbox and is not gone, by rule; one query. What was left out can still be released."""
    left_out = Q(state=State.SKIPPED, failure=LEFT_OUT, until__gt=now)
    rows = OutboxRow.objects.filter(Q(state__in=[State.PLANNED, State.HELD, State.CLAIMED]) | left_out)
    found: dict[str, list[dict[str, Any]]] = {}
    grouped = rows.filter(rule__in=rules).values("rule", "object", "occasion")
    for row in grouped.annotate(
        due=Min("due"), until=Max("until"), someone=Min("recipient_id"), people=Count("recipient_id", distinct=True)
    ):
        found.setdefault(row["rule"], []).append(row)
    return found


def _of_rule(
    rule: ReminderRule,
    now: dt.datetime,
    active: set[int],
    waiting: dict[str, list[dict[str, Any]]],
    words: Words,
) -> list[Occasion]:
    samples: dict[tuple[str, str], Reminder] = {}
    people: Counter[tuple[str, str]] = Counter()
    for row in waiting.get(rule.key, []):
        name = (row["object"], row["occasion"])
        samples[name] = Reminder(*name, row["someone"], row["due"], row["until"])
        people[name] = row["people"]
    ahead: dict[tuple[str, str], set[int]] = {}
    for reminder in rule.due(now, now + AHEAD):
        if reminder.recipient in active:
            name = (reminder.object, reminder.occasion)
            ahead.setdefault(name, set()).add(reminder.recipient)
            samples.setdefault(name, reminder)
    for name, recipients in ahead.items():
        # What waits fell due before now, what is ahead does after it; few occasions have both.
        people[name] += len(recipients)
    abouts = _abouts(rule, list(samples.values()), words)
    return [
        Occasion(rule, object, occasion, sample.due, people[object, occasion], about=about)
        for ((object, occasion), sample), about in zip(samples.items(), abouts, strict=True)
    ]


def _abouts(rule: ReminderRule, samples: list[Reminder], words: Words) -> list[str]:
    """The subject of each occasion as one recipient gets it; nothing for private kinds."""
    if rule.private or not samples:
        return [""] * len(samples)
    return [" ".join(str(text.subject).split())[:200] for text in write(rule, samples, words)]


@dataclass(frozen=True)
class Failure:
    """So many messages of one occasion that were given up, and the neutral sentence why."""

    rule: ReminderRule | None
    key: Key
    reason: str
    count: int
    last: dt.datetime
    in_time: bool


def what_failed(now: dt.datetime) -> list[Failure]:
    """What was given up in the last thirty days, newest first; one query."""
    rules = reminder_rules()
    rows = OutboxRow.objects.filter(state=State.FAILED, due__gte=now - FAILED_SINCE)
    grouped = rows.values("rule", "object", "occasion", "failure")
    found = grouped.annotate(count=Count("pk"), last=Max("due"), until=Max("until")).order_by("-last", "rule")
    return [
        Failure(
            rules.get(row["rule"]),
            (row["rule"], row["object"], row["occasion"]),
            row["failure"],
            row["count"],
            row["last"],
            row["until"] >= now,
        )
        for row in found
    ]


def history(key: Key) -> list[dict[str, Any]]:
    """How an occasion went: channel, state, reason, how many, first and last time of sending; one query."""
    rows = OutboxRow.objects.of(*key).values("channel", "state", "failure")
    counted = rows.annotate(count=Count("pk"), first=Min("sent_at"), last=Max("sent_at"))
    return [{**row, "label": State(row["state"]).label} for row in counted.order_by("channel", "state", "failure")]


def may_see_names(user: Any, rule: ReminderRule) -> bool:
    """Whether this officer may see to whom a kind of reminder went; who has voted by then could be told from it."""
    return bool(rule.seen_by) and user.has_role(*rule.seen_by)
