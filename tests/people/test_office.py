import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image

from intranet import clock
from intranet.access.models import AuditEntry, User
from intranet.people.exceptions import CorrectionError, RegisterError
from intranet.people.models import Body, CorrectionRequest, Leadership, Person
from intranet.people.rules import birthday_fault, clean_staff_number
from intranet.people.services import corrections, leaderships, memberships, register
from tests.people.hall import make_person, place
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


def url(name: str, *args) -> str:
    return reverse(f"people:{name}", args=args)


# Rules


@pytest.mark.parametrize(
    ("given", "clean"), [(" A 001 ", "A001"), ("Ａ００１", "A001"), ("0012", "0012"), (17, "17"), ("\u3000", "")]
)
def test_staff_numbers_keep_the_halls_form(given, clean):
    assert clean_staff_number(given) == clean


@pytest.mark.parametrize(
    ("birthday", "fault"),
    [
        (None, ""),
        (dt.date(2010, 11, 24), ""),
        (dt.date(2010, 11, 25), "15"),
        (dt.date(1950, 11, 25), ""),
        (dt.date(1950, 11, 24), "76"),
        (TODAY, "0"),
        (dt.date(2026, 11, 25), "future"),
    ],
)
def test_birthdays(birthday, fault):
    with translation.override("en"):
        said = birthday_fault(birthday, TODAY)
    assert fault in said
    assert bool(said) is bool(fault)


# The register


def test_adding_and_changing_an_entry(officer):
    person = register.add_person(staff_number=" Ｇ１ ", name="单雄信", birthday=dt.date(1990, 1, 1), by=officer)
    assert (person.staff_number, person.pinyin_full) == ("G1", "shan xiong xin")
    register.change_person(person=person, mobile="13800000000", name="单雄信", by=officer)
    entry = AuditEntry.objects.get(action="people.change")
    assert entry.data == {"fields": ["mobile"]}
    assert "138" not in str(entry.data)
    register.change_person(person=person, mobile="13800000000", by=officer)
    assert AuditEntry.objects.filter(action="people.change").count() == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"staff_number": "G0"}, "staff number"),
        ({"staff_number": " "}, "staff number"),
        ({"birthday": clock.today() + dt.timedelta(days=1)}, "birthday"),
        ({"email": "nowhere"}, "mail"),
        ({"name": "长" * 61}, "name"),
        ({"sex": "other"}, "sex"),
    ],
)
def test_entries_that_break_a_rule(officer, fields, said):
    make_person("甲", "G0")
    with translation.override("en"), pytest.raises(RegisterError, match=said):
        register.add_person(**{"staff_number": "G1", "name": "乙", "by": officer, **fields})
    assert Person.objects.filter(name="乙").count() == 0


def test_the_register_changes_only_its_own_fields(officer):
    with pytest.raises(TypeError):
        register.change_person(person=make_person("甲", "1"), left_on=clock.today(), by=officer)


def test_name_and_number_go_on_to_the_account(officer):
    user = make_user("G1", name="旧名")
    register.change_person(person=user.person, name="新名", staff_number="G2", email="a@hall.test", by=officer)
    user = User.objects.get(pk=user.pk)
    assert (user.username, user.name, user.email) == ("G2", "新名", "a@hall.test")
    make_user("G3", person=False)
    with pytest.raises(RegisterError):
        register.change_person(person=user.person, staff_number="G3", by=officer)
    assert Person.objects.get(pk=user.person.pk).staff_number == "G2"


# Corrections


def test_accepting_a_simple_entry_changes_it_in_the_same_step(officer):
    user = make_user()
    asked = corrections.ask(person=user.person, field="mobile", text=" 139 ", by=user)
    assert asked.text == "139"
    corrections.accept(request=asked, value="13900001111", answer="已改", by=officer)
    asked.refresh_from_db()
    assert (asked.state, asked.answer, asked.decided_by) == ("accepted", "已改", officer)
    assert Person.objects.get(pk=user.person.pk).mobile == "13900001111"
    with pytest.raises(CorrectionError):
        corrections.accept(request=asked, value="1", by=officer)
    with pytest.raises(CorrectionError):
        corrections.decline(request=asked, answer="不", by=officer)
    corrections.ask(person=user.person, field="mobile", text="再改", by=user)


def test_a_value_that_breaks_a_rule_leaves_the_request_open(officer):
    user = make_user()
    asked = corrections.ask(person=user.person, field="birthday", text="2090-01-01", by=user)
    with pytest.raises(RegisterError):
        corrections.accept(request=asked, value=dt.date(2090, 1, 1), by=officer)
    asked.refresh_from_db()
    assert asked.state == "open"


def test_other_entries_are_only_answered_and_declining_needs_a_reason(officer):
    user = make_user()
    asked = corrections.ask(person=user.person, field="other", text="照片旧了", by=user)
    with pytest.raises(CorrectionError):
        corrections.decline(request=asked, answer="  ", by=officer)
    corrections.decline(request=asked, answer="照片是新的", by=officer)
    again = corrections.ask(person=user.person, field="other", text="真的", by=user)
    corrections.accept(request=again, by=officer)
    assert [row.state for row in user.person.corrections.order_by("pk")] == ["declined", "accepted"]


