"""Every known trap of a cell, through the whole way from file to row: what must come out, or be said."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import xlwt

from intranet import clock
from intranet.people.models import Person
from intranet.sheets import services
from intranet.sheets.answers import Answers
from intranet.sheets.finder import find
from intranet.sheets.reading import read_rows
from intranet.sheets.registry import sheet_kinds
from intranet.sheets.services import check
from intranet.sheets.workbook import open_workbook

from .books import repacked, write_book

pytestmark = pytest.mark.django_db
ID = "119900198503120020"
ID_OCTOBER = "119900198510120029"
DAY = (dt.date(1985, 3, 12), "day", "")
MONTH = (dt.date(1985, 3, 1), "month", "")
FULL = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@pytest.fixture(autouse=True)
def _today():
    with clock.at(clock.start_of(dt.date(2026, 11, 24), 9)):
        yield


def one_row(tmp_path, heading, cell, form="", more=()):
    """A register of one person with one more column (and others): the report."""
    headings, cells = ["姓名", "单位", heading], ["甲某", "税务局", cell]
    for other, value in more:
        headings.append(other)
        cells.append(value)
    formats = {"C2": form} if form else {}
    return check(
        kind="staff_register", path=write_book(tmp_path / "x.xlsx", [headings, cells], formats=formats), by=None
    )


TRAPS = [
    # Identity numbers
    ("id as number", "身份证号", 110105194912310021, "", "number_as_float"),
    ("id as number that ends in 000", "身份证号", 119900198503120000, "", "number_as_float"),
    ("id in scientific form", "身份证号", "1.19900E+17", "", "number_damaged"),
    ("id with a wrong check digit", "身份证号", "119900198503120024", "", "bad_id"),
    # Dates
    *(
        (f"date {cell}", "出生日期", cell, "", DAY)
        for cell in ("1985.3.12", "1985-3-12", "1985/3/12", "1985年3月12日")
    ),
    *((f"date {cell}", "出生日期", cell, "", MONTH) for cell in ("1985.03", "1985年3月", "198503", "1985.03.00")),
    ("date 19850312", "出生日期", "19850312", "", DAY),
    ("date 19850312 as number", "出生日期", 19850312, "", DAY),
    ("date 85-3-12", "出生日期", "85-3-12", "", DAY),
    ("date as serial", "出生日期", 31118, "", DAY),
    ("date as date", "出生日期", dt.date(1985, 3, 12), "yyyy-mm-dd", DAY),
    ("date shown as month", "出生日期", dt.date(1985, 3, 12), 'yyyy"年"m"月"', MONTH),
    ("date shown as month in English", "出生日期", dt.date(1985, 3, 12), "mmm-yy", MONTH),
    ("date shown as year", "出生日期", dt.date(1985, 3, 12), "yyyy", (dt.date(1985, 1, 1), "year", "")),
    ("date 今天", "出生日期", "今天", "", "bad_date"),
    ("lunar date without a year", "出生日期", "农历正月廿一", "", "bad_date"),
    ("lunar date", "出生日期", "农历1985年正月廿一", "", (dt.date(1985, 3, 12), "day", "lunar")),
    ("date —", "出生日期", "—", "", None),
    ("date 不详", "出生日期", "不详", "", None),
    ("date 长期", "参加工作时间", "长期", "", None),
    ("1985.1 as number", "出生日期", 1985.1, "", "ambiguous_date"),
    ("1985.1 as text", "出生日期", "1985.1", "", (dt.date(1985, 1, 1), "month", "")),
    ("1985.1 shown as 1985.10", "出生日期", 1985.1, "0.00", (dt.date(1985, 10, 1), "month", "")),
    # Phones
    ("phone in full width", "手机", "１３８００００１２３４", "", "13800001234"),
    ("phone with spaces", "手机", "138 0000 1236", "", "13800001236"),
    ("phone as number", "手机", 13800001235.0, "", "13800001235"),
    ("phone as text of a number", "手机", "13800001235.0", "", "13800001235"),
    ("phone in scientific form", "手机", "1.38E+10", "", "number_damaged"),
    *((f"two phones {mark}", "手机", f"13800001234{mark}13900001234", "", "13800001234") for mark in "/、;；或"),
    ("phone with extension", "办公电话", "0475-8212345转801", "", "0475-8212345转801"),
    # Names
    ("name with a space", "姓名", "张 三", "", "张三"),
    ("name with a wide space", "姓名", "张\u3000三", "", "张三"),
    ("name with a space behind", "姓名", "李四 ", "", "李四"),
    ("name with a note", "姓名", "王五(市监)", "", "王五"),
    *((f"name with {mark}", "姓名", f"买买提{mark}艾力", "", "买买提·艾力") for mark in "·•."),
    ("name of four bytes", "姓名", "𬱖某", "", "𬱖某"),
    # Words
    *((f"political {cell}", "政治面貌", cell, "", "party_member") for cell in ("党员", "中共党员")),
    ("political 预备", "政治面貌", "中共预备党员", "", "probationary_member"),
    ("political 团员", "政治面貌", "团员", "", "league_member"),
    *((f"political {cell}", "政治面貌", cell, "", "masses") for cell in ("群众", "群 众")),
    ("political 无党派", "政治面貌", "无党派", "", "no_party"),
    ("political 民盟", "政治面貌", "民盟", "", "democratic_party"),
    *((f"yes {cell}", "是否会员", cell, "", True) for cell in ("是", "√", "有", "Y", 1, "○")),
    *((f"no {cell}", "是否会员", cell, "", False) for cell in ("否", "×", "无", "N", 0)),
    *((f"empty {cell}", "备注", cell, "", None) for cell in ("—", "/", "无", "／", "-", "空")),
    ("same as above with nothing above", "岗位", "同上", "", "nothing_above"),
    # Formulas
    ("formula never calculated", "岗位", "=COUNTA(A1)", "", "formula"),
    ("formula that is a text", "手机", '="13800001234"', "", "13800001234"),
    ("error", "岗位", "#N/A", "", "error_cell"),
]
FIELDS = {"出生日期": "birthday", "参加工作时间": "service_start_month", "手机": "mobile", "办公电话": "office_phone"}
FIELDS |= {
    "姓名": "name",
    "政治面貌": "political_status",
    "是否会员": "is_union_member",
    "备注": "note",
    "岗位": "position",
}


@pytest.mark.parametrize(
    ("heading", "cell", "form", "outcome"), [trap[1:] for trap in TRAPS], ids=[t[0] for t in TRAPS]
)
def test_a_trap_comes_out_as_it_must(hall, tmp_path, heading, cell, form, outcome):
    report = one_row(tmp_path, heading, cell, form) if heading != "姓名" else one_row(tmp_path, "工号", "A1", "")
    if heading == "姓名":
        path = write_book(tmp_path / "y.xlsx", [["姓名", "单位"], [cell, "税务局"]])
        report = check(kind="staff_register", path=path, by=None)
    (row,) = report.rows
    said = [issue.code for issue in report.errors]
    if heading == "身份证号" or (isinstance(outcome, str) and re.fullmatch("[a-z_]+", outcome) and said):
        assert said == [outcome]
        assert report.errors[0].column == "C"
        assert "8503120" not in report.errors[0].message or heading != "身份证号"
    else:
        assert (said, row.values.get(FIELDS[heading])) == ([], outcome)


@pytest.mark.parametrize(
    "cell", [ID, f"'{ID}", ID.translate(FULL), f" {ID} ", f"{ID[:6]} {ID[6:14]} {ID[14:]}", "11010519491231002x"]
)
def test_an_identity_number_in_other_clothes_is_taken(hall, tmp_path, cell):
    report = one_row(tmp_path, "身份证号", cell)
    assert [issue.code for issue in report.errors] == []


@pytest.mark.parametrize(
    ("number", "day"), [(ID_OCTOBER, dt.date(1985, 10, 1)), ("119900198501120027", dt.date(1985, 1, 1))]
)
def test_the_identity_number_settles_january_or_october(hall, tmp_path, number, day):
    report = one_row(tmp_path, "出生年月", 1985.1, more=[("身份证号", number)])
    assert [issue.code for issue in report.errors] == []
    assert report.rows[0].values["birthday"] == (day, "month", "")
    assert "settled" in {issue.code for issue in report.warnings}
    assert number[6:14] not in "".join(issue.message for issue in report.warnings)


def test_an_identity_number_of_another_month_settles_nothing(hall, tmp_path):
    report = one_row(tmp_path, "出生年月", 1985.1, more=[("身份证号", ID)])
    (issue,) = report.errors
    assert issue.code == "ambiguous_date"
    assert issue.choices == (("1985-01", "1985年1月"), ("1985-10", "1985年10月"))
    assert issue.question == "cells:C2"


@pytest.mark.parametrize("answer", ["1985-01", "1985-10"])
def test_the_answer_to_such_a_question_is_read_in_place_of_the_cell(tmp_path, answer):
    path = write_book(tmp_path / "x.xlsx", [["姓名", "单位", "出生年月"], ["甲某", "税务局", 1985.1]])
    table = find(open_workbook(path), sheet_kinds()["staff_register"])
    (row,) = read_rows(table, dt.date(2026, 11, 24), False, Answers(cells={"C2": answer}))
    assert row.errors == []
    assert (row.values["birthday"].day.month, row.values["birthday"].precision) == (int(answer[-2:]), "month")


def test_the_same_name_twice_is_two_people(bring, tmp_path):
    rows = [["工号", "姓名", "单位"], ["A1", "张伟", "税务局"], ["A2", "张 伟", "税务局"]]
    assert bring(write_book(tmp_path / "x.xlsx", rows)).created == 2
    assert Person.objects.filter(name="张伟").count() == 2


def test_same_as_above_repeats_and_merges_fill_down_but_not_into_totals(hall, tmp_path):
    rows = [
        ["花名册"],
        ["姓名", "单位", "岗位"],
        ["甲某", "税务局", "科员"],
        ["乙某", "", "〃"],
        ["丙某", "", "同上"],
    ]
    rows += [["合计", "", 3]]
    report = check(kind="staff_register", path=write_book(tmp_path / "x.xlsx", rows, ("A1:C1", "B3:B6")), by=None)
    assert [(row.number, row.values["unit"].short_name, row.values["position"]) for row in report.rows] == [
        (number, "税务局", "科员") for number in (3, 4, 5)
    ]
    assert report.outcome == "clean"


@pytest.mark.parametrize("epoch", ["1900", "1904"])
@pytest.mark.parametrize("form", ["xlsx", "xls"])
def test_dates_of_both_epochs_with_the_precision_they_show(hall, tmp_path, form, epoch):
    rows = [
        ["姓名", "单位", "出生日期"],
        ["甲某", "税务局", dt.date(1985, 3, 12)],
        ["乙某", "税务局", dt.date(1985, 3, 12)],
    ]
    path = tmp_path / f"x.{form}"
    if form == "xls":
        book = xlwt.Workbook()
        book.dates_1904 = epoch == "1904"
        sheet = book.add_sheet("名册")
        for number, row in enumerate(rows):
            shown = "yyyy-mm-dd" if number == 1 else 'yyyy"年"m"月"'
            for column, value in enumerate(row):
                style = xlwt.easyxf(num_format_str=shown) if isinstance(value, dt.date) else xlwt.Style.default_style
                sheet.write(number, column, value, style)
        book.save(str(path))
    else:
        write_book(path, rows, formats={"C2": "yyyy-mm-dd", "C3": 'yyyy"年"m"月"'})
        if epoch == "1904":
            _mac_workbook(path)
    report = check(kind="staff_register", path=path, by=None)
    assert [row.values["birthday"] for row in report.rows] == [DAY, MONTH]


def _mac_workbook(path):
    import zipfile

    with zipfile.ZipFile(path) as package:
        book, sheet = package.read("xl/workbook.xml"), package.read("xl/worksheets/sheet1.xml")
    book = re.sub(rb"<workbookPr\s*/>", b'<workbookPr date1904="1"/>', book)
    assert b"date1904" in book
    assert b"<v>31118</v>" in sheet
    changes = {"xl/workbook.xml": book, "xl/worksheets/sheet1.xml": sheet.replace(b"<v>31118</v>", b"<v>29656</v>")}
    repacked(path, path, changes)


def test_what_an_old_workbook_hides_shows_and_pads(hall, tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    for number, row in enumerate(
        [["工号", "姓名", "单位", "岗位"], [12, "甲某", "税务局", ""], [13, "乙某", "税务局", ""]]
    ):
        for column, value in enumerate(row):
            style = xlwt.easyxf(num_format_str="0000") if isinstance(value, int) else xlwt.Style.default_style
            if value != "":
                sheet.write(number, column, value, style)
    sheet.row(2).set_cell_error(3, "#N/A!")
    sheet.row(2).hidden = True
    sheet.col(0).hidden = True
    book.save(str(tmp_path / "x.xls"))
    report = check(kind="staff_register", path=tmp_path / "x.xls", by=None)
    assert [row.values["staff_number"] for row in report.rows] == ["0012", "0013"]
    assert [(issue.row, issue.column, issue.code) for issue in report.errors] == [(3, "D", "error_cell")]
    assert {"hidden_rows", "hidden_columns"} <= {issue.code for issue in report.warnings}


@pytest.mark.control
def test_without_its_formats_an_old_workbook_would_invent_a_day(hall, tmp_path, monkeypatch):
    """What the scan of formats guards against; and where it fails the person is told."""
    from intranet.sheets import reader

    book = xlwt.Workbook()
    sheet = book.add_sheet("x")
    sheet.write(0, 0, dt.date(1985, 3, 12), xlwt.easyxf(num_format_str='yyyy"年"m"月"'))
    book.save(str(tmp_path / "x.xls"))
    data = (tmp_path / "x.xls").read_bytes()
    seen = {}
    for guard in ("on", "off"):
        if guard == "off":
            monkeypatch.setattr(reader, "scan_old_workbook", lambda data, bounds: None)
        found = reader.read(data, services.checking.bounds_of_the_hall())["sheets"][0]
        seen[guard] = (found["rows"][0][0][2], found["formats_unknown"])
    assert seen == {"on": ('yyyy"年"m"月"', False), "off": ("", True)}


def test_an_old_workbook_of_wps_is_read_whatever_its_name(hall, tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    for number, row in enumerate([["姓名", "单位"], ["甲某", "税务局"]]):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.save(str(tmp_path / "名册.et"))
    assert check(kind="staff_register", path=tmp_path / "名册.et", by=None).outcome == "clean"
