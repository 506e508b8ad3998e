import json
import random

import pytest
from django.core.management import call_command
from wagtail import hooks

from intranet import clock
from intranet.access import canaries, demo, roles
from intranet.access.registry import PrivateField
from intranet.people.models import Person, Posting, Unit
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


def lines(capsys):
    call_command("accounts", "--json")
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_demo_person_is_one_line_and_nobody_else(capsys):
    clerk = make_user("D001", is_demo=True, name="林小雨")
    unit = Unit.objects.create(name="税务局", kind="posting_department")
    Posting.objects.create(person=clerk.person, unit=unit, starts_on="2020-01-06")
    make_user("D002", roles.SCRUTINEER, roles.WINDOW_HEAD, is_demo=True)
    # The demo lets whom it names first for a role join first.
    make_user("D003", roles.SCRUTINEER, is_demo=True, date_joined=clock.parse("2020-01-06"))
    make_user("D004", is_demo=True, is_active=False)
    make_user("R001")
    given = lines(capsys)
    assert [(line["role"], line["username"]) for line in given] == [
        ("staff", "D001"),
        ("scrutineer", "D003"),
        ("scrutineer", "D002"),
    ]
    first = given[0]
    assert first["feed"].startswith("/feeds/")
    del first["feed"]
    assert first == {
        "role": "staff",
        "username": "D001",
        "password": demo.DEMO_PASSWORD,
        "name": "林小雨",
        "staff_number": "D001",
        "id": clerk.person.pk,
        "department": "税务局",
    }
    call_command("accounts")
    printed = capsys.readouterr().out
    assert "D001" in printed
    assert "D003" in printed
    assert "D002" not in printed


def test_the_feed_of_a_demo_person_stays_the_same_and_answers(capsys, client):
    make_user("D001", is_demo=True)
    first, second = lines(capsys)[0]["feed"], lines(capsys)[0]["feed"]
    assert first == second
    assert client.get(first).status_code == 200


def test_where_demo_people_are_not_allowed_the_command_exits_with_2(settings, capsys):
    settings.DEMO_ALLOWED = False
    make_user("D001", is_demo=True)
    with pytest.raises(SystemExit) as ended:
        call_command("accounts", "--json")
    assert ended.value.code == 2
    assert capsys.readouterr().out == ""


def test_a_canary_stands_in_a_row_for_every_private_field_and_the_readers_are_named():
    reader, own = make_user("C1"), make_user("C2")

    def fields():
        return [PrivateField("people.Person", "office_phone", lambda row: ["C1", row.staff_number, "C1"])]

    with hooks.register_temporarily("register_private_field", fields):
        planted = canaries.plant(random.Random(7))
    by_field = {(line["model"], line["field"]): line for line in planted}
    line = by_field["people.Person", "office_phone"]
    assert line["canary"].isdigit()
    person = Person.objects.get(office_phone=line["canary"])
    assert line["allowed"] == sorted({"C1", person.staff_number})
    assert reader.pk
    assert own.pk
    assert len({line["canary"] for line in planted}) == len(planted)
    for given in planted:
        assert set(given) == {"canary", "model", "field", "object", "allowed"}


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("birthday", lambda value: 1950 < value.year < 1968),
        ("email", lambda value: value.endswith("@canary.test")),
        ("note", lambda value: value.startswith("canary") and len(value) == 22),
        ("mobile", lambda value: value.isdigit() and len(value) == 11),
        ("political_status", lambda value: 8 <= len(value) <= 24),
    ],
)
def test_a_canary_fits_its_field(name, fits):
    assert fits(canaries.canary_for(Person._meta.get_field(name), random.Random(1)))


@pytest.mark.parametrize("name", ["is_union_member", "sex_", "photo"])
def test_a_field_that_can_hold_no_canary_is_named(name):
    from django.db.models import CharField

    field = CharField(max_length=7) if name == "sex_" else Person._meta.get_field(name)
    if name == "sex_":
        field.model, field.name = Person, name
    with pytest.raises(ValueError, match=f"Person.{name}"):
        canaries.canary_for(field, random.Random(1))


def test_the_same_seed_plants_the_same_canaries():
    make_user("C1")
    assert canaries.plant(random.Random(3)) == canaries.plant(random.Random(3))