@pytest.mark.parametrize(
    ("field", "text"), [("note", "x"), ("mobile", " "), ("mobile", "长" * 501), ("left_on", "x")]
)
def test_requests_that_cannot_be(field, text):
    user = make_user()
    with pytest.raises(CorrectionError):
        corrections.ask(person=user.person, field=field, text=text, by=user)


def test_one_sees_ones_own_requests(officer):
    user, other = make_user(), make_user()
    asked = corrections.ask(person=user.person, field="other", text="x", by=user)
    assert list(CorrectionRequest.objects.visible_to(user)) == [asked]
    assert list(CorrectionRequest.objects.visible_to(officer)) == [asked]
    assert not CorrectionRequest.objects.visible_to(other)


# Screens


OFFICE = [
    "register", "add", "edit", "enter", "transfer", "withdraw", "appoint", "join", "corrections", "correction",
    "dismiss", "leave",
]  # fmt: skip


def addresses(hall) -> dict[str, str]:
    user = make_user()
    person = place(user.person, hall.tax)
    body = Body.objects.create(name="第一工会小组", kind="union_group")
    objects = {
        "correction": corrections.ask(person=person, field="mobile", text="139", by=user).pk,
        "dismiss": leaderships.appoint(kind=Leadership.Kind.UNIT_HEAD, person=person, unit=hall.tax, by=None).pk,
        "leave": memberships.join(person=person, body=body, by=None).pk,
    }
    alone = {"register", "add", "corrections"}
    return {name: url(name) if name in alone else url(name, objects.get(name, person.pk)) for name in OFFICE}


@pytest.mark.parametrize("role", [None, "union_chair", "auditor", "system_admin", "window_head", "centre_leader"])
def test_the_office_is_the_personnel_offices_alone(client, hall, role):
    pages = addresses(hall)
    client.force_login(make_user(None, *([role] if role else [])))
    for address in [*pages.values(), pages["edit"].replace("/edit/", "/account/")]:
        assert client.get(address).status_code == 403, address
        assert client.post(address).status_code == 403, address


def test_every_screen_of_the_office_opens_and_keeps_an_empty_form_open(signed_in, hall):
    for name, address in addresses(hall).items():
        assert signed_in.get(address).status_code == 200, name
        if name not in ("register", "corrections", "correction"):
            assert signed_in.post(address, {}).status_code == 200, name


def test_what_is_not_there_is_missing(signed_in):
    for name in ("edit", "enter", "transfer", "withdraw", "appoint", "join", "correction", "dismiss", "leave"):
        assert signed_in.get(url(name, 999_999)).status_code == 404


def test_a_newcomer_from_entry_to_withdrawal(signed_in, hall):
    today = clock.today()
    response = signed_in.post(
        url("add"),
        {"staff_number": "N1", "name": "尉迟新", "birthday_calendar": "solar", "birthday_precision": "day"},
    )
    person = Person.objects.get(staff_number="N1")
    assert response["Location"] == url("enter", person.pk)
    signed_in.post(url("enter", person.pk), {"unit": hall.tax.pk, "starts_on": today - dt.timedelta(days=5)})
    account = signed_in.post(url("open_account", person.pk))
    person.refresh_from_db()
    assert account["Cache-Control"] == "no-store"
    assert "N1" in account.content.decode()
    assert not person.user.is_active
    code = account.context["sheets"][0][0]["slip"].code
    again = signed_in.post(url("open_account", person.pk)).context["sheets"][0][0]["slip"].code
    newcomer = Client()
    assert newcomer.post("/activate/", {"username": "N1", "code": code}).status_code == 200
    assert newcomer.post("/activate/", {"username": "N1", "code": again}).status_code == 302
    chosen = {"how": "pin", "secret": "802714", "again": "802714"}
    assert newcomer.post("/activate/choose/", chosen)["Location"] == "/desk/"
    assert signed_in.post(url("open_account", person.pk))["Location"] == url("person", person.pk)
    seen = person.postings.get().pk
    move = {"unit": hall.police.pk, "window": hall.police_window.pk, "starts_on": today, "seen": seen}
    assert signed_in.post(url("transfer", person.pk), move)["Location"] == url("person", person.pk)
    stale = signed_in.post(url("transfer", person.pk), {**move, "starts_on": today + dt.timedelta(days=1)})
    assert "其他人刚把" in stale.content.decode()
    signed_in.post(
        url("appoint", person.pk),
        {"kind": "window_head", "window": hall.police_window.pk, "unit": hall.tax.pk, "starts_on": today},
    )
    assert person.leaderships.get().place == hall.police_window
    seen = person.postings.get(ends_on=None).pk
    signed_in.post(url("withdraw", person.pk), {"last_day": today, "seen": seen})
    person = Person.objects.get(pk=person.pk)
    assert (person.left_on, person.user.is_active, person.postings.count()) == (today, False, 2)


