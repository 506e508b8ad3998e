"""Whatever columns a file carries: nobody creates, overwrites or sees through it what is not theirs."""

from __future__ import annotations

import pytest
from django.urls import reverse

from intranet.access.exceptions import NotAllowed
from intranet.access.models import User
from intranet.access.roles import ROLES
from intranet.people.models import Person, Unit
from intranet.people.sheets.departments import DepartmentRows
from intranet.people.sheets.staff_rows import RegisterRows
from intranet.sheets import exports
from intranet.sheets.models import SheetUpload
from intranet.sheets.registry import SheetKind, sheet_kinds
from intranet.sheets.services import check, import_file
from tests.people_of_the_hall import make_user

from . import nasty
from .books import write_book

pytestmark = pytest.mark.django_db
# Columns somebody might try: keys of the database, accounts, flags, sealed values.
SMUGGLED = {
    "id": "1",
    "pk": "1",
    "ID": "1",
    "user": "1",
    "user_id": "1",
    "is_superuser": "1",
    "is_staff": "是",
    "national_id_hash": "f" * 64,
    "national_id_sealed": "gAAAA",
    "person_id": "1",
    "unit_id": "1",
    "left_on": "2020-01-01",
    "pinyin_of": "x",
    "retired_on": "2020-01-01",
}
KINDS = sorted(sheet_kinds())


def everything():
    """Every row of every table a sheet writes, as it stands."""
    models = {kind.handler.model for kind in sheet_kinds().values()} | {User}
    found = {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}
    for account in found[User._meta.label]:
        # Signing in is no write of a sheet.
        del account["last_login"]
    return found


def with_smuggled(path, target):
    from openpyxl import load_workbook

    book = load_workbook(path)
    sheet, width = book.active, book.active.max_column
    for at, (heading, value) in enumerate(SMUGGLED.items(), width + 1):
        sheet.cell(1, at).value = heading
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, at).value = value
    book.save(target)
    return target


@pytest.fixture
def hall_of_all(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.NATIONAL_IDS = True
    nasty.make()


def taken_out(kind, folder):
    path = folder / f"{kind}.xlsx"
    with path.open("wb") as file:
        exports.export(kind=kind, form="xlsx", file=file, by=None)
    return path


@pytest.mark.parametrize("kind", sorted(set(KINDS) - nasty.ELSEWHERE))
def test_columns_that_are_nobodys_change_nothing(hall_of_all, kind, tmp_path):
    boss = make_user("HR01", *ROLES, person=False)
    path = with_smuggled(taken_out(kind, tmp_path), tmp_path / "smuggled.xlsx")
    before = everything()
    report = import_file(kind=kind, path=path, by=boss)
    assert (report.errors, report.created, report.updated) == ([], 0, 0)
    assert everything() == before
    assert not set(SMUGGLED) & {binding.heading for block in report.table.blocks for binding in block.values()}


@pytest.mark.parametrize("kind", KINDS)
def test_without_the_role_a_kind_is_neither_read_nor_written(hall_of_all, kind, client, tmp_path):
    path = with_smuggled(taken_out(kind, tmp_path), tmp_path / "smuggled.xlsx")
    without = [key for key in ROLES if key not in sheet_kinds()[kind].roles]
    user = make_user("N1", *without, person=False)
    before = everything()
    for deed in (
        lambda: check(kind=kind, path=path, by=user),
        lambda: import_file(kind=kind, path=path, by=user),
        lambda: exports.export(kind=kind, form="csv", file=(tmp_path / "x").open("wb"), by=user),
    ):
        with pytest.raises(NotAllowed):
            deed()
    client.force_login(user)
    for name in ("export", "export_private", "template"):
        assert client.get(reverse(f"sheets:{name}", args=[kind])).status_code in (302, 403, 404)
    with path.open("rb") as file:
        client.post(reverse("sheets:upload"), {"kind": kind, "file": file})
    assert not SheetUpload.objects.filter(kind=kind).exists()
    assert everything() == before


@pytest.mark.control
@pytest.mark.parametrize("kind", KINDS)
def test_with_the_check_of_roles_off_the_list_would_go_out(hall_of_all, kind, tmp_path, monkeypatch):
    monkeypatch.setattr(SheetKind, "open_to", lambda self, user: True)
    user = make_user("N1", person=False)
    with (tmp_path / "x").open("wb") as file:
        exports.export(kind=kind, form="csv", file=file, by=user)
    assert (tmp_path / "x").stat().st_size > 10


@pytest.fixture
def narrow(officer, bring, tmp_path, monkeypatch):
    """An officer whose reach ends at the tax office."""
    rows = [["A1", "王小明", "税务局", "13800001234"], ["A2", "李四", "自然资源局", "13900005678"]]
    bring(write_book(tmp_path / "r.xlsx", [["工号", "姓名", "所在单位", "手机号码"], *rows]))
    monkeypatch.setattr(RegisterRows, "scope", lambda self: Person.objects.filter(staff_number="A1"))
    monkeypatch.setattr(DepartmentRows, "scope", lambda self: Unit.objects.filter(short_name="税务局"))
    return officer


def test_a_foreign_row_is_refused_and_nothing_of_it_is_said(narrow, tmp_path):
    head = ["id", "工号", "姓名", "所在单位", "手机号码"]
    rows = [[1, "A1", "王小明", "税务局", "13811112222"], [1, "A2", "张三", "税务局", "13811113333"]]
    before = everything()
    report = import_file(kind="staff_register", path=write_book(tmp_path / "f.xlsx", [head, *rows]), by=narrow)
    assert [(issue.row, issue.code) for issue in report.errors] == [(3, "not_allowed")]
    said = " ".join(issue.message for issue in (*report.errors, *report.warnings))
    assert not any(value in said for value in ("李四", "自然资源局", "13900005678"))
    assert not report.rows[1].changes
    assert everything() == before
    foreign = write_book(tmp_path / "u.xlsx", [["单位名称", "办公电话"], ["自然资源局", "8999"]])
    assert [issue.code for issue in import_file(kind="departments", path=foreign, by=narrow).errors] == [
        "not_allowed"
    ]


@pytest.mark.control
def test_with_the_scope_off_the_same_file_would_overwrite(narrow, tmp_path, monkeypatch):
    monkeypatch.setattr(RegisterRows, "scope", lambda self: Person.objects.all())
    path = write_book(tmp_path / "f.xlsx", [["工号", "姓名", "所在单位"], ["A2", "张三", "税务局"]])
    report = check(kind="staff_register", path=path, by=narrow)
    assert (report.updated, report.errors) == (1, [])
