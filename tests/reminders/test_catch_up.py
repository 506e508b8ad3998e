"""After an outage, and with clocks that go wrong: what is still worth sending goes once, what is not is expired."""

import datetime as dt

import pytest
from django.core import mail

from intranet import clock
from intranet.reminders.models import InboxMessage, OutboxRow
from intranet.reminders.registry import Reminder
from intranet.reminders.services import tick
from intranet.workdays.recurrence import lunar_yearly, monthly, yearly

from .dummy import HOUR, MINUTE, DummyRule, registered

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def at(text):
    return clock.parse(text)


class Daily(DummyRule):
    """Reminds one person at half past eight of the days that ``days(first, last)`` gives, until the day is over."""

    def __init__(self, key, user, days):
        super().__init__(key)
        self.user, self.days = user, days

    def due(self, start, end):
        self.asked.append((start, end))
        for day in self.days(clock.day_of(start), clock.day_of(end)):
            due = clock.start_of(day, 8, 30)
            if start < due <= end:
                yield Reminder(f"dummy.day:{day}", "day", self.user.pk, due, clock.start_of(day + DAY))


def sent():
    rows = OutboxRow.objects.filter(state="sent", channel="mail").order_by("due")
    return [row.object.rpartition(":")[2] for row in rows]


def test_three_days_without_a_tick(member):
    """A birthday whose day is not over, a deadline that is still ahead, a notice that has run out: one, one, none."""
    birthday = Daily("dummy.birthday", member, lambda first, last: yearly(11, 27, first, last))
    deadline, notice = DummyRule("dummy.deadline"), DummyRule("dummy.notice")
    deadline.add(member, due=at("2026-11-25T08:30"), until=at("2026-11-30T17:30"))
    notice.add(member, due=at("2026-11-25T08:30"), until=at("2026-11-26T17:30"))
    with registered(birthday, deadline, notice):
        tick(at("2026-11-24T12:00"))
        back = at("2026-11-27T12:00")
        tick(back)
        tick(back)
        tick(back + MINUTE)
    outcome = dict(OutboxRow.objects.values_list("rule", "state"))
    assert outcome == {"dummy.birthday": "sent", "dummy.deadline": "sent", "dummy.notice": "expired"}
    assert len(mail.outbox) == InboxMessage.objects.count() == 2


def test_a_birthday_that_is_over_is_not_made_up_for(member):
    rule = Daily("dummy.birthday", member, lambda first, last: yearly(11, 26, first, last))
    with registered(rule):
        tick(at("2026-11-24T12:00"))
        tick(at("2026-11-27T12:00"))
    assert set(OutboxRow.objects.values_list("state", flat=True)) == {"expired"}
    assert not mail.outbox


def test_a_clock_set_back_sends_nothing_again(rule, member):
    rule.add(member, due=at("2026-11-24T10:00"), until=at("2026-12-24T10:00"))
    tick(at("2026-11-24T10:00"))
    for hours in (0, 1, 2, 3):
        tick(at("2026-11-24T08:00") + hours * HOUR)
    assert len(mail.outbox) == 1


def test_a_clock_set_back_loses_nothing(rule, member):
    """It ran a day ahead; what was entered for the hours that come a second time is told at its time."""
    tick(at("2026-11-25T10:00"))
    rule.add(member, due=at("2026-11-24T11:00"))
    tick(at("2026-11-24T10:00"))
    assert not mail.outbox
    tick(at("2026-11-24T11:00"))
    assert len(mail.outbox) == 1


def test_a_clock_that_jumps_ahead_asks_about_the_hours_between(rule, member):
    rule.add(member, due=at("2026-11-24T13:00"), until=at("2026-11-25T13:00"))
    tick(at("2026-11-24T10:00"))
    tick(at("2026-11-24T20:00"))
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("step", [dt.timedelta(hours=12), DAY, dt.timedelta(days=3)])
@pytest.mark.parametrize(
    ("days", "start", "end", "wanted"),
    [
        (lambda a, b: monthly(31, a, b), "2027-01-25", "2027-03-05", ["2027-01-31", "2027-02-28"]),
        (lambda a, b: yearly(2, 29, a, b), "2027-02-20", "2027-03-05", ["2027-02-28"]),
        (lambda a, b: yearly(2, 29, a, b), "2028-02-20", "2028-03-05", ["2028-02-29"]),
        (lambda a, b: lunar_yearly(12, 30, a, b), "2026-02-10", "2026-02-20", ["2026-02-16"]),
        (lambda a, b: yearly(1, 1, a, b), "2026-12-28", "2027-01-04", ["2027-01-01"]),
    ],
)
def test_odd_days_come_once_however_often_the_clock_ticks(member, days, start, end, wanted, step):
    rule = Daily("dummy.days", member, days)
    with registered(rule):
        now = at(f"{start}T12:00")
        while now <= at(f"{end}T12:00"):
            tick(now)
            now += step
    planned = OutboxRow.objects.filter(channel="mail").order_by("due").values_list("object", flat=True)
    assert [name.rpartition(":")[2] for name in planned] == wanted
    # With ticks three days apart some come too late and are written down as expired; none comes twice.
    assert len(mail.outbox) == len(sent()) <= len(wanted)
    if step < dt.timedelta(days=3):
        assert sent() == wanted
