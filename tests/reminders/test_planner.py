import datetime as dt

import pytest

from intranet.reminders.models import ClockMark, OutboxRow
from intranet.reminders.planner import FIRST_LOOK_BACK, OVERLAP, plan
from tests.people_of_the_hall import make_user

from .dummy import HOUR, MINUTE, MORNING, DummyRule, registered

pytestmark = pytest.mark.django_db


def test_a_row_for_each_channel(rule, member):
    given = rule.add(member)
    assert plan(MORNING) == []
    rows = OutboxRow.objects.order_by("channel")
    assert [row.channel for row in rows] == ["inbox", "mail"]
    for row in rows:
        assert row.reminder == given
        assert (row.rule, row.state, row.tries) == ("dummy.watering", "planned", 0)


def test_planning_twice_plans_once(rule, member):
    rule.add(member)
    plan(MORNING)
    plan(MORNING)
    plan(MORNING + MINUTE)
    assert OutboxRow.objects.count() == 2


def test_a_clock_that_goes_back_plans_nothing_twice_and_loses_nothing(rule, member):
    rule.add(member)
    plan(MORNING + 5 * HOUR)
    rule.add(member, due=MORNING - MINUTE, object="dummy.plant:committed-meanwhile")
    plan(MORNING)
    assert rule.asked[-2:] == [(MORNING - OVERLAP, MORNING), (MORNING, MORNING + HOUR)]
    rule.add(member, due=MORNING + HOUR, object="dummy.plant:2")
    plan(MORNING + 2 * HOUR)
    assert OutboxRow.objects.filter(channel="inbox").count() == 3


def test_the_first_run_looks_back_a_bounded_time(rule):
    plan(MORNING)
    assert rule.asked == [(MORNING - FIRST_LOOK_BACK, MORNING)]
    assert dt.timedelta(days=1) == FIRST_LOOK_BACK


def test_after_a_gap_the_whole_gap_is_asked_about(rule):
    plan(MORNING)
    later = MORNING + dt.timedelta(days=3)
    plan(later)
    assert rule.asked[-1] == (MORNING - OVERLAP, later)


def test_what_was_committed_late_is_still_planned(rule, member):
    plan(MORNING)
    rule.add(member, due=MORNING - 9 * MINUTE)
    plan(MORNING + MINUTE)
    assert OutboxRow.objects.count() == 2


def test_people_who_left_get_nothing(rule, member):
    member.is_active = False
    member.save()
    rule.add(member)
    plan(MORNING)
    assert not OutboxRow.objects.exists()


def test_no_mail_without_an_address(rule):
    rule.add(make_user())
    plan(MORNING)
    assert [row.channel for row in OutboxRow.objects.all()] == ["inbox"]


def test_what_is_too_late_is_written_down_as_expired(rule, member):
    rule.add(member, due=MORNING - HOUR, until=MORNING - MINUTE, object="dummy.plant:late")
    rule.add(member, due=MORNING - HOUR, until=MORNING, object="dummy.plant:just")
    plan(MORNING)
    states = set(OutboxRow.objects.values_list("object", "state"))
    assert states == {("dummy.plant:late", "expired"), ("dummy.plant:just", "planned")}


def test_a_rule_that_fails_keeps_its_mark_and_stops_no_other(rule, member, caplog):
    broken = DummyRule("dummy.broken")
    plan(MORNING)
    broken.due = lambda start, end: 1 / 0
    rule.add(member, due=MORNING + MINUTE)
    with registered(broken):
        assert plan(MORNING + HOUR) == ["dummy.broken"]
    assert "dummy.broken" in caplog.text
    assert OutboxRow.objects.count() == 2
    assert ClockMark.objects.under("planner") == {"dummy.watering": MORNING + HOUR}


def test_queries_do_not_grow_with_people(rule, django_assert_num_queries, db):
    def people(count):
        return [make_user(person=False, email="a@hall.test") for _ in range(count)]

    for user in people(2):
        rule.add(user, due=MORNING)
    plan(MORNING)
    for user in people(30):
        rule.add(user, due=MORNING + HOUR)
    # marks, the hall's word, addresses, wishes, holds, and in one transaction rows and mark
    with django_assert_num_queries(9):
        plan(MORNING + HOUR)
    assert OutboxRow.objects.count() == 64


def test_many_rows_are_written_in_several_transactions(rule, member, monkeypatch):
    monkeypatch.setattr("intranet.reminders.planner.CHUNK", 3)
    for number in range(4):
        rule.add(member, object=f"dummy.plant:{number}")
    plan(MORNING)
    assert OutboxRow.objects.count() == 8


def test_marks_of_another_kind_are_not_taken_for_ones_own(db):
    ClockMark.objects.reach({"planner:a": MORNING, "job:a": MORNING + HOUR, "planners:b": MORNING, "tick": MORNING})
    assert ClockMark.objects.under("planner") == {"a": MORNING}
    assert ClockMark.objects.under("job") == {"a": MORNING + HOUR}
    ClockMark.objects.reach({"planner:a": MORNING - HOUR})
    assert ClockMark.objects.under("planner") == {"a": MORNING - HOUR}
