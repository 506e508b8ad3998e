import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from intranet import clock
from intranet.reminders.management.commands.tick import duration, steps
from intranet.reminders.models import ClockMark, InboxMessage, OutboxRow
from intranet.reminders.registry import ClockJob
from intranet.reminders.services import TickFailed, tick
from intranet.reminders.tasks import run_tick

from .dummy import HOUR, MINUTE, MORNING, registered

pytestmark = pytest.mark.django_db


def journal(key, log, order=100, instants=()):
    def run(now):
        assert clock.now() == now
        log.append((key, now))

    return ClockJob(key, run, order, lambda start, end: [i for i in instants if start < i <= end])


def test_a_tick_runs_jobs_plans_and_sends(rule, member):
    log = []
    rule.add(member)
    with registered(journal("dummy.job", log)):
        done = tick(MORNING)
    assert log == [("dummy.job", MORNING)]
    assert done.led
    assert done.rows["sent"] == 2
    assert dt.timedelta(0) <= clock.real_now() - ClockMark.objects.get(key="tick").reached < MINUTE


def test_rules_are_asked_at_the_instant_of_the_tick(rule, member):
    rule.add(member)
    seen, due, texts = [], rule.due, rule.texts
    rule.due = lambda start, end: seen.append(clock.now()) or due(start, end)
    rule.texts = lambda reminders: seen.append(clock.now()) or texts(reminders)
    tick(MORNING)
    assert set(seen) == {MORNING}


def test_twice_does_nothing_twice(rule, member):
    rule.add(member)
    tick(MORNING)
    tick(MORNING)
    assert (OutboxRow.objects.count(), InboxMessage.objects.count()) == (2, 1)


def test_jobs_run_in_their_order():
    log = []
    with registered(journal("b", log, 10), journal("a", log, 20), journal("c", log, 10)):
        tick(MORNING)
    assert [key for key, _ in log] == ["b", "c", "a"]


def test_catching_up_keeps_the_order_of_time():
    log = []
    opens, closes = MORNING + HOUR, MORNING + 2 * HOUR
    with registered(journal("closes", log, 1, [closes]), journal("opens", log, 9, [opens, MORNING])):
        tick(MORNING)
        log.clear()
        tick(MORNING + 3 * HOUR)
    now = MORNING + 3 * HOUR
    assert log == [("opens", opens), ("closes", closes), ("closes", now), ("opens", now)]


def test_a_job_that_fails_stops_no_other_and_catches_up_later(caplog):
    log, broken = [], [True]

    def run(now):
        if broken:
            raise RuntimeError("no")
        log.append(now)

    instants = [MORNING + HOUR]
    shaky = ClockJob("shaky", run, 1, lambda start, end: [i for i in instants if start < i <= end])
    others = []
    with registered(shaky, journal("other", others)):
        with pytest.raises(TickFailed) as failed:
            tick(MORNING + 2 * HOUR)
        assert failed.value.keys == ["shaky"]
        assert "shaky" in caplog.text
        assert others == [("other", MORNING + 2 * HOUR)]
        broken.clear()
        tick(MORNING + 3 * HOUR)
    assert log == [MORNING + HOUR, MORNING + 3 * HOUR]


def test_a_job_that_fails_goes_no_further_in_this_run():
    """Its later instants may rest on the one that failed: nothing is closed that was not opened."""
    tried = []

    def run(now):
        tried.append(now)
        raise RuntimeError("no")

    instants = [MORNING + HOUR, MORNING + 2 * HOUR]
    shaky = ClockJob("shaky", run, 1, lambda start, end: [i for i in instants if start < i <= end])
    with registered(shaky), pytest.raises(TickFailed):
        tick(MORNING + 3 * HOUR)
    assert tried == [MORNING + HOUR]


def test_a_job_that_cannot_say_when_it_is_due_stops_no_other():
    log = []
    with (
        registered(ClockJob("odd", log.append, 1, lambda start, end: 1 / 0), journal("other", log)),
        pytest.raises(TickFailed, match="odd"),
    ):
        tick(MORNING)
    assert log == [("other", MORNING)]


def test_the_task_does_the_same(rule, member):
    rule.add(member)
    with clock.at(MORNING):
        run_tick.delay()
    assert OutboxRow.objects.filter(state="sent").count() == 2


def run(*args, **options):
    out = StringIO()
    call_command(*args, stdout=out, **options)
    return out.getvalue()


def test_the_command_takes_an_instant(rule, member):
    rule.add(member)
    assert run("tick", "--at", "2026-11-24T09:00") == "2026-11-24T01:00:00+00:00: 2 sent\n"
    assert run("tick", "--at", "2026-11-24T09:00") == "2026-11-24T01:00:00+00:00: nothing to send\n"


def test_the_command_goes_step_by_step():
    log = []
    with registered(journal("dummy.job", log)):
        run("tick", "--from", "2026-11-24T09:00", "--every", "12h", "--at", "2026-11-25T12:00")
    assert [now for _, now in log] == [MORNING, MORNING + 12 * HOUR, MORNING + 24 * HOUR, MORNING + 27 * HOUR]


def test_the_command_reports_failure():
    with registered(ClockJob("odd", lambda now: 1 / 0)), pytest.raises(CommandError, match="odd"):
        run("tick", "--at", "2026-11-24T09:00")


@pytest.mark.parametrize(
    "args",
    [
        ("--at", "soon"),
        ("--from", "2026-11-24T09:00", "--every", "0h"),
        ("--from", "2026-11-24T09:00", "--every", "12"),
        ("--every", "12h"),
        ("--from", "2026-11-25", "--at", "2026-11-24"),
    ],
)
def test_the_command_refuses_what_it_cannot_read(args):
    with pytest.raises(CommandError):
        run("tick", *args)


def test_durations_and_steps():
    assert duration("90m") == 90 * MINUTE
    assert duration("2d") == 48 * HOUR
    assert duration("45s") == dt.timedelta(seconds=45)
    assert list(steps(MORNING, MORNING, HOUR)) == [MORNING]
    assert list(steps(MORNING, MORNING + HOUR, HOUR)) == [MORNING, MORNING + HOUR]


def test_the_outbox_door(rule, member):
    rule.add(member)
    tick(MORNING)
    rule.add(member, due=MORNING + HOUR, object="dummy.plant:2")
    from intranet.reminders.planner import plan

    plan(MORNING + HOUR)
    lines = [json.loads(line) for line in run("outbox", "--json").splitlines()]
    assert len(lines) == 4
    assert set(lines[0]) == {
        *("rule", "object", "occasion", "recipient", "username", "channel", "due", "until"),
        *("state", "tries", "sent_at", "message_id"),
    }
    assert lines[0]["recipient"] == member.pk
    assert lines[0]["username"] == member.username
    assert lines[0]["due"] == "2026-11-24T01:00:00+00:00"
    assert lines[0]["until"] == "2026-11-25T01:00:00+00:00"
    assert lines[0]["sent_at"] == "2026-11-24T01:00:00+00:00"
    assert len({line["message_id"] for line in lines}) == 4
    planned = [json.loads(line) for line in run("outbox", "--json", "--state", "planned").splitlines()]
    assert [(line["object"], line["sent_at"]) for line in planned] == [("dummy.plant:2", None)] * 2
    assert run("outbox") == "planned 2\nsent 2\n"
