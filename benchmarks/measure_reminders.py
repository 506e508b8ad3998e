"""Planning many reminders at once, planning with a long history, and delivering to inboxes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from wagtail import hooks

from intranet.access.models import User
from intranet.reminders.models import ClockMark, OutboxRow
from intranet.reminders.planner import plan
from intranet.reminders.registry import Reminder, ReminderRule, Text
from intranet.reminders.sweeper import sweep

from .registry import Figure, benchmark, size
from .stopwatch import seconds, statements

REMINDERS = size(3_000, 10_000)
HISTORY = size(2_000, 10_000)
PEOPLE = size(1_000, 1_000, 30)
TURNS = 3
NOW = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
RULE = "bench.watering"
OBJECT = "bench.plant:"


@contextmanager
def hall(number: int) -> Iterator[None]:
    """Many people and one rule, which has so many reminders due now; the rules of the house stay out."""
    User.objects.bulk_create(
        [User(username=f"bench{n}", name=f"某{n}", password="!") for n in range(PEOPLE)], batch_size=500
    )

    def due(start: dt.datetime, end: dt.datetime) -> list[Reminder]:
        people = list(User.objects.filter(username__startswith="bench").order_by("pk").values_list("pk", flat=True))
        about = (number + PEOPLE - 1) // PEOPLE
        found = [Reminder(f"{OBJECT}{n}", "dry", pk, NOW, NOW + DAY) for n in range(about) for pk in people]
        return found[:number] if start < NOW <= end else []

    def texts(reminders: list[Reminder]) -> list[Text]:
        return [Text("请给花浇水", f"该浇水了:{reminder.object}", "/inbox/") for reminder in reminders]

    rule = ReminderRule(RULE, "浇水", due, texts, ("inbox",))
    hooks.get_hooks("register_reminder_rule")  # every app's own are found before they are put aside
    kept = hooks._hooks.pop("register_reminder_rule", [])
    try:
        with hooks.register_temporarily("register_reminder_rule", lambda: rule):
            yield
    finally:
        hooks._hooks["register_reminder_rule"] = kept


def plan_all(number: int) -> None:
    """Plan; all of them must be there afterwards."""
    if failed := plan(NOW):
        raise RuntimeError(f"these rules failed: {failed}")
    if planned() != number:
        raise RuntimeError(f"{planned()} rows planned instead of {number}")


def planned() -> int:
    return OutboxRow.objects.filter(object__startswith=OBJECT).count()


def forget() -> None:
    """As before the planning, dead rows cleared away, so that every turn finds the same table."""
    OutboxRow.objects.filter(object__startswith=OBJECT).delete()
    ClockMark.objects.all().delete()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE {OutboxRow._meta.db_table}")


def timed_plan(number: int) -> float:
    forget()
    taken = seconds(lambda: plan(NOW))
    if planned() != number:
        raise RuntimeError(f"{planned()} rows planned instead of {number}")
    return taken


def rows_like_planned() -> list[OutboxRow]:
    rows = list(OutboxRow.objects.order_by("pk"))
    for row in rows:
        row.pk = None
    return rows


@benchmark("reminders.plan.insert", unit="times", bar=3)
def plan_many() -> Figure:
    """Seconds from asking the rule to the last row written."""
    with hall(REMINDERS):
        plan_all(REMINDERS)
        rows = rows_like_planned()
        taken = []
        for _turn in range(TURNS):
            forget()
            for row in rows:
                row.pk, row._state.adding = None, True
            base = seconds(lambda: OutboxRow.objects.bulk_create(rows))
            taken.append((timed_plan(REMINDERS), base))
    ours, bare = (min(each) for each in zip(*taken, strict=True))
    return Figure(ours, REMINDERS, bare, "bulk_create of the same rows, already made")


@benchmark("reminders.plan.queries", unit="queries", bar=12)
def queries_of_a_plan() -> Figure:
    """Statements besides the INSERTs of outbox rows; marks of transactions are counted too."""
    with hall(REMINDERS), statements() as sent:
        plan_all(REMINDERS)
    into = f'INTO "{OutboxRow._meta.db_table}"'
    others = [sql for sql in sent if not (sql.startswith("INSERT") and into in sql)]
    # The count that checks the planning is the benchmark's, not the planner's.
    return Figure(len(others) - 1, REMINDERS)


@benchmark("reminders.plan.history", unit="times", bar=1.2)
def plan_with_a_long_history() -> Figure:
    """Seconds with ten times the history, against the same planning before the history grew."""
    with hall(HISTORY):
        write_history(0, HISTORY)
        base = min(timed_plan(HISTORY) for _turn in range(10))
        forget()
        write_history(HISTORY, 10 * HISTORY)
        ours = min(timed_plan(HISTORY) for _turn in range(10))
    said = f"the same planning with {HISTORY} sent reminders in the table instead of {10 * HISTORY}"
    return Figure(ours, HISTORY, base, said)


def write_history(first: int, last: int) -> None:
    """Reminders of the same rule, sent long ago."""
    people: list[Any] = list(User.objects.values_list("pk", flat=True)[:PEOPLE])
    rows = [
        OutboxRow(
            rule=RULE,
            object=f"bench.past:{n // PEOPLE}",
            occasion="dry",
            recipient_id=people[n % len(people)],
            channel="inbox",
            due=NOW - 30 * DAY,
            until=NOW - 29 * DAY,
            state=OutboxRow.State.SENT,
            tries=1,
            sent_at=NOW - 30 * DAY,
        )
        for n in range(first, last)
    ]
    OutboxRow.objects.bulk_create(rows, batch_size=2000)


@benchmark("reminders.sweep.rate", unit="a second", bar=2_000, better="higher")
def deliver_to_inboxes() -> Figure:
    """Reminders a second from planned to standing in the inbox, claims and texts included."""
    with hall(REMINDERS):
        plan_all(REMINDERS)
        outcome: dict[str, int] = {}
        taken = seconds(lambda: outcome.update(sweep(NOW)))
    if outcome != {OutboxRow.State.SENT: REMINDERS}:
        raise RuntimeError(f"the sweep ended with {outcome}")
    return Figure(REMINDERS / taken, REMINDERS)
