"""Taking an import back: everything stands as it did, or the officer is told what stands in the way."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from intranet import clock
from intranet.access.exceptions import NotAllowed
from intranet.access.models import AuditEntry
from intranet.people.models import Body, Membership, Person, Posting, Unit, Window
from intranet.people.services import register as register_services
from intranet.sheets import services
from intranet.sheets.exceptions import CannotUndo
from intranet.sheets.models import SheetJournal, SheetUpload
from intranet.sheets.services import undoing
from tests.people_of_the_hall import make_user

from .books import person, register, write_book

pytestmark = pytest.mark.django_db


def tables() -> dict[str, list[tuple]]:
    """Every row of the rooms that sheets write to; not the log, nor the sheets themselves."""
    models = [model for app in ("people", "workdays", "access") for model in apps.get_app_config(app).get_models()]
    models += [Window.units.through, apps.get_model("access", "User").groups.through]
    kept = [model for model in models if model is not AuditEntry]
    return {model._meta.label: sorted(model._base_manager.values_list(), key=repr) for model in kept}


def last() -> SheetUpload:
    return SheetUpload.objects.imports().first()


def sheet_of(kind, folder):
    """A sheet of the kind that adds rows, changes some and touches every table the kind writes."""
    if kind == "staff_register":
        changed = person(姓名="王小名", 手机号码="13900000000", 窗口号="2", 工会小组="第二小组")
        return register(folder / "b.xlsx", changed, person("HW0009", "新来的", 工会小组="第一小组"))
    rows = {
        "departments": [["单位名称", "简称", "上级单位"], ["云溪区税务局", "税务", "新局"], ["新局", "", ""]],
        "windows": [
            ["窗口号", "窗口名称", "进驻单位", "区域"],
            ["1", "改名", "自然资源局", "新区"],
            ["9", "新", "税务局", "新区"],
        ],
        "union_groups": [["工会小组", "组长工号"], ["第一小组", "HW0001"], ["新小组", "HW0002"]],
        "postings": [["工号", "单位", "窗口号", "开始日期"], ["HW0001", "自然资源局", "3", "2026-03-02"]],
        "workdays": [["日期", "类型", "名称"], ["2026-10-01", "补班", "改了"], ["2031-05-01", "放假", "劳动节"]],
    }
    return write_book(folder / "b.xlsx", rows[kind])


@pytest.fixture
def filled(hall, bring, tmp_path):
    Body.objects.create(name="第二小组", kind=Body.Kind.UNION_GROUP)
    base = register(tmp_path / "a.xlsx", person(工会小组="第一小组"), person("HW0002", "李四"))
    assert bring(base, options={"accounts": "inactive"}).outcome == "clean"
    # So that what a sheet of today moves is a move, not a correction of today's entry.
    Posting.objects.update(starts_on=dt.date(2025, 1, 6))
    Membership.objects.update(starts_on=dt.date(2025, 1, 6))


@pytest.mark.parametrize("kind", ["departments", "windows", "union_groups", "staff_register", "postings", "workdays"])
def test_everything_stands_as_it_did(filled, bring, tmp_path, kind):
    before = tables()
    report = bring(sheet_of(kind, tmp_path), kind, options={"accounts": "inactive"})
    assert report.outcome == "clean", [issue.message for issue in report.errors]
    assert report.created + report.updated > 0
    assert tables() != before
    services.undo(upload=last(), by=None)
    assert tables() == before
    assert last().state == SheetUpload.State.UNDONE
    assert AuditEntry.objects.filter(action="sheets.undo").count() == 1
    with pytest.raises(CannotUndo):
        services.undo(upload=last(), by=None)
    # And the same sheet can be brought again.
    assert bring(sheet_of(kind, tmp_path), kind, options={"accounts": "inactive"}).outcome == "clean"


def test_a_row_changed_since_stands_in_the_way_by_name(filled, bring, tmp_path):
    bring(sheet_of("staff_register", tmp_path), options={"accounts": "inactive"})
    new = Person.objects.get(staff_number="HW0009")
    register_services.change_person(person=new, by=None, mobile="13700000000")
    after = tables()
    with pytest.raises(CannotUndo, match="新来的"):
        services.undo(upload=last(), by=None)
    assert tables() == after
    assert last().state == SheetUpload.State.CONFIRMED


@pytest.mark.control
def test_without_the_guard_the_later_change_is_lost(filled, bring, tmp_path, monkeypatch):
    bring(sheet_of("staff_register", tmp_path))
    register_services.change_person(person=Person.objects.get(staff_number="HW0001"), by=None, mobile="13700000000")
    monkeypatch.setattr(undoing, "_refuse_touched", lambda one: None)
    services.undo(upload=last(), by=None)
    assert Person.objects.get(staff_number="HW0001").mobile == "13800001234"


def test_a_row_used_since_stands_in_the_way(filled, bring, tmp_path):
    bring(sheet_of("departments", tmp_path), "departments")
    unit = Unit.objects.get(name="新局")
    Window.objects.create(number="77", name="新").units.add(unit)
    with pytest.raises(CannotUndo, match="新局"):
        services.undo(upload=last(), by=None)
    assert Unit.objects.filter(pk=unit.pk).exists()


@pytest.mark.control
def test_without_that_guard_only_the_database_holds_it(filled, bring, tmp_path, monkeypatch):
    bring(sheet_of("departments", tmp_path), "departments")
    Window.objects.create(number="77", name="新").units.add(Unit.objects.get(name="新局"))
    monkeypatch.setattr(undoing, "_refuse_referred_to", lambda written: None)
    services.undo(upload=last(), by=None)
    # Constraints are checked at the end of a transaction; the test's own has none, so they are asked here.
    with pytest.raises(IntegrityError):
        connection.check_constraints()
    transaction.set_rollback(True)


def test_only_the_last_import_of_a_kind_and_only_by_who_brought_it(filled, bring, tmp_path):
    officer = make_user("HR01", "hr_admin", person=False)
    first = last()
    bring(sheet_of("staff_register", tmp_path), by=officer)
    with pytest.raises(CannotUndo):
        services.undo(upload=first, by=None)
    with pytest.raises(NotAllowed):
        services.undo(upload=last(), by=make_user("HR02", "hr_admin", person=False))
    services.undo(upload=last(), by=officer)
    assert services.may_be_undone(first)


def test_who_has_left_by_a_sheet_is_not_brought_back(filled, bring, tmp_path):
    rows = [
        ["工号", "单位", "开始日期", "结束日期", "结束方式"],
        ["HW0002", "税务局", "2025-01-06", "2026-03-01", "退出"],
    ]
    assert bring(write_book(tmp_path / "p.xlsx", rows), "postings").outcome == "clean"
    with pytest.raises(CannotUndo, match="李四"):
        services.undo(upload=last(), by=None)
    assert Person.objects.get(staff_number="HW0002").has_left


def test_after_thirty_days_what_stood_there_is_gone(filled):
    upload = last()
    services.remove_old_files(clock.now() + dt.timedelta(days=31))
    assert not SheetJournal.objects.exists()
    with pytest.raises(CannotUndo, match="30"):
        services.undo(upload=upload, by=None)


def test_the_receipt_offers_it_and_says_what_stands_in_the_way(filled, client, tmp_path):
    officer = make_user("HR01", "hr_admin", person=False)
    client.force_login(officer)
    path = register(tmp_path / "r.xlsx", person("HW0005", "赵五"))
    with path.open("rb") as file:
        sent = client.post(reverse("sheets:upload"), {"kind": "staff_register", "file": file})
    client.get(sent.url)
    receipt = client.post(f"{sent.url}confirm/").url
    undo = reverse("sheets:undo", args=[last().pk])
    assert undo in client.get(receipt).content.decode()
    new = Person.objects.get(staff_number="HW0005")
    Person.objects.filter(pk=new.pk).update(note="改过")
    refused = client.post(undo, follow=True).content.decode()
    assert "赵五" in refused
    assert Person.objects.filter(pk=new.pk).exists()
    Person.objects.filter(pk=new.pk).update(note=new.note)
    done = client.post(undo, follow=True).content.decode()
    assert not Person.objects.filter(pk=new.pk).exists()
    assert undo not in done
    assert str(SheetUpload.State.UNDONE.label) in done
