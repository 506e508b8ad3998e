"""The planner: turns what the rules say has become due into outbox rows."""

from __future__ import annotations

import datetime as dt
import logging

from django.contrib.auth import get_user_model
from django.db import transaction

from .grouping import Company
from .models import ClockMark, Hold, OutboxRow, RuleSetting, Wish
from .registry import Reminder, ReminderRule, reminder_rules
from .states import LEFT_OUT

logger = logging.getLogger(__name__)

# A rule seen for the first time is asked about this long before now, not about all of history.
FIRST_LOOK_BACK = dt.timedelta(days=1)
# Each run asks again about the last minutes: what was committed while the run before it read was
# invisible to that run. The unique key drops what is already planned.
OVERLAP = dt.timedelta(minutes=10)
# Rows a transaction: no writer waits longer than half a second for the planner.
CHUNK = 2000


def plan(now: dt.datetime) -> list[str]:
    """Plan everything due up to ``now``; gives the keys of the rules that failed.

    Each rule has its own mark, which moves with its last rows in one transaction: a rule that
    fails, or whose plug-in was out, is asked about the whole gap the next time. A clock that
    went back takes the mark back; what is asked about twice is planned once. Of a kind the hall has
    switched off nothing is planned, and what falls due meanwhile is not made up for.
    """
    failed = []
    marks = ClockMark.objects.under("planner")
    said = RuleSetting.objects.by_rule()
    for rule in reminder_rules().values():
        try:
            if said.sends(rule):
                _plan_rule(rule, marks.get(rule.key), now, mandatory=said.insists(rule))
            else:
                ClockMark.objects.reach({f"planner:{rule.key}": now})
        except Exception:
            logger.exception("The reminder rule %s could not be planned", rule.key)
            failed.append(rule.key)
    return failed


def _plan_rule(rule: ReminderRule, mark: dt.datetime | None, now: dt.datetime, *, mandatory: bool) -> None:
    start = now - FIRST_LOOK_BACK if mark is None else min(mark, now) - OVERLAP
    rows = _rows(rule, list(rule.due(start, now)), now, mandatory)
    last = max(len(rows) - 1, 0) // CHUNK * CHUNK
    for begin in range(0, last, CHUNK):
        OutboxRow.objects.bulk_create(rows[begin : begin + CHUNK], ignore_conflicts=True)
    with transaction.atomic():
        OutboxRow.objects.bulk_create(rows[last:], ignore_conflicts=True)
        ClockMark.objects.reach({f"planner:{rule.key}": now})


def _rows(rule: ReminderRule, reminders: list[Reminder], now: dt.datetime, mandatory: bool) -> list[OutboxRow]:
    """A row for each active recipient and channel; no mail for someone without an address or without the wish.

    What is no longer worth sending is written down as expired: the officer sees that it was missed.
    """
    if not reminders:
        return []
    addresses = dict(get_user_model().objects.filter(is_active=True).values_list("pk", "email"))
    without = set() if mandatory or "mail" not in rule.channels else Wish.objects.without_mail(rule.key)
    holds = Hold.objects.of(rule.key)
    company = Company(rule, reminders, now)
    return [
        OutboxRow(
            rule=rule.key,
            object=reminder.object,
            occasion=reminder.occasion,
            recipient_id=reminder.recipient,
            channel=channel,
            due=reminder.due,
            until=reminder.until,
            next_try=company.wait(reminder, channel),
            **_standing(reminder, holds.get((reminder.object, reminder.occasion)), now),
        )
        for reminder in reminders
        if reminder.recipient in addresses
        for channel in rule.channels
        if channel != "mail" or (addresses[reminder.recipient] and reminder.recipient not in without)
    ]


def _standing(reminder: Reminder, hold: str | None, now: dt.datetime) -> dict[str, str]:
    """The state a row begins in, and why."""
    if hold == Hold.Kind.SKIPPED:
        return {"state": OutboxRow.State.SKIPPED, "failure": LEFT_OUT}
    if reminder.until < now:
        return {"state": OutboxRow.State.EXPIRED}
    return {"state": OutboxRow.State.HELD if hold == Hold.Kind.HELD else OutboxRow.State.PLANNED}
