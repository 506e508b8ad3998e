"""Identity numbers: kept sealed, matched by hash, masked everywhere, shown with a reason and the password."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.urls import reverse

from intranet import clock
from intranet.access import confirm, sealed
from intranet.access.models import AuditEntry
from intranet.people import identity
from intranet.people.exceptions import RegisterError
from intranet.people.models import IdentityDisclosure, Person
from intranet.people.services import identity as service
from intranet.people.services import register
from intranet.sheets.values import masked_number, with_check_digit
from tests.people_of_the_hall import PASSWORD, make_user

pytestmark = pytest.mark.django_db

NUMBER = with_check_digit("11990019850312002")
MASK = f"119900********{NUMBER[14:]}"
OTHER = with_check_digit("11990019900101003")


@pytest.fixture(autouse=True)
def numbers_are_kept(settings):
    settings.NATIONAL_IDS = True


@pytest.fixture
def somebody():
    user = make_user("W1", name="王小明")
    register.change_person(person=user.person, by=None, national_id=NUMBER)
    user.person.refresh_from_db()
    return user.person


@pytest.fixture
def office(client):
    user = make_user("HR1", "hr_admin", person=False)
    client.force_login(user)
    return client


def confirmed(client):
    return client.post(reverse("access:confirm_password"), {"password": PASSWORD})


def test_a_mask_shows_both_ends_and_a_short_text_less():
    assert masked_number("11010519491231002X") == "110105********002X"
    assert masked_number("110105********002X") == "110105********002X"
    assert masked_number("110105491231002") == "1101…"
    assert masked_number("") == ""


def test_a_number_is_kept_sealed_and_found_by_its_hash(somebody):
    row = Person.objects.filter(pk=somebody.pk).values().get()
    assert NUMBER not in json.dumps(row, default=str)
    assert identity.number_of(somebody) == NUMBER
    assert identity.owners([NUMBER, OTHER]) == {NUMBER: identity.Owner(somebody.pk, "W1")}
    assert identity.is_number_of(somebody, NUMBER)
    assert not identity.is_number_of(somebody, OTHER)


def test_the_audit_log_says_that_it_changed_and_never_what_it_is(somebody):
    entry = AuditEntry.objects.filter(action="people.change").latest("pk")
    assert entry.data == {"fields": ["national_id"]}
    register.change_person(person=somebody, by=None, national_id="")
    somebody.refresh_from_db()
    assert (somebody.national_id_sealed, somebody.national_id_hash) == ("", None)
    assert not any(NUMBER in json.dumps(row.data) for row in AuditEntry.objects.all())


def test_none_leaves_the_number_and_the_same_number_is_no_change(somebody):
    before = AuditEntry.objects.count()
    register.change_person(person=somebody, by=None)
    register.change_person(person=somebody, by=None, national_id=NUMBER.lower())
    assert AuditEntry.objects.count() == before
    assert identity.number_of(Person.objects.get(pk=somebody.pk)) == NUMBER


@pytest.mark.parametrize(
    "wrong", ["119900198503120028", "119900850312002", "abc", MASK, "11990019850312002", f"{NUMBER}0"]
)
def test_what_is_no_number_is_refused_without_repeating_it(somebody, wrong):
    with pytest.raises(RegisterError) as refused:
        register.change_person(person=somebody, by=None, national_id=wrong)
    assert wrong not in str(refused.value)


def test_a_number_belongs_to_one_person(somebody):
    with pytest.raises(RegisterError, match="W1"):
        register.add_person(by=None, staff_number="W2", name="李四", national_id=NUMBER)
    twin = Person.objects.create(staff_number="W3", name="赵六")
    with pytest.raises(IntegrityError):
        Person.objects.filter(pk=twin.pk).update(national_id_hash=sealed.keyed_hash(NUMBER))


@pytest.mark.control
def test_a_hall_that_keeps_none_keeps_none(settings, somebody):
    settings.NATIONAL_IDS = False
    assert identity.mask_of(somebody) == identity.number_of(somebody) == ""
    with pytest.raises(RegisterError):
        register.add_person(by=None, staff_number="W2", name="李四", national_id=OTHER)
    with pytest.raises(RegisterError):
        service.disclose(person=somebody, reason="办理社保转移", by=somebody.user)


def test_a_new_secret_seals_and_hashes_every_row(somebody, settings, capsys):
    old, before = settings.SEALING_KEYS[0], somebody.national_id_hash
    settings.SEALING_KEYS = ["n" * 40, old]
    assert identity.owners([NUMBER])[NUMBER].pk == somebody.pk
    call_command("reseal")
    assert "people.Person.national_id_sealed: 1 sealed anew, 0" in capsys.readouterr().out
    settings.SEALING_KEYS = ["n" * 40]
    somebody.refresh_from_db()
    assert identity.number_of(somebody) == NUMBER
    assert somebody.national_id_hash == sealed.keyed_hash(NUMBER) != before
    call_command("reseal")
    assert "0 sealed anew, 0" in capsys.readouterr().out
    settings.SEALING_KEYS = ["x" * 40]
    with pytest.raises(SystemExit):
        call_command("reseal")
    assert identity.mask_of(somebody) not in (MASK, "")


def test_forgetting_all_needs_a_yes(somebody):
    from django.core.management.base import CommandError

    with pytest.raises(CommandError):
        call_command("forget_national_ids")
    assert Person.objects.exclude(national_id_sealed="").exists()
    call_command("forget_national_ids", "--yes")
    assert not Person.objects.exclude(national_id_sealed="").exists()


# Pages


def test_the_owner_and_the_office_see_the_mask_and_nobody_sees_more(client, somebody):
    page = reverse("people:person", args=[somebody.pk])
    for user, sees in ((somebody.user, True), (make_user("HR1", "hr_admin"), True), (make_user("X1"), False)):
        client.force_login(user)
        text = client.get(page).content.decode()
        assert (MASK in text) is sees
        assert NUMBER not in text
    client.force_login(somebody.user)
    for answer in (client.get(reverse("people:me")), client.post(reverse("people:export_own"), {"format": "json"})):
        assert MASK in answer.content.decode()
        assert NUMBER not in answer.content.decode()


def test_the_form_shows_the_mask_and_an_empty_field_leaves_the_number(office, somebody):
    page = reverse("people:edit", args=[somebody.pk])
    text = office.get(page).content.decode()
    assert MASK in text
    assert NUMBER not in text
    given = {
        "staff_number": "W1",
        "name": "王小明",
        "birthday_calendar": "solar",
        "birthday_precision": "day",
        "national_id": "",
    }
    assert office.post(page, given).status_code == 302
    assert identity.number_of(Person.objects.get(pk=somebody.pk)) == NUMBER
    assert office.post(page, {**given, "national_id": OTHER}).status_code == 302
    assert identity.number_of(Person.objects.get(pk=somebody.pk)) == OTHER
    assert office.post(page, {**given, "forget_national_id": "on"}).status_code == 302
    assert Person.objects.get(pk=somebody.pk).national_id_sealed == ""


def test_the_number_is_shown_once_after_the_password_and_with_a_reason(office, somebody):
    page = reverse("people:identity", args=[somebody.pk])
    away = office.get(page)
    assert away.status_code == 302
    assert away.url.startswith(reverse("access:confirm_password"))
    back = office.post(reverse("access:confirm_password"), {"password": PASSWORD, "next": page})
    assert back.url == page
    assert NUMBER not in office.get(page).content.decode()
    assert NUMBER not in office.post(page, {"reason": "看看"}).content.decode()
    assert not IdentityDisclosure.objects.exists()
    shown = office.post(page, {"reason": "办理社保转移"})
    assert NUMBER in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    entry = IdentityDisclosure.objects.get()
    assert (entry.person_id, entry.shown_to.username, entry.reason) == (somebody.pk, "HR1", "办理社保转移")
    logged = AuditEntry.objects.filter(action="people.disclose_identity").get()
    assert "社保" not in json.dumps(logged.data, ensure_ascii=False) + logged.label


@pytest.mark.control
def test_without_the_password_or_after_ten_minutes_nothing_is_shown(office, somebody):
    page = reverse("people:identity", args=[somebody.pk])
    assert office.post(page, {"reason": "办理社保转移"}).status_code == 302
    assert office.post(reverse("access:confirm_password"), {"password": "wrong"}).status_code == 200
    assert office.get(page).status_code == 302
    confirmed(office)
    assert office.get(page).status_code == 200
    with clock.at(clock.now() + confirm.FRESH):
        assert office.post(page, {"reason": "办理社保转移"}).status_code == 302
    assert not IdentityDisclosure.objects.exists()


def test_wrong_passwords_lock_as_at_the_door(office):
    page = reverse("access:confirm_password")
    statuses = [office.post(page, {"password": "wrong"}).status_code for _try in range(10)]
    assert statuses[:9] == [200] * 9
    assert confirmed(office).status_code == 429


def test_the_way_back_leads_nowhere_else(office):
    answer = office.post(
        reverse("access:confirm_password"), {"password": PASSWORD, "next": "https://elsewhere.test/"}
    )
    assert answer.url == reverse("pages:desk")


def test_only_the_office_asks_and_only_auditors_read_the_list(client, somebody):
    confirmed_hr = make_user("HR1", "hr_admin", person=False)
    service.disclose(person=somebody, reason="办理社保转移", by=confirmed_hr)
    for role, asks, reads in (("auditor", 403, 200), ("centre_leader", 403, 403), ("system_admin", 403, 403)):
        client.force_login(make_user(None, role))
        confirmed(client)
        assert client.post(reverse("people:identity", args=[somebody.pk]), {"reason": "abcdef"}).status_code == asks
        assert client.get(reverse("people:disclosures")).status_code == reads
    client.force_login(make_user("AU", "auditor"))
    text = client.get(reverse("people:disclosures")).content.decode()
    assert "办理社保转移" in text
    assert NUMBER not in text
    client.force_login(somebody.user)
    assert "办理社保转移" in client.get(reverse("people:me")).content.decode()
    assert IdentityDisclosure.objects.visible_to(somebody.user).count() == 1
    assert not IdentityDisclosure.objects.visible_to(confirmed_hr).exists()


def test_a_person_without_a_number_has_no_such_page(office):
    person = Person.objects.create(staff_number="W9", name="无号")
    confirmed(office)
    assert office.get(reverse("people:identity", args=[person.pk])).status_code == 404


def test_search_finds_nobody_by_number(office, somebody):
    assert "王小明" not in office.get(reverse("people:directory"), {"q": NUMBER}).content.decode()
    assert not Person.objects.search(NUMBER).exists()
