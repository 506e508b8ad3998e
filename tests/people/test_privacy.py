"""What a page says between the lines: a branch tells a political status, a made-up day tells a birthday."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from intranet.people import own_data
from intranet.people.birthdays import birthday_text, birthday_value
from intranet.people.models import Body, Leadership, Person
from intranet.people.services import leaderships, memberships
from tests.people.hall import place
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(hall, officer):
    person = place(make_user().person, hall.tax)
    for name, kind, office in (
        ("第一党支部", "party_branch", "member"),
        ("中心团支部", "youth_league", "member"),
        ("第二党支部", "party_branch", "secretary"),
        ("第一工会小组", "union_group", "member"),
        ("女职工委员会", "women_committee", "member"),
    ):
        body = Body.objects.create(name=name, kind=kind)
        memberships.join(person=person, body=body, office=office, by=officer)
    return person


OPEN = {"第二党支部", "第一工会小组", "女职工委员会"}
TELLING = {"第一党支部", "中心团支部"}


def bodies_seen(client, user, person) -> set[str]:
    client.force_login(user)
    text = client.get(reverse("people:person", args=[person.pk])).content.decode()
    return {name for name in OPEN | TELLING if name in text}


@pytest.mark.parametrize("role", [None, "union_chair", "centre_leader", "system_admin", "auditor"])
def test_plain_membership_in_a_branch_is_not_shown_to_colleagues(client, colleague, role):
    assert bodies_seen(client, make_user(None, *([role] if role else [])), colleague) == OPEN


def test_not_to_ones_chief_representative_either(client, hall, colleague):
    boss = make_user()
    leaderships.appoint(kind=Leadership.Kind.CHIEF_REPRESENTATIVE, person=boss.person, unit=hall.tax, by=None)
    assert bodies_seen(client, boss, colleague) == OPEN


def test_oneself_and_the_personnel_office_see_all(client, colleague, officer):
    assert bodies_seen(client, colleague.user, colleague) == OPEN | TELLING
    assert bodies_seen(client, officer, colleague) == OPEN | TELLING


@pytest.mark.parametrize(
    ("precision", "chinese", "english", "value"),
    [
        ("day", "1990年5月1日", "1 May 1990", "1990-05-01"),
        ("month", "1990年5月", "May 1990", "1990-05"),
        ("year", "1990年", "1990", "1990"),
    ],
)
def test_a_birthday_says_no_more_than_is_known(client, officer, precision, chinese, english, value):
    person = make_user().person
    Person.objects.filter(pk=person.pk).update(birthday=dt.date(1990, 5, 1), birthday_precision=precision)
    person.refresh_from_db()
    assert (birthday_text(person), birthday_value(person)) == (chinese, value)
    with translation.override("en"):
        assert birthday_text(person) == english
    client.force_login(officer)
    assert f"<dd>{chinese}</dd>" in client.get(reverse("people:person", args=[person.pk])).content.decode()
    facts = {fact.key: fact for group in own_data.groups_of(person) for fact in group.facts}
    assert (facts["birthday"].shown, facts["birthday"].value) == (chinese, value)


def test_without_a_birthday_nothing_is_said():
    assert (birthday_text(Person()), birthday_value(Person())) == ("", "")
