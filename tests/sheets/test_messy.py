"""Sheets nobody tidied: cells that show errors, text that is cut, notes and headings between the rows."""

from __future__ import annotations

import zipfile

import pytest

from intranet.sheets.bounds import Bounds, Refused
from intranet.sheets.plain_text import read_cells
from intranet.sheets.services import check
from intranet.sheets.values import as_text

from .books import write_book

pytestmark = pytest.mark.django_db
HEADS = ["序号", "姓名", "单位", "手机"]
GOOD = [1, "甲某", "税务局", "13800001234"]


def checked(tmp_path, rows, merges=(), kind="staff_register"):
    return check(kind=kind, path=write_book(tmp_path / "x.xlsx", rows, merges), by=None)


def names(report):
    assert [(issue.row, issue.column, issue.code) for issue in report.errors] == []
    return [(row.number, row.values["name"]) for row in report.rows]


@pytest.mark.parametrize(
    ("cell", "code", "said"),
    [("#N/A", "error_cell", "#N/A"), ("#REF!", "error_cell", "#REF!"), ("=B2&C2", "formula", "=B2&C2")],
)
def test_a_cell_without_a_value_of_its_own_is_named(hall, tmp_path, cell, code, said):
    report = checked(tmp_path, [HEADS, GOOD, [2, "乙某", "税务局", cell]])
    (issue,) = report.errors
    assert (issue.row, issue.column, issue.code) == (3, "D", code)
    assert said in issue.message


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#GETTING_DATA", "Err:502", "#N/A"])
def test_errors_of_newer_programs_are_errors_of_their_cell(hall, tmp_path, error):
    from .books import repacked

    path = write_book(tmp_path / "x.xlsx", [[*HEADS, "年龄"], [*GOOD, "#N/A"], [2, "乙某", "税务局", "#N/A"]])
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as package:
        content = package.read(sheet)
    assert content.count(b"<v>#N/A</v>") == 2
    repacked(path, path, {sheet: content.replace(b"<v>#N/A</v>", f"<v>{error}</v>".encode())})
    (issue,) = check(kind="staff_register", path=path, by=None).errors
    assert (issue.row, issue.column, issue.code) == (3, "D", "error_cell")
    assert error in issue.message


def test_such_cells_harm_nobody_where_they_do_not_count(hall, tmp_path):
    rows = [
        [*HEADS, "年龄"],
        ["=ROW()-1", *GOOD[1:], "#N/A"],
        ["=ROW()-1", "", "", "=D2"],
        ["合计", "=COUNTA(B2:B2)"],
    ]
    report = checked(tmp_path, rows)
    assert names(report) == [(2, "甲某")]
    assert "uncalculated" in {issue.code for issue in report.warnings}


def test_a_required_cell_that_shows_an_error_makes_the_row_wrong(hall, tmp_path):
    report = checked(tmp_path, [HEADS, GOOD, ["", "#N/A", "#N/A", ""]])
    assert [(issue.row, issue.column, issue.code) for issue in report.errors] == [
        (3, "B", "error_cell"),
        (3, "C", "error_cell"),
    ]


def test_a_text_formula_needs_no_calculation(hall, tmp_path):
    report = checked(tmp_path, [HEADS, [1, "甲某", "税务局", '="13800001234"']])
    assert names(report) == [(2, "甲某")]
    assert as_text(report.rows[0].cells["mobile"]) == "13800001234"
    assert "uncalculated" not in {issue.code for issue in report.warnings}


def test_an_open_quote_mark_hides_no_rows():
    text = '姓名,单位,备注\n甲某,税务局,好\n乙某,税务局,"没有结束\n丙某,税务局,\n'
    with pytest.raises(Refused) as caught:
        read_cells(text.encode(), Bounds())
    assert (caught.value.code, caught.value.about) == ("open_quote", {"row": 3})
    closed = text.replace('"没有结束', '"两\n行"')
    assert read_cells(closed.encode(), Bounds())[2:] == [["乙某", "税务局", "两\n行"], ["丙某", "税务局", ""]]


def test_the_separator_is_what_most_lines_hold():
    assert read_cells("姓名\t备注\n甲某\ta,b,c,d,e,f\n".encode(), Bounds())[1] == ["甲某", "a,b,c,d,e,f"]
    assert read_cells("名册：一\t二\n姓名,备注\n甲某,a\n".encode(), Bounds())[2] == ["甲某", "a"]


def test_the_line_that_names_the_separator_is_no_row():
    assert read_cells("sep=;\r\n姓名;单位,部门\r\n甲某;税务局,一科\r\n".encode("gbk"), Bounds()) == [
        ["姓名", "单位,部门"],
        ["甲某", "税务局,一科"],
    ]