def test_editing_joining_and_ending(signed_in, hall):
    person = make_person("甲", "1", hall.tax)
    body = Body.objects.create(name="第一党支部", kind="party_branch")
    fields = {"staff_number": "1", "name": "甲", "birthday_calendar": "solar", "birthday_precision": "day"}
    signed_in.post(url("edit", person.pk), {**fields, "mobile": "13800000000"})
    assert Person.objects.get(pk=person.pk).mobile == "13800000000"
    refused = signed_in.post(url("edit", person.pk), {**fields, "birthday": "2090-01-01"})
    assert "出生日期晚于今天" in refused.content.decode()
    signed_in.post(url("join", person.pk), {"body": body.pk, "office": "secretary", "starts_on": clock.today()})
    row = person.memberships.get()
    assert row.office == "secretary"
    signed_in.post(url("leave", row.pk), {"last_day": clock.today()})
    row.refresh_from_db()
    assert row.ends_on == clock.today()
    head = leaderships.appoint(kind=Leadership.Kind.UNIT_HEAD, person=person, unit=hall.tax, by=None)
    signed_in.post(url("dismiss", head.pk), {"last_day": clock.today()})
    head.refresh_from_db()
    assert head.ends_on == clock.today()


def test_answering_requests_on_the_screen(signed_in, hall):
    user = make_user()
    asked = corrections.ask(person=user.person, field="birthday", text="1990-05-04", by=user)
    page = signed_in.get(url("correction", asked.pk)).content.decode()
    assert 'value="1990-05-04"' in page
    refused = signed_in.post(url("correction", asked.pk), {"decision": "decline", "answer": ""})
    assert "请写明不采纳的理由" in refused.content.decode()
    accepted = signed_in.post(url("correction", asked.pk), {"decision": "accept", "value": "1990-05-05"})
    assert accepted["Location"] == url("corrections")
    assert Person.objects.get(pk=user.person.pk).birthday == dt.date(1990, 5, 5)


def test_the_register_shows_who_lacks_what(signed_in, hall):
    make_person("无岗位", "1")
    make_person("走先生", "2", hall.tax, left_on=clock.today() - dt.timedelta(days=1))
    user = make_user(name="有账号")
    place(user.person, hall.tax)
    shown = {key: signed_in.get(url("register"), {"show": key}).content.decode() for key in
             ("current", "unplaced", "no_account", "left", "nonsense")}  # fmt: skip
    assert "走先生" in shown["left"]
    assert "走先生" not in shown["current"] + shown["nonsense"]
    assert "无岗位" in shown["unplaced"]
    assert "有账号" not in shown["unplaced"] + shown["no_account"] + shown["left"]


# Wagtail's desk


@pytest.mark.parametrize("model", ["unit", "zone", "window", "body"])
def test_the_plan_of_the_hall_is_edited_by_the_office_and_never_deleted(client, hall, officer, model):
    client.force_login(officer)
    Body.objects.create(name="第一党支部", kind="party_branch")
    assert client.get(reverse(f"people_{model}:index")).status_code == 200
    pk = {"unit": hall.tax.pk, "zone": hall.zone.pk, "window": hall.general.pk}.get(model) or Body.objects.get().pk
    assert client.get(reverse(f"people_{model}:edit", args=[pk])).status_code == 200
    client.post(reverse(f"people_{model}:delete", args=[pk]))
    from django.apps import apps

    assert apps.get_model("people", model).objects.filter(pk=pk).exists()
    client.force_login(make_user())
    assert client.get(reverse(f"people_{model}:index")).status_code in (302, 403)


# Photos


def picture_with_place() -> SimpleUploadedFile:
    picture = Image.new("RGB", (1200, 900), "white")
    exif = picture.getexif()
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif)
    assert b"Camera of somebody" in written.getvalue()
    return SimpleUploadedFile("张三在家.jpg", written.getvalue(), "image/jpeg")


def test_a_photo_is_kept_without_what_the_camera_wrote(
    signed_in, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    person = make_person("甲", "1")
    fields = {"staff_number": "1", "name": "甲", "birthday_calendar": "solar", "birthday_precision": "day"}
    signed_in.post(url("edit", person.pk), {**fields, "photo": picture_with_place()})
    person.refresh_from_db()
    with Image.open(person.photo.path) as kept:
        assert kept.size == (600, 450)
        assert not kept.getexif()
    assert "张三" not in person.photo.name
    assert person.photo.name.startswith("people/photos/")
    path = person.photo.path
    signed_in.post(url("edit", person.pk), {**fields, "mobile": "1"})
    person.refresh_from_db()
    assert person.photo.path == path
    with django_capture_on_commit_callbacks(execute=True):
        signed_in.post(url("edit", person.pk), {**fields, "photo-clear": "on"})
    person.refresh_from_db()
    assert not person.photo
    assert not list(tmp_path.rglob("*.jpg"))


def test_what_is_no_picture_is_refused_in_words(officer):
    with translation.override("en"), pytest.raises(RegisterError, match="JPEG or PNG"):
        register.change_person(person=make_person("甲", "1"), photo=SimpleUploadedFile("a.jpg", b"x"), by=officer)
