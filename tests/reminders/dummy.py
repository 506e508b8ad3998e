"""A rule and jobs for tests: what a plug-in would register."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack, contextmanager

from wagtail import hooks

from intranet.reminders.registry import ClockJob, Reminder, ReminderRule, Text

MORNING = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


class DummyRule:
    """Reminds of a list that the test fills; remembers what it was asked."""

    def __init__(self, key: str = "dummy.watering", channels: tuple[str, ...] = ("inbox", "mail")) -> None:
        self.key, self.channels = key, channels
        self.reminders: list[Reminder] = []
        self.asked: list[tuple[dt.datetime, dt.datetime]] = []
        self.unwanted: set[str] = set()
        self.url = "/inbox/"
        self.broken = False
        self.grouped = "hour"
        self.more: dict = {}

    def add(self, user, due=MORNING, until=None, object="dummy.plant:1", occasion="dry") -> Reminder:
        reminder = Reminder(object, occasion, user.pk, due, until or due + dt.timedelta(days=1))
        self.reminders.append(reminder)
        return reminder

    def due(self, start, end):
        self.asked.append((start, end))
        return [reminder for reminder in self.reminders if start < reminder.due <= end]

    def texts(self, reminders):
        if self.broken:
            raise RuntimeError("no words")
        return [
            Text(f"请给花浇水\n{reminder.object}", f"该浇水了:{reminder.occasion}", self.url)
            for reminder in reminders
        ]

    def still_wanted(self, reminders):
        return [reminder.object not in self.unwanted for reminder in reminders]

    @property
    def rule(self) -> ReminderRule:
        words = {} if "filled" in self.more else {"texts": self.texts}
        given = {"channels": self.channels, "still_wanted": self.still_wanted, "grouped": self.grouped}
        return ReminderRule(self.key, "浇水", self.due, **words, **given, **self.more)


@contextmanager
def registered(*items):
    """Rules and jobs put in for the length of the block."""
    with ExitStack() as stack:
        for item in items:
            if isinstance(item, ClockJob):
                stack.enter_context(hooks.register_temporarily("register_clock_job", lambda item=item: item))
            else:
                stack.enter_context(hooks.register_temporarily("register_reminder_rule", lambda item=item: item.rule))
        yield