@pytest.mark.parametrize("data", ["<table>".encode("utf-16"), b"MIME-Version: 1.0\r\n\r\n<html>"])
def test_web_pages_in_other_clothes(data):
    with pytest.raises(Refused, match="web_page"):
        read_cells(data, Bounds())


def test_the_mark_of_old_programs_at_the_end_is_no_harm():
    assert read_cells("姓名,单位\n甲某,税务局\n\x1a".encode("gbk"), Bounds())[1] == ["甲某", "税务局"]


@pytest.mark.parametrize(
    "line",
    [
        ["人数合计", 1],
        ["", "合 计", "", 1],
        ["", "", "", "合计"],
        ["本表共1人"],
        ["", "制表人", "", "审核人"],
        ["", "单位负责人（签字）：", "", "2026年11月"],
        ["", "", "", "2026年11月20日"],
        ["", "注1：请核对"],
        ["", "※以上人员均已核实"],
        ["", "1.请如实填写"],
        ["", "说明"],
        ["", "（以下空白）"],
        ["", "第二部分 后台"],
    ],
)
def test_lines_between_the_rows_are_nobody(hall, tmp_path, line):
    report = checked(tmp_path, [HEADS, GOOD, line])
    assert names(report) == [(2, "甲某")]


@pytest.mark.parametrize("name", ["制晓人", "审核", "注释", "共小明", "单小位"])
def test_people_whose_names_resemble_such_lines_count(hall, tmp_path, name):
    assert names(checked(tmp_path, [HEADS, GOOD, [2, name, "税务局", ""]])) == [(2, "甲某"), (3, name)]


def test_a_name_alone_is_a_row_without_its_unit(hall, tmp_path):
    report = checked(tmp_path, [HEADS, GOOD, ["", "乙某"]])
    assert [(issue.row, issue.column, issue.code) for issue in report.errors] == [(3, "C", "blank")]


def test_a_note_in_the_first_column_belongs_to_its_person(hall, tmp_path):
    rows = [["备注", "姓名", "单位"], ["说明：新入职", "甲某", "税务局"], ["", "乙某", "税务局"]]
    assert names(checked(tmp_path, rows)) == [(2, "甲某"), (3, "乙某")]


def test_headings_that_return_in_other_words(hall, tmp_path):
    rows = [["姓名", "单位"], ["甲某", "税务局"], ["第二组"], ["员工姓名：", "所在单位"], ["乙某", "税务局"]]
    assert names(checked(tmp_path, rows, merges=("A3:B3",))) == [(2, "甲某"), (5, "乙某")]


def test_the_same_as_above_in_brackets(hall, tmp_path):
    assert names(checked(tmp_path, [HEADS, GOOD, [2, "乙某", "（同上）", ""]])) == [(2, "甲某"), (3, "乙某")]


def test_a_title_merged_over_the_whole_sheet(hall, tmp_path):
    rows = [["花名册"], HEADS, GOOD]
    assert names(checked(tmp_path, rows, merges=("A1:XFD1",))) == [(3, "甲某")]


@pytest.mark.parametrize("place", ["不动产登记窗口", "不动产登记", "20号（不动产）", "20#", "5-6", "社保和医保"])
def test_a_window_by_number_or_by_the_name_people_use(hall, tmp_path, place):
    from intranet.people.models import Window

    Window.objects.create(number="20", name="不动产登记窗口", kind=Window.Kind.GENERAL)
    Window.objects.create(number="5-6", name="社保和医保", kind=Window.Kind.GENERAL)
    report = checked(tmp_path, [["姓名", "单位", "窗口"], ["甲某", "税务局", place]])
    assert [issue.code for issue in report.errors] == []
    assert report.rows[0].values["window"].number == ("5-6" if place in ("5-6", "社保和医保") else "20")


def test_merged_cells_that_overlap_keep_nobody_busy(hall, tmp_path):
    from .books import repacked

    good = write_book(tmp_path / "x.xlsx", [HEADS, GOOD, GOOD], merges=("C2:C3",))
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(good) as package:
        content = package.read(sheet)
    one, many = b'<mergeCell ref="C2:C3"/>', b'<mergeCell ref="C2:C1048576"/>' * 5000
    assert one in content.replace(b" />", b"/>")
    flood = content.replace(b" />", b"/>").replace(one, many)
    report = check(kind="staff_register", path=repacked(good, tmp_path / "y.xlsx", {sheet: flood}), by=None)
    assert [issue.code for issue in report.errors] == ["bomb"]
