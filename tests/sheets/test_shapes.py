"""Shapes of tables halls really send, one test each: where the table starts, what belongs together, what is nobody.

Kinds that other rooms bring later are declared here in a few lines; what is tested is finding and reading.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from intranet.people.sheets.staff_register import STAFF_REGISTER
from intranet.people.sheets.windows import WINDOWS
from intranet.sheets import values
from intranet.sheets.bounds import Refused
from intranet.sheets.finder import find
from intranet.sheets.reading import read_rows
from intranet.sheets.registry import Column, SheetKind
from intranet.sheets.rows import SheetRows
from intranet.sheets.workbook import open_workbook

from .books import write_book

TODAY = dt.date(2026, 11, 24)


def kind_of(*columns):
    return SheetKind("test", "测试表", columns, (), SheetRows, lambda user: [])


AB_POSTS = kind_of(
    Column("unit", "进驻单位", values.text, ("单位",), required=True),
    Column("windows", "窗口号", values.windows, ("窗口",)),
    Column("item", "事项", values.text),
    Column("a_name", "A岗", values.name, ("岗位A岗",), required=True),
    Column("a_phone", "A岗电话", values.phones, ("联系电话",), after=("a_name",)),
    Column("b_name", "B岗", values.name, ("岗位B岗",)),
    Column("b_phone", "B岗电话", values.phones, ("联系电话",), after=("b_name",)),
)
DUTY = kind_of(
    Column("day", "日期", values.read_date, required=True),
    Column("leader", "带班领导", values.name),
    Column("people", "值班人员", values.names, required=True),
    Column("phone", "值班电话", values.phones),
)
LEAVE = kind_of(
    Column("unit", "部门", values.text, required=True),
    Column("name", "姓名", values.name, required=True),
    Column("personal", "事假", values.whole_number),
    Column("sick", "病假", values.whole_number),
)
BALLOTS = kind_of(
    Column("name", "候选人", values.name, ("姓名",), required=True),
    Column("votes", "得票数", values.tally, ("票数",), required=True),
    Column("share", "得票率", values.percentage),
)
REPORTS = kind_of(
    Column("unit", "单位", values.text, required=True),
    Column("sent", "报送条数", values.whole_number, required=True),
    Column("letters", "普发", values.whole_number),
    Column("score", "得分", values.whole_number),
)


def table_in(path, kind=STAFF_REGISTER, sheet=""):
    return find(open_workbook(path), kind, sheet)


def read(path, kind, *names):
    """(row, values…) of every row; no row may be wrong."""
    rows = read_rows(table_in(path, kind), TODAY, False)
    assert [issue.message for row in rows for issue in row.errors] == []
    return [(row.number, *(row.values.get(name) for name in names)) for row in rows]


def refused(path, kind):
    with pytest.raises(Refused) as caught:
        table_in(path, kind)
    return caught.value.code


def test_a_title_centred_by_spaces(tmp_path):
    rows = [[" " * 40 + "员工花名册"], ["序号", "姓名", "部门", "生日 "], [1, "张 三", "税务局", "1985.03"]]
    (row,) = read(write_book(tmp_path / "x.xlsx", rows), STAFF_REGISTER, "name", "unit", "birthday")
    assert row == (3, "张三", "税务局", values.DateValue(dt.date(1985, 3, 1), "month"))


def test_a_training_list_with_numbers_prepared_for_nobody(tmp_path):
    rows = [["职业培训人员花名册"], ["培训机构（印章）：\n", "", "培训专业：\n培训时间：", ""]]
    rows += [["序号", "姓名", "单位", "电话号码"], [1, "甲某", "税务局", "13800001234"], *([n] for n in range(2, 21))]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A1:D1", "A2:B2", "C2:D2"))
    assert read(path, STAFF_REGISTER, "name") == [(4, "甲某")]


def test_a_sign_in_sheet_with_two_blocks(tmp_path):
    rows = [
        ["培训签到表"],
        ["培训日期：    年  月  日"],
        ["序号", "单位", "姓名", "签到", "序号", "单位", "姓名", "签到"],
    ]
    rows += [[1, "税务局", "甲某", "", 3, "国土局", "丙某"], [2, "税务局", "乙某", "", 4, "", ""]]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A1:H1", "A2:H2"))
    assert read(path, STAFF_REGISTER, "unit", "name") == [
        (4, "税务局", "甲某"),
        (4, "国土局", "丙某"),
        (5, "税务局", "乙某"),
    ]


def test_two_blocks_of_people_under_one_column_of_units(tmp_path):
    rows = [["单位", "序号", "姓名", "手机", "序号", "姓名", "手机"]]
    rows += [
        ["税务局", 1, "甲某", "13800001234", 2, "乙某", "13900001234"],
        ["", 3, "丙某", ""],
        ["国土局", 4, "", "", 5, "丁某"],
    ]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A2:A3",))
    assert read(path, STAFF_REGISTER, "unit", "name", "mobile") == [
        (2, "税务局", "甲某", ["13800001234"]),
        (2, "税务局", "乙某", ["13900001234"]),
        (3, "税务局", "丙某", None),
        (4, "国土局", "丁某", None),
    ]


@pytest.mark.parametrize(
    "headings",
    [
        ["单位", "姓名", "手机", "负责人", "姓名", "手机"],
        ["姓名", "单位", "姓名"],
    ],
)
def test_blocks_that_may_belong_together_otherwise_are_refused(tmp_path, headings):
    path = write_book(
        tmp_path / "x.xlsx", [headings, ["税务局", "甲某", "乙某", "丙某", "丁某", "戊某"][: len(headings)]]
    )
    assert refused(path, STAFF_REGISTER) == "unclear_blocks"


def test_the_last_block_may_lack_a_column_at_its_end(tmp_path):
    rows = [["单位", "姓名", "备注", "姓名"], ["税务局", "甲某", "新", "乙某"]]
    path = write_book(tmp_path / "x.xlsx", rows)
    assert read(path, STAFF_REGISTER, "name", "note") == [(2, "甲某", "新"), (2, "乙某", None)]


def test_the_name_under_somebody_elses_heading_is_not_taken(tmp_path):
    rows = [["姓名", "单位", "紧急联系人", ""], ["", "", "姓名", "电话"], ["甲某", "税务局", "乙某", "13800001234"]]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A1:A2", "B1:B2", "C1:D1"))
    assert read(path, STAFF_REGISTER, "name", "mobile") == [(3, "甲某", None)]


def test_a_duty_list_with_leaders_merged_and_several_names(tmp_path):
    rows = [["2026年国庆节值班表"], ["日期", "星期", "带班领导", "值班人员", "值班电话", "备注"]]
    rows += [["10月1日", "四", "王某", "张三 李四", "8101"], [dt.date(2026, 10, 2), "五", "", "王 五、赵六", "8101"]]
    rows[2][0] = "2026年10月1日（八月廿一）"
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A1:F1", "C3:C4"))
    found = read(path, DUTY, "day", "leader", "people")
    assert [(row, day.day, *rest) for row, day, *rest in found] == [
        (3, dt.date(2026, 10, 1), "王某", ["张三", "李四"]),
        (4, dt.date(2026, 10, 2), "王某", ["王五", "赵六"]),
    ]


def test_a_leave_summary_with_units_in_two_rows_of_headings(tmp_path):
    rows = [
        ["考勤汇总表"],
        ["序号", "部门", "姓名", "请假（单位：天）", "", ""],
        ["", "", "", "事假", "病假", "年假"],
    ]
    rows += [[1, "税务局", "甲某", 1, 2, 3], [2, "", "乙某", "", "", 5], ["合计", "", "", 1, 2, 8]]
    merges = ("A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:F2", "B4:B5")
    path = write_book(tmp_path / "x.xlsx", rows, merges=merges)
    assert read(path, LEAVE, "unit", "name", "personal", "sick") == [
        (4, "税务局", "甲某", 1, 2),
        (5, "税务局", "乙某", None, None),
    ]


def test_ab_posts_whose_telephones_belong_to_the_nearest_name(tmp_path):
    rows = [
        ["AB岗一览表"],
        ["序号", "进驻单位", "窗口号", "事项", "A岗（责任人）", "联系电话", "B岗（责任人）", "联系电话"],
    ]
    rows += [
        [1, "税务局", "12、13号", "发票", "甲某", "13800001234", "乙某", "8101"],
        [2, "", "14号", "申报", "丙某", "13900001234"],
    ]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A1:H1", "B3:B4"))
    assert read(path, AB_POSTS, "unit", "windows", "a_name", "a_phone", "b_name", "b_phone") == [
        (3, "税务局", ["12", "13"], "甲某", ["13800001234"], "乙某", ["8101"]),
        (4, "税务局", ["14"], "丙某", ["13900001234"], None, None),
    ]


def test_ab_posts_under_a_common_heading(tmp_path):
    rows = [["进驻单位", "岗位", ""], ["", "A岗", "B岗"], ["税务局", "甲某", "乙某"]]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A1:A2", "B1:C1"))
    assert read(path, AB_POSTS, "unit", "a_name", "b_name") == [(3, "税务局", "甲某", "乙某")]


def test_a_count_of_votes_in_strokes_and_figures(tmp_path):
    rows = [
        ["选票汇总表"],
        ["发出选票：20张", "收回：20张", "有效票：19张"],
        ["序号", "候选人", "窗口", "得票数", "得票率"],
    ]
    rows += [[1, "甲某", "1号", "正正一", "57.9%"], [2, "乙某", "2号", 8, 0.421], ["合计", "", "", 19]]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("A1:E1",), formats={"E5": "0.0%"})
    assert read(path, BALLOTS, "name", "votes", "share") == [
        (4, "甲某", 11, Decimal("0.579")),
        (5, "乙某", 8, Decimal("0.421")),
    ]


def test_three_rows_of_headings_and_the_table_again_for_each_class(tmp_path):
    heads = [
        ["单位", "政务信息采用情况", "", "", "得分"],
        ["", "报送条数", "市本级采用", "", ""],
        ["", "", "普发", "参阅", ""],
    ]
    rows = [["信息报送统计表"], *heads, ["税务局", 5, 2, "—", 12], ["国土局", 0, "", "", 0]]
    rows += [["（二）乡镇"], *heads, ["东街", 3, 1, 1, 7], ["注：—表示无"]]
    merges = ["A1:E1", "A7:E7"]
    for top in (2, 8):
        merges += [
            f"A{top}:A{top + 2}",
            f"B{top}:D{top}",
            f"B{top + 1}:B{top + 2}",
            f"C{top + 1}:D{top + 1}",
            f"E{top}:E{top + 2}",
        ]
    path = write_book(tmp_path / "x.xlsx", rows, merges=tuple(merges))
    assert read(path, REPORTS, "unit", "sent", "letters", "score") == [
        (5, "税务局", 5, 2, 12),
        (6, "国土局", 0, None, 0),
        (11, "东街", 3, 1, 7),
    ]


def test_an_import_template_with_instructions_and_hidden_choices(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["导入说明：1、*代表必填。2、姓名、单位必填。3、手机号码为11位。"])
    book.active.merge_cells("A1:C1")
    for row in (["姓名*", "单位*", "手机号码"], ["甲某", "税务局", "13800001234"]):
        book.active.append(row)
    choices = book.create_sheet("hidden1")
    choices.append(["姓名", "单位"])
    choices.append(["税务局", "国土局"])
    choices.sheet_state = "hidden"
    book.save(tmp_path / "x.xlsx")
    assert read(tmp_path / "x.xlsx", STAFF_REGISTER, "name", "unit") == [(3, "甲某", "税务局")]


def test_a_workbook_of_many_registers_asks_which(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "花名册"
    for name, words in (("花名册", "身份证号"), ("实习生", "身份证号码"), ("离职员工", "出生年月日")):
        sheet = book[name] if name == "花名册" else book.create_sheet(name)
        sheet.append(["姓名", "部门", words])
        sheet.append([f"{name[0]}某", "税务局"])
    book.create_sheet("说明").append(["请勿改动"])
    book.save(tmp_path / "x.xlsx")
    assert refused(tmp_path / "x.xlsx", STAFF_REGISTER) == "several_sheets"
    table = table_in(tmp_path / "x.xlsx", sheet="实习生")
    assert [row.values["name"] for row in read_rows(table, TODAY, False)] == ["实某"]


@pytest.mark.parametrize("heading", ["姓名 Name", "姓名/Name（必填）", "Name", "姓  名\n（签字）"])
def test_headings_in_two_languages(tmp_path, heading):
    rows = [["单位/部门", heading], ["税务局", "甲某"]]
    assert read(write_book(tmp_path / "x.xlsx", rows), STAFF_REGISTER, "unit", "name") == [(2, "税务局", "甲某")]


def test_a_heading_of_two_things_is_neither(tmp_path):
    rows = [["姓名", "单位", "手机/座机"], ["甲某", "税务局", "13800001234"]]
    assert read(write_book(tmp_path / "x.xlsx", rows), STAFF_REGISTER, "mobile", "office_phone") == [(2, None, None)]


def test_a_heading_merged_over_two_columns_is_one(tmp_path):
    rows = [["序号", "姓名", "", "单位"], [1, "甲某", "", "税务局"], [2, "乙某", "", "税务局"]]
    path = write_book(tmp_path / "x.xlsx", rows, merges=("B1:C1", "B2:C2", "B3:C3"))
    assert read(path, STAFF_REGISTER, "name", "unit") == [(2, "甲某", "税务局"), (3, "乙某", "税务局")]


@pytest.mark.parametrize(
    "line",
    [
        ["税务局小计", "", 5],
        ["一楼合计：", "", 5],
        ["单位领导签字：", "", "经办人：王某"],
        ["联系电话：8101", "填表日期：2026年11月20日"],
        ["备注", "1.以上人员均已核实", "2.请勿外传"],
        ["第 1 页 共 1 页"],
        ["花名册（续）"],
        ["窗口号", "窗口名称", "区域"],
    ],
)
def test_a_list_with_one_required_column_holds_no_such_lines(tmp_path, line):
    rows = [["花名册"], ["窗口号", "窗口名称", "区域"], ["1", "税务", "东区"], line]
    assert read(write_book(tmp_path / "x.xlsx", rows), WINDOWS, "name") == [(3, "税务")]
