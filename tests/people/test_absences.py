"""Who is away: days only, counted once, working days only."""

from __future__ import annotations

import datetime as dt

import pytest
from wagtail import hooks

from intranet.people.absences import Absence, AbsenceSource, absence_sources, working_days_away
from intranet.workdays.models import Day

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2026, 11, 2)
SUNDAY = MONDAY + dt.timedelta(days=13)


def source(key, *absences):
    return AbsenceSource(key, lambda ids, first, last: absences)


def away(*sources, people=(1, 2), first=MONDAY, last=SUNDAY):
    with hooks.register_temporarily("register_absence_source", lambda: list(sources)):
        return working_days_away(people, first, last)


def days(person, start, count):
    return Absence(person, MONDAY + dt.timedelta(days=start), MONDAY + dt.timedelta(days=start + count - 1))


def test_nobody_keeps_absences_yet():
    assert absence_sources() == {}
    assert working_days_away([1], MONDAY, SUNDAY) == {}


def test_a_day_named_twice_counts_once():
    assert away(source("leave", days(1, 0, 3)), source("training", days(1, 2, 3))) == {1: 5}


def test_weekends_and_holidays_are_no_working_days():
    Day.objects.create(day=MONDAY + dt.timedelta(days=7), kind="holiday", name="厅庆")
    Day.objects.create(day=MONDAY + dt.timedelta(days=5), kind="workday", name="补班")
    assert away(source("leave", days(1, 0, 14), days(2, 6, 1))) == {1: 10}


def test_only_the_span_and_only_those_asked_for():
    absences = source("leave", days(1, -30, 31), days(2, 4, 200), days(3, 0, 5))
    assert away(absences, last=MONDAY + dt.timedelta(days=4)) == {1: 1, 2: 1}
    assert away(absences, people=()) == {}


def test_a_span_that_ends_before_it_begins_holds_no_day():
    assert away(source("leave", days(1, 0, 3)), first=SUNDAY, last=MONDAY) == {}
