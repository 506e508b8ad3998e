import datetime as dt
import json
import re

import pytest
from django.urls import reverse

from intranet import clock
from intranet.access.models import AuditEntry
from intranet.access.registry import private_fields
from intranet.people import private_facts
from intranet.people.models import CorrectionRequest, Leadership, Person, Posting
from intranet.people.services import corrections, leaderships
from tests.people.hall import make_crowd, make_person, place
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db

MOBILE, NOTE, BIRTHDAY = "13812345678", "备注里的话", dt.date(1990, 5, 4)


@pytest.fixture
def colleague(hall):
    user = make_user("K001", name="吕丽华")
    Person.objects.filter(pk=user.person.pk).update(
        mobile=MOBILE, note=NOTE, birthday=BIRTHDAY, political_status="party_member"
    )
    return place(Person.objects.select_related("user").get(pk=user.person.pk), hall.tax, hall.tax_window)


def page(client, user, name, *args, **query) -> str:
    client.force_login(user)
    response = client.get(reverse(f"people:{name}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def without_tokens(response) -> str:
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    # Forms of the header lead back to the address that was asked for.
    return text.replace(response.wsgi_request.path, "")


def status(client, user, name, *args) -> int:
    client.force_login(user)
    return client.get(reverse(f"people:{name}", args=args)).status_code


# The directory


def test_the_directory_finds_and_hides_leavers(client, hall, colleague):
    make_person("走先生", "Z1", hall.tax, left_on=clock.today() - dt.timedelta(days=1))
    reader = make_user()
    text = page(client, reader, "directory")
    assert "吕丽华" in text
    assert "走先生" not in text
    assert MOBILE not in text
    assert "吕丽华" in page(client, reader, "directory", q="lyulihua")
    assert "没有找到" in page(client, reader, "directory", q="谁都不是")
    assert "没有找到" in page(client, make_user(None, "hr_admin"), "directory", q="走先生")


def test_strangers_sign_in_first(client, colleague):
    for name, args in (("directory", ()), ("person", (colleague.pk,)), ("me", ()), ("register", ())):
        response = client.get(reverse(f"people:{name}", args=args))
        assert response.status_code == 302
        assert "/sign-in/" in response["Location"]


@pytest.mark.parametrize("name", ["directory", "windows", "register"])
def test_lists_take_as_many_queries_for_a_thousand_as_for_two_hundred(client, hall, name, officer):
    client.force_login(officer)
    url = reverse(f"people:{name}")

    def queries() -> str:
        client.get(url)
        return client.get(url)["Server-Timing"]

    make_crowd(hall, 200)
    few = queries()
    make_crowd(hall, 800, start=200)
    assert queries() == few


def test_unit_and_window_pages_take_constant_queries(client, hall, officer):
    client.force_login(officer)
    urls = [reverse("people:unit", args=[hall.tax.pk]), reverse("people:window", args=[hall.tax_window.pk])]
    make_crowd(hall, 20)
    few = [client.get(url)["Server-Timing"] for url in urls]
    make_crowd(hall, 200, start=20)
    assert [client.get(url)["Server-Timing"] for url in urls] == few


def test_windows_by_zone(client, hall, colleague):
    text = page(client, make_user(), "windows")
    assert (
        text.index("A区")
        < text.index("税务登记")
        < text.index("户籍")
        < text.index("未分区")
        < text.index("综合受理")
    )
    assert "吕丽华" in text


def test_unit_and_window_pages(client, hall, colleague):
    boss = make_user(name="首席某")
    leaderships.appoint(kind=Leadership.Kind.CHIEF_REPRESENTATIVE, person=boss.person, unit=hall.tax, by=None)
    leaderships.appoint(kind=Leadership.Kind.WINDOW_HEAD, person=colleague, window=hall.tax_window, by=None)
    reader = make_user()
    unit = page(client, reader, "unit", hall.tax.pk)
    assert "首席某" in unit
    assert "吕丽华" in unit
    assert "办税服务股" in unit
    window = page(client, reader, "window", hall.tax_window.pk)
    assert "窗口负责人" in window
    assert "吕丽华" in window


def test_what_is_closed_is_missing_for_others(client, hall, officer):
    for place_ in (hall.police, hall.general):
        place_.retired_on = clock.today()
        place_.save()
    reader = make_user()
    assert status(client, reader, "unit", hall.police.pk) == 404
    assert status(client, reader, "window", hall.general.pk) == 404
    assert status(client, officer, "unit", hall.police.pk) == 200
    assert status(client, officer, "window", hall.general.pk) == 200


# A person's page: who sees what


def facts_seen(client, user, person) -> set[str]:
    text = page(client, user, "person", person.pk)
    marks = {
        "mobile": MOBILE,
        "note": NOTE,
        "birthday": "1990年5月4日",
        "political_status": "中共党员",
        "history": "起始日期",
    }
    return {fact for fact, mark in marks.items() if mark in text}


@pytest.mark.parametrize(
    ("role", "facts"),
    [
        (None, set()),
        ("hr_admin", {"mobile", "note", "birthday", "political_status", "history"}),
        ("union_officer", {"birthday"}),
        ("union_chair", {"birthday"}),
        ("centre_leader", {"history"}),
        ("auditor", set()),
        ("system_admin", set()),
        ("window_head", set()),
    ],
)
def test_private_facts_by_role(client, colleague, role, facts):
    reader = make_user(None, *([role] if role else []))
    assert facts_seen(client, reader, colleague) == facts


def test_private_facts_for_oneself_and_for_leaders(client, hall, colleague):
    assert facts_seen(client, colleague.user, colleague) == {"mobile", "birthday", "political_status", "history"}
    boss, other = make_user(), make_user()
    leaderships.appoint(kind=Leadership.Kind.CHIEF_REPRESENTATIVE, person=boss.person, unit=hall.tax, by=None)
    leaderships.appoint(kind=Leadership.Kind.CHIEF_REPRESENTATIVE, person=other.person, unit=hall.police, by=None)
    assert facts_seen(client, boss, colleague) == {"mobile", "history"}
    assert facts_seen(client, other, colleague) == set()


def test_readers_of_private_fields_say_the_same_as_the_pages(client, hall, colleague, officer):
    boss = make_user()
    leaderships.appoint(kind=Leadership.Kind.CHIEF_REPRESENTATIVE, person=boss.person, unit=hall.tax, by=None)
    fields = private_fields()
    assert set(fields["people.Person.mobile"].readers(colleague)) == {
        colleague.user.username, boss.username, officer.username,
    }  # fmt: skip
    assert set(fields["people.Person.note"].readers(colleague)) == {officer.username}
    asked = corrections.ask(person=colleague, field="mobile", text="1", by=colleague.user)
    assert set(fields["people.CorrectionRequest.text"].readers(asked)) == {colleague.user.username, officer.username}
    officer.is_active = False
    officer.save()
    assert set(fields["people.Person.note"].readers(colleague)) == set()


def test_a_leaver_is_missing_like_a_number_that_never_was(client, hall, officer):
    gone = make_person("走先生", "Z1", hall.tax, left_on=clock.today() - dt.timedelta(days=1))
    reader = make_user()
    client.force_login(reader)
    foreign = client.get(reverse("people:person", args=[gone.pk]))
    missing = client.get(reverse("people:person", args=[999_999]))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert without_tokens(foreign) == without_tokens(missing)
    assert status(client, officer, "person", gone.pk) == 200
    assert status(client, make_user(None, "auditor"), "person", gone.pk) == 200


def test_photos_are_for_those_who_see_the_person(hall, colleague):
    Person.objects.filter(pk=colleague.pk).update(photo="people/photos/a.jpg")
    assert private_facts.photo_allowed(make_user(), "people/photos/a.jpg")
    assert not private_facts.photo_allowed(make_user(), "people/photos/b.jpg")
    Person.objects.filter(pk=colleague.pk).update(left_on=clock.today() - dt.timedelta(days=1))
    assert not private_facts.photo_allowed(make_user(), "people/photos/a.jpg")


# My data


def test_my_data_shows_everything_but_the_note_and_says_why(client, colleague):
    corrections.ask(person=colleague, field="mobile", text="13900001111", by=colleague.user)
    text = page(client, colleague.user, "me")
    for expected in (
        "K001",
        MOBILE,
        "1990年5月4日",
        "中共党员",
        "区税务局",
        "个人信息保护法",
        "13900001111",
        "待处理",
    ):
        assert expected in text
    assert NOTE not in text
    assert "13900001111" not in page(client, make_user(), "me")


def test_an_account_without_entry_has_no_data_here(client):
    account = make_user(None, person=False)
    for name in ("me", "ask_correction"):
        assert status(client, account, name) == 403


@pytest.mark.parametrize("kind", ["json", "html"])
def test_taking_the_data_along_is_recorded(client, colleague, kind):
    client.force_login(colleague.user)
    response = client.post(reverse("people:export_own"), {"format": kind})
    text = response.content.decode()
    assert f'filename="my-data.{kind}"' in response["Content-Disposition"]
    assert response["Cache-Control"] == "no-store"
    assert MOBILE in text
    assert NOTE not in text
    entry = AuditEntry.objects.get(action="people.export_own")
    assert (entry.user, entry.data) == (colleague.user, {"format": kind})
    if kind == "json":
        entries = json.loads(text)["groups"]
        assert entries["care"]["entries"]["birthday"] == "1990-05-04"
        posting = Posting.objects.get(person=colleague)
        assert entries["postings"]["entries"][f"posting-{posting.pk}"]["from"] == "2020-01-01"


def test_another_format_is_refused_and_nothing_recorded(client, colleague):
    client.force_login(colleague.user)
    assert client.post(reverse("people:export_own"), {"format": "exe"}).status_code == 302
    assert client.get(reverse("people:export_own")).status_code == 405
    assert not AuditEntry.objects.filter(action="people.export_own").exists()


def test_asking_for_a_correction(client, colleague):
    client.force_login(colleague.user)
    url = reverse("people:ask_correction")
    assert client.post(url, {"field": "mobile", "text": "13900001111"}).status_code == 302
    again = client.post(url, {"field": "mobile", "text": "13900002222"})
    assert "还在处理" in again.content.decode()
    assert client.post(url, {"field": "note", "text": "x"}).status_code == 200
    assert CorrectionRequest.objects.get().text == "13900001111"


@pytest.mark.parametrize("name", ["person", "unit", "window"])
def test_a_number_beyond_every_row_is_missing(client, name):
    assert status(client, make_user(), name, 10**30) == 404


def test_a_nul_in_the_search_is_a_bad_request(client, hall, colleague):
    client.force_login(make_user())
    assert client.get(reverse("people:directory"), {"q": "吕\x00"}).status_code == 400
