"""Departments, windows, union groups, postings, days; and every list out and in again."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from intranet import clock
from intranet.people.models import Body, Membership, Person, Posting, Unit, Window, Zone
from intranet.sheets import exports
from intranet.sheets.models import SheetExport
from intranet.sheets.registry import sheet_kinds
from intranet.sheets.services import check
from intranet.workdays.models import Day, Year

from .books import person, register, write_book

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with clock.at(clock.start_of(dt.date(2026, 11, 24), 9)):
        yield


def test_a_unit_may_stand_below_another_of_the_same_file(bring, tmp_path):
    rows = [["单位名称", "简称", "单位类型", "上级单位", "办公电话"]]
    rows += [["综合科", "", "后台科室", "中心", "8011"], ["政务服务中心", "中心", "政务服务中心", "", ""]]
    report = bring(write_book(tmp_path / "u.xlsx", rows), kind="departments")
    assert report.created == 2
    section = Unit.objects.get(name="综合科")
    assert (section.parent.name, section.kind, section.office_phone) == ("政务服务中心", "back_office", "8011")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["甲科", "乙科"], ["乙科", "甲科"]], "own_parent"),
        ([["甲科", "火星"]], "unknown_department"),
        ([["甲科", ""], ["甲科", ""]], "duplicate_name"),
    ],
)
def test_units_that_cannot_be(hall, tmp_path, rows, code):
    path = write_book(tmp_path / "u.xlsx", [["单位名称", "上级单位"], *rows])
    assert {issue.code for issue in check(kind="departments", path=path, by=None).errors} == {code}


def test_windows_with_units_and_a_new_zone(bring, tmp_path):
    rows = [
        ["窗口号", "窗口名称", "窗口类型", "所在区域", "进驻单位"],
        ["12号", "综合", "综合窗口", "东区", "税务局、自然资源局"],
    ]
    report = bring(write_book(tmp_path / "w.xlsx", rows), kind="windows")
    assert [issue.code for issue in report.warnings] == ["new_zone"]
    window = Window.objects.get(number="12")
    assert (window.kind, window.zone, window.units.count()) == ("general_window", Zone.objects.get(), 2)
    assert window.sort_key == Window.sort_key_of("12")
    rows[1][4] = "税务局"
    report = bring(write_book(tmp_path / "v.xlsx", rows), kind="windows")
    assert report.rows[0].changes == {"units": ("云溪区税务局、自然资源局", "云溪区税务局")}
    assert [unit.short_name for unit in Window.objects.get(number="12").units.all()] == ["税务局"]


def test_union_groups_with_their_leaders(bring, tmp_path):
    bring(register(tmp_path / "r.xlsx", person()))
    rows = [["工会小组名单"], ["工会小组", "组长工号"], ["第一小组", "HW0001"], ["第二小组", ""]]
    report = bring(write_book(tmp_path / "g.xlsx", rows), kind="union_groups")
    assert (report.created, report.updated) == (1, 1)
    assert Membership.objects.get().office == Membership.Office.GROUP_LEADER
    assert Body.objects.get(name="第二小组").kind == Body.Kind.UNION_GROUP


def test_postings_end_the_one_before(bring, tmp_path):
    with clock.at(clock.start_of(dt.date(2026, 1, 5))):
        bring(register(tmp_path / "r.xlsx", person()))
    rows = [["工号", "姓名", "单位", "窗口号", "进驻时间"], ["HW0001", "王小明", "自然资源局", "3", "2026-06-01"]]
    report = bring(write_book(tmp_path / "p.xlsx", rows), kind="postings")
    assert [issue.code for issue in report.warnings] == ["previous_ended"]
    old, new = Posting.objects.order_by("starts_on")
    assert (old.ends_on, old.ending, new.window.number) == (dt.date(2026, 5, 31), "transfer", "3")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["HW0009", "", "税务局", "2026-06-01", ""], "unknown_person"),
        (["HW0001", "李四", "税务局", "2026-06-01", ""], "name_differs"),
        (["HW0001", "", "税务局", "2026-06", ""], "whole_date"),
        (["HW0001", "", "税务局", "2026-06-01", "2026-05-31"], "date_order"),
        (["HW0001", "", "税务局", "2025-12-01", ""], "overlap"),
    ],
)
def test_postings_that_cannot_be(bring, tmp_path, row, code):
    with clock.at(clock.start_of(dt.date(2026, 1, 5))):
        bring(register(tmp_path / "r.xlsx", person()))
    path = write_book(tmp_path / "p.xlsx", [["工号", "姓名", "单位", "进驻时间", "退出时间"], row])
    assert [issue.code for issue in check(kind="postings", path=path, by=None).errors] == [code]


def test_days(bring, tmp_path):
    rows = [["日期", "类型", "名称"], ["2027-01-01", "放假", "元旦"], ["2027-01-03", "补班", "元旦"]]
    report = bring(write_book(tmp_path / "d.xlsx", rows), kind="workdays")
    assert report.created == 2
    assert Day.objects.get(day=dt.date(2027, 1, 3)).kind == Day.Kind.WORKDAY
    assert Year.objects.get(year=2027).announced is False


AWKWARD = ("=1+1", "+86", "-", "@x", "'a", "  先空两格", "一\u3000二", "甲\n乙", '"引号"')


@pytest.fixture
def full_hall(bring, tmp_path):
    people = [
        person(f"00{number:02d}", "王小明" if number % 2 else "李 四", 工会小组="第一小组") for number in range(1, 12)
    ]
    bring(register(tmp_path / "r.xlsx", *people))
    for someone, note in zip(Person.objects.order_by("pk"), AWKWARD, strict=False):
        someone.note, someone.birthday_precision = note, "month"
        someone.birthday = dt.date(1985, 3, 1)
        someone.save()
    Person.objects.filter(staff_number="0010").update(name="王五(大)")
    for number in ("a-1", "综窗3", "5-6"):
        Window.objects.create(number=number, name="税务、社保", kind=Window.Kind.GENERAL)
    Person.objects.filter(staff_number="0011").update(birthday_calendar="lunar", email="a@hall.test")


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", ["departments", "windows", "union_groups", "staff_register", "postings", "workdays"])
def test_what_goes_out_comes_back_unchanged(full_hall, tmp_path, settings, kind, form, language):
    from django.utils import translation

    path = tmp_path / f"out.{form}"
    with translation.override(language), path.open("wb") as file:
        rows = exports.export(kind=kind, form=form, file=file, by=None)
    report = check(kind=kind, path=path, by=None)
    assert [(issue.row, issue.column, issue.message) for issue in report.errors] == []
    assert [row.changes for row in report.rows if row.changes] == []
    assert (report.unchanged, report.created) == (rows, 0)
    assert rows > 0
    assert SheetExport.objects.get().rows == rows


def test_no_cell_of_an_export_is_a_formula(full_hall):
    held = io.BytesIO()
    exports.export(kind="staff_register", form="xlsx", file=held, by=None)
    cells = [cell for row in load_workbook(held).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr", "n"}
    assert "=1+1" in [cell.value for cell in cells]
    assert all(cell.value is None for cell in cells if cell.data_type == "n")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff20"])
def test_in_csv_a_sign_stands_behind_a_quote_mark_headings_too(sign):
    line = exports.csv_bytes([[f"{sign}x", "0012", "x"]]).decode("utf-8-sig")
    assert line.startswith(f'"\'{sign}x"')
    assert '"0012\t"' in line


def test_the_template_is_understood_and_holds_nobody(hall, tmp_path):
    for key, kind in sheet_kinds().items():
        path = tmp_path / f"{key}.xlsx"
        with path.open("wb") as file:
            exports.write_template(kind, file)
        assert [issue.code for issue in check(kind=key, path=path, by=None).errors] == ["no_rows"]
