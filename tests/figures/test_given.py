"""What the room gives to others: reminders, the yearly material, who may read its private words."""

from __future__ import annotations

import datetime as dt

import pytest

from intranet import clock
from intranet.figures import papers, private_facts, reminders
from intranet.figures.models import Incident, MonthlyScore
from intranet.people.models import Leadership
from tests.figures.rows import GOOD, NOW, OCTOBER, incident, inspector, month, score
from tests.people.hall import LONG_AGO, place
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def clerk(hall):
    user = make_user()
    place(user.person, hall.tax, hall.tax_window)
    return user


@pytest.fixture
def heads(hall):
    found = {}
    for kind, where in (
        ("window_head", {"window": hall.tax_window}),
        ("chief_representative", {"unit": hall.tax}),
        ("unit_head", {"unit": hall.police}),
    ):
        found[kind] = make_user()
        Leadership.objects.create(kind=kind, person=found[kind].person, starts_on=LONG_AGO, **where)
    return found


def told(start=NOW - DAY, end=NOW):
    with clock.at(NOW):
        return {(one.object.rpartition(":")[2], one.occasion, one.recipient) for one in reminders.due(start, end)}


def test_who_is_named_is_told_and_nobody_else(hall, clerk, heads):
    by = inspector()
    person, window, unit = (
        incident(subject, by, state="registered") for subject in (clerk.person, hall.tax_window, hall.police)
    )
    assert told() == {
        (str(person.pk), "registered", clerk.pk),
        (str(window.pk), "registered", heads["window_head"].pk),
        (str(unit.pk), "registered", heads["unit_head"].pk),
    }
    assert told(NOW, NOW + DAY) == set()


def test_decisions_and_answers_are_told(clerk):
    by = inspector()
    times = {"decided_at": NOW - DAY / 2, "settled_at": NOW, "appeal": "dismissed", "appealed_by": clerk}
    row = incident(clerk.person, by, registered_at=NOW - 9 * DAY, **times)
    assert told() == {(str(row.pk), "decided", clerk.pk), (str(row.pk), "answered", clerk.pk)}


def test_a_reminder_says_neither_what_nor_about_whom(clerk):
    incident(clerk.person, inspector(), text="不要写进邮件")
    with clock.at(NOW):
        given = list(reminders.due(NOW - DAY, NOW))
    for text in reminders.RULE.texts(given):
        assert "投诉" not in text.subject + text.body
        assert clerk.name not in text.subject + text.body
        assert text.url.endswith(f"/{given[0].object.rpartition(':')[2]}/")


def test_planning_costs_the_same_however_many(hall, clerk, heads, django_assert_num_queries):
    by = inspector()
    for subject in (clerk.person, hall.tax_window, hall.police, hall.tax, clerk.person):
        incident(subject, by)
    with clock.at(NOW), django_assert_num_queries(5):
        list(reminders.due(NOW - DAY, NOW))


def test_the_yearly_material_has_numbers_only(hall, clerk):
    month(hall.tax_window, OCTOBER, 316_994, 298_702, ratings=GOOD)
    by = inspector()
    incident(clerk.person, by, text="经过保密")
    incident(clerk.person, by, state="not_upheld")
    incident(clerk.person, by, kind="praise")
    cases, incidents = papers.MATERIAL.sections(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    said = "".join([*cases.sentences, *incidents.sentences, str(cases.rows), str(incidents.rows)])
    assert "共办件316994件，其中现场办结298702件，现场办结率94.23%" in said
    assert "没有一件超时件" in said
    assert "登记投诉2件，经核实1件；核实表扬1件" in said
    assert "保密" not in said
    assert clerk.name not in said
    assert papers.MATERIAL.sections(dt.date(2025, 1, 1), dt.date(2025, 12, 31)) == []


def test_readers_are_exactly_those_who_see_the_row(hall, clerk, heads):
    by = inspector()
    users = [clerk, by, *heads.values(), *(make_user(None, role) for role in ("staff", "auditor", "hr_admin"))]
    hall.general.units.add(hall.tax)
    subjects = (clerk.person, hall.tax_window, hall.general, hall.tax, hall.tax_section, hall.police)
    for subject in subjects:
        for row, readers in (
            (incident(subject, by), private_facts.readers_of_incident),
            (score(subject, OCTOBER, "90"), private_facts.readers_of_score),
        ):
            seen = {user.username for user in users if type(row).objects.visible_to(user).filter(pk=row.pk).exists()}
            assert readers(row) & {user.username for user in users} == seen, row
    assert Incident.objects.count() == MonthlyScore.objects.count() == len(subjects)
