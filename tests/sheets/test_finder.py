"""Where the table starts, and which of its rows count."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from intranet.people.sheets.staff_register import STAFF_REGISTER
from intranet.sheets.bounds import Refused
from intranet.sheets.finder import find, recognise
from intranet.sheets.found_rows import rows_of
from intranet.sheets.registry import sheet_kinds
from intranet.sheets.workbook import open_workbook

from .books import HEADINGS, person, register, write_book


def table_of(path, sheet=""):
    return find(open_workbook(path), STAFF_REGISTER, sheet)


def found(path, *columns):
    table = table_of(path)
    return [(row.number, *(row.cells.get(name) for name in columns)) for row in rows_of(table)]


def warned(path):
    table = table_of(path)
    list(rows_of(table))
    return {warning.code: warning.about for warning in table.warnings}


def refused(path):
    with pytest.raises(Refused) as caught:
        table_of(path)
    return caught.value


def test_a_title_above_the_headings(tmp_path):
    path = register(tmp_path / "x.xlsx", person("A1", "甲"), person("A2", "乙"))
    assert found(path, "staff_number", "name") == [(3, "A1", "甲"), (4, "A2", "乙")]


def test_headings_with_stars_brackets_spaces_and_breaks(tmp_path):
    rows = [["*姓 名", "所在\n单位(必填)", "联系电话 ", "工号:"], ["甲", "税务局", "13800001234", "A1"]]
    path = write_book(tmp_path / "x.xlsx", rows)
    assert found(path, "name", "unit", "mobile", "staff_number") == [(2, "甲", "税务局", "13800001234", "A1")]


def test_headings_of_two_rows_with_merges(tmp_path):
    rows = [["姓名", "单位", "联系方式", ""], ["", "", "手机", "办公电话"], ["甲", "税务局", "13800001234", "8212"]]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A1:A2", "B1:B2", "C1:D1"))
    assert found(path, "name", "unit", "mobile", "office_phone") == [(3, "甲", "税务局", "13800001234", "8212")]


def test_headings_of_two_rows_of_which_only_the_upper_is_known(tmp_path):
    rows = [["姓名", "单位", "请假", ""], ["", "", "事假", "病假"], ["甲", "税务局", 1, 2]]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A1:A2", "B1:B2", "C1:D1"))
    assert found(path, "name") == [(3, "甲")]


def test_a_block_of_instructions(tmp_path):
    rows = [["导入说明:\n1、*代表必填\n2、姓名、单位必填"], ["姓名*", "单位*"], ["甲", "税务局"]]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A1:F1",))
    assert found(path, "name") == [(3, "甲")]


def test_totals_notes_and_signatures_are_left_out_and_told(tmp_path):
    rows = [
        ["姓名", "单位", "备注"],
        ["甲", "税务局"],
        ["小 计", "", 1],
        ["乙", "税务局"],
        ["合计", "", 2],
        ["填表人:张三", "", "审核人:李四"],
        ["注:以上名单"],
        ["1、请核对", ""],
    ]
    path = write_book(tmp_path / "x.xlsx", rows)
    assert found(path, "name") == [(2, "甲"), (4, "乙")]
    assert warned(path)["skipped_rows"] == {"rows": "3、5–8"}


def test_a_person_whose_name_begins_like_a_note_counts(tmp_path):
    path = write_book(tmp_path / "x.xlsx", [["姓名", "单位"], ["注小明", "税务局"], ["合小美", "税务局"]])
    assert found(path, "name") == [(2, "注小明"), (3, "合小美")]


def test_numbers_prepared_for_nobody_become_nobody(tmp_path):
    rows = [["序号", "工号", "姓名", "单位"], [1, "A1", "甲", "税务局"], [2, "", "", ""], [3, "A3", "", ""], [4]]
    path = write_book(tmp_path / "x.xlsx", rows)
    assert found(path, "name") == [(2, "甲")]


def test_a_row_with_only_its_name_missing_counts(tmp_path):
    rows = [["序号", "工号", "姓名", "单位"], [1, "A1", "", "税务局"]]
    assert found(write_book(tmp_path / "x.xlsx", rows), "name", "unit") == [(2, None, "税务局")]


def test_merged_cells_are_filled_down_and_the_same_as_above_is_resolved(tmp_path):
    rows = [["单位", "姓名", "岗位"], ["税务局", "甲", "科员"], ["", "乙", "同上"], ["国土局", "丙", "〃"]]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A2:A3",))
    assert found(path, "unit", "name", "position") == [
        (2, "税务局", "甲", "科员"),
        (3, "税务局", "乙", "科员"),
        (4, "国土局", "丙", "科员"),
    ]


def test_a_merged_unit_over_an_empty_row_makes_nobody(tmp_path):
    rows = [["单位", "序号", "姓名"], ["税务局", 1, "甲"], ["", 2, ""]]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A2:A3",))
    assert found(path, "name") == [(2, "甲")]


def test_the_same_as_above_with_nothing_above(tmp_path):
    path = write_book(tmp_path / "x.xlsx", [["姓名", "单位"], ["甲", "同上"]])
    (row,) = rows_of(table_of(path))
    assert row.problems["unit"].code == "nothing_above"


def test_blocks_side_by_side(tmp_path):
    rows = [
        ["序号", "姓名", "单位", "序号", "姓名", "单位"],
        [1, "甲", "税务局", 2, "乙", "国土局"],
        [3, "丙", "税务局"],
    ]
    path = write_book(tmp_path / "x.xlsx", rows)
    assert found(path, "name", "unit") == [(2, "甲", "税务局"), (2, "乙", "国土局"), (3, "丙", "税务局")]


def test_headings_that_return_are_not_people(tmp_path):
    rows = [["姓名", "单位"], ["甲", "税务局"], ["(二)后台"], ["姓名", "单位"], ["乙", "税务局"]]
    assert found(write_book(tmp_path / "x.xlsx", rows), "name") == [(2, "甲"), (5, "乙")]


def test_the_telephone_of_somebody_else_is_not_taken(tmp_path):
    rows = [
        ["姓名", "单位", "联系电话", "紧急联系人", "联系电话"],
        ["甲", "税务局", "13800001234", "乙", "13900001234"],
    ]
    path = write_book(tmp_path / "x.xlsx", rows)
    assert found(path, "mobile") == [(2, "13800001234")]
    rows = [[*line[:2], *line[3:]] for line in rows]
    assert found(write_book(tmp_path / "y.xlsx", rows), "name", "mobile") == [(2, "甲", None)]


def test_a_heading_twice_counts_once_and_is_told(tmp_path):
    rows = [["单位", "姓名", "手机", "手机"], ["税务局", "甲", "13800001234", "13900001234"]]
    path = write_book(tmp_path / "x.xlsx", rows)
    assert found(path, "mobile") == [(2, "13800001234")]
    assert warned(path)["duplicate_heading"] == {"column": "手机"}


def test_of_two_headings_for_one_thing_the_more_telling_counts(tmp_path):
    path = write_book(tmp_path / "x.xlsx", [["姓名", "部门", "进驻单位"], ["甲", "综合科", "税务局"]])
    assert found(path, "unit") == [(2, "税务局")]


def test_columns_nobody_knows_are_listed(tmp_path):
    path = write_book(tmp_path / "x.xlsx", [["姓名", "单位", "血型"], ["甲", "税务局", "A"]])
    assert warned(path)["ignored_columns"] == {"columns": "C 血型"}


def two_sheets(path, second="离职", hidden=False):
    book = Workbook()
    book.active.title = "在职"
    other = book.create_sheet(second)
    for sheet, name in ((book.active, "甲"), (other, "乙")):
        sheet.append(["姓名", "单位"])
        sheet.append([name, "税务局"])
    if hidden:
        other.sheet_state = "hidden"
    book.save(path)
    return path


def test_of_two_sheets_that_fit_the_person_chooses(tmp_path):
    path = two_sheets(tmp_path / "x.xlsx")
    refusal = refused(path)
    assert (refusal.code, refusal.about["choices"]) == ("several_sheets", ["在职", "离职"])
    assert [row.cells["name"] for row in rows_of(table_of(path, "离职"))] == ["乙"]
    with pytest.raises(Refused, match="unknown_sheet"):
        table_of(path, "别的")


def test_a_hidden_sheet_is_left_out_with_a_warning(tmp_path):
    path = two_sheets(tmp_path / "x.xlsx", hidden=True)
    assert found(path, "name") == [(2, "甲")]
    assert warned(path)["hidden_sheet"] == {"names": "离职"}


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["甲", "乙"], ["丙", "丁"]], "no_headings"),
        ([["工号", "姓名", "性别"], ["A1", "甲", "男"]], "missing_column"),
        ([[]], "empty"),
    ],
)
def test_why_nothing_was_found(tmp_path, rows, code):
    assert refused(write_book(tmp_path / "x.xlsx", rows)).code == code


def test_two_tables_that_fit_alike_are_asked_about(tmp_path):
    rows = [["姓名", "单位", ""], ["甲", "税务局"], ["", "单位", "姓名"], ["", "国土局", "乙"]]
    refusal = refused(write_book(tmp_path / "x.xlsx", rows))
    assert (refusal.code, refusal.about["first"], refusal.about["second"]) == ("several_tables", 1, 3)


def test_hidden_rows_are_read_and_told(tmp_path):
    book = Workbook()
    for row in (["姓名", "单位"], ["甲", "税务局"], ["乙", "税务局"]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "x.xlsx")
    assert len(found(tmp_path / "x.xlsx", "name")) == 2
    assert warned(tmp_path / "x.xlsx")["hidden_rows"] == {"rows": "3"}


def test_the_kind_is_recognised_by_its_headings(tmp_path):
    kinds = sheet_kinds()
    assert recognise(open_workbook(register(tmp_path / "r.xlsx", person())), kinds) == "staff_register"
    windows = write_book(
        tmp_path / "w.xlsx", [["窗口号", "窗口名称", "所在区域", "进驻单位"], ["1", "税", "东", "税务局"]]
    )
    assert recognise(open_workbook(windows), kinds) == "windows"
    nothing = write_book(tmp_path / "n.xlsx", [["a", "b"], ["c", "d"]])
    assert recognise(open_workbook(nothing), kinds) == ""
    assert HEADINGS[1] == "工号"
