"""What arrives as one letter: reminders of one kind to one person that fall due in the same hour, or on one day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from intranet import clock

from .models import OutboxRow
from .quiet import MARGIN
from .registry import Reminder, ReminderRule

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
# When the office opens: what came after a day's letter goes with the next one, then.
MORNING = (8, 30)
# Longer lists are hard to read; the rest makes a letter of its own.
LARGEST = 100


def hour_of(instant: dt.datetime) -> dt.datetime:
    """The beginning of the hour of the clock. The hall's zone differs from UTC by whole hours."""
    return instant.replace(minute=0, second=0, microsecond=0)


def together(rule: ReminderRule, row: Any) -> tuple[Any, ...]:
    """Rows with the same key go in one letter. A row that was claimed before stays in the letter of that time.

    ``row`` has pk, rule, recipient_id, due, next_try and leader_id. What was put off to one instant, by quiet hours
    for instance, falls due then.
    """
    if row.leader_id is not None:
        return ("again", row.leader_id)
    if not rule.grouped:
        return (row.pk,)
    if rule.grouped == "day":
        return (row.rule, row.recipient_id)
    return (row.rule, row.recipient_id, hour_of(max(row.due, row.next_try or row.due)))


class Company:
    """Which of the reminders that are due now wait for others of their letter.

    A reminder waits for the last one that its rule already knows to fall due in the same hour (on the same day), so
    that they arrive as one; what would come too late by then goes at once. Of a rule with one letter a day, what
    comes after today's letter waits for the next morning.
    """

    def __init__(self, rule: ReminderRule, reminders: list[Reminder], now: dt.datetime) -> None:
        self.begin, self.end = span_of(rule, now)
        self.last: dict[int, dt.datetime] = {}
        self.had: dict[str, set[int]] = defaultdict(set)
        self.next_morning = clock.start_of(clock.day_of(now) + DAY, *MORNING)
        if not rule.grouped or not any(reminder.due >= self.begin for reminder in reminders):
            return
        for one in rule.due(now, self.end):
            if now < one.due < self.end:
                self.last[one.recipient] = max(one.due, self.last.get(one.recipient, one.due))
        if rule.grouped == "day":
            gone = OutboxRow.objects.filter(rule=rule.key, state=OutboxRow.State.SENT, sent_at__gte=self.begin)
            for recipient, channel in gone.values_list("recipient_id", "channel"):
                self.had[channel].add(recipient)

    def wait(self, reminder: Reminder, channel: str) -> dt.datetime | None:
        """The instant before which the reminder does not go over a channel; None when it goes at once."""
        if reminder.due < self.begin:
            return None
        after = self.next_morning if reminder.recipient in self.had[channel] else self.last.get(reminder.recipient)
        return after if after is not None and after + MARGIN <= reminder.until else None


def span_of(rule: ReminderRule, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """The hour or the hall's day that holds ``now``: its beginning, and its end, which belongs to the next."""
    if rule.grouped == "day":
        day = clock.day_of(now)
        return clock.start_of(day), clock.start_of(day + DAY)
    return hour_of(now), hour_of(now) + HOUR
