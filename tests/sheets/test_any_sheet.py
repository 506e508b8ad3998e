"""Good sheets in any clothes: what halls may send must come out cell by cell as it was meant, nothing refused."""

from __future__ import annotations

import datetime as dt
import os
import random

import pytest

from intranet import clock
from intranet.people.models import Body, Person, Unit, Window
from intranet.sheets.services import check

from . import messy_sheets as messy
from .messy_sheets import Cell, Field

pytestmark = pytest.mark.django_db
EACH = int(os.environ.get("SHEETS_EACH", "100" if os.environ.get("FULL") == "1" else "8"))
SEED = int(os.environ.get("SHEETS_SEED", "20261127"))

UNITS = (
    ("税务局", "云溪区税务局"),
    ("云溪区税务局", "云溪区税务局"),
    ("云溪区 税务局", "云溪区税务局"),
    ("自然资源局", "自然资源局"),
    ("医保局", "云溪区医疗保障局"),
    ("市场监管（窗口）", "市场监管(窗口)"),
)
YES_NO = messy.one_of(("是", True), ("否", False), ("√", True), ("×", False), ("有", True), ("Y", True))


def a_window(draw: random.Random, number: int) -> Cell:
    text = draw.choice(("20", "21"))
    return Cell(draw.choice((text, float(text), f"{text}号", f"{text}号窗口", f"{text}#", f"第{text}号")), text)


def a_unit_name(draw: random.Random, number: int) -> Cell:
    name = f"云溪区{messy.NUMERALS[number]}业务局"
    return Cell(draw.choice((name, f" {name}", f"{name}\u3000")), name)


def a_window_number(draw: random.Random, number: int) -> Cell:
    text = f"{draw.choice(('', 'A'))}{number + 101}"
    ways = [text, f"{text}号", f"{text}号窗口", f"{text} "] + ([float(text)] if text.isdigit() else [])
    return Cell(draw.choice(ways), text)


def a_person(draw: random.Random, number: int) -> Cell:
    text = f"P{number:04d}"
    return Cell(draw.choice((text, f"{text} ", f"'{text}")), text)


STAFF = [
    Field("staff_number", ("工号", "职工编号", "人员编号", "Staff number"), messy.numbered("HW{:04d}")),
    Field("name", ("姓名", "职工姓名", "Name", "姓名 Name", "姓名/Name"), messy.a_name, always=True),
    Field("sex", ("性别", "Sex"), messy.one_of(("男", "male"), ("女", "female"), (" 男", "male"))),
    Field("birthday", ("出生年月", "出生日期", "出生年月日", "生日"), messy.a_birthday),
    Field(
        "political_status",
        ("政治面貌",),
        messy.one_of(
            ("群 众", "masses"),
            ("中共党员", "party_member"),
            ("党员", "party_member"),
            ("共青团员", "league_member"),
            ("无党派", "no_party"),
            ("民盟", "democratic_party"),
            ("中共预备党员", "probationary_member"),
        ),
    ),
    Field(
        "unit",
        ("所在单位", "部门", "进驻单位", "单位名称", "单位/部门"),
        messy.one_of(*UNITS),
        always=True,
        runs=True,
    ),
    Field("window", ("窗口号", "窗口"), a_window),
    Field("position", ("岗位", "职务"), messy.one_of(("窗口人员",) * 2, ("首席代表",) * 2, ("科员",) * 2), runs=True),
    Field("employment", ("用工形式", "人员性质"), messy.one_of(("在编", "permanent"), ("劳务派遣", "agency"))),
    Field("is_union_member", ("是否工会会员", "工会会员"), YES_NO),
    Field("mobile", ("联系电话", "手机号码", "手机", "联系方式", "Mobile", "联系电话（手机）"), messy.a_mobile),
    Field("entered_on", ("进驻时间", "入职时间"), messy.a_day(dt.date(2023, 1, 2), 900)),
    Field("note", ("备注",), messy.one_of(("试用期",) * 2, ("同上月",) * 2, ("共2人一岗",) * 2)),
]
FIELDS: dict[str, tuple[str, list[Field]]] = {
    "staff_register": ("工作人员", STAFF),
    "departments": (
        "进驻单位",
        [
            Field("name", ("单位名称", "进驻单位", "部门名称", "Unit name"), a_unit_name, always=True),
            Field(
                "kind",
                ("单位类型", "类别"),
                messy.one_of(("进驻单位", "posting_department"), ("科室", "back_office")),
            ),
            Field("parent", ("上级单位", "主管单位"), messy.one_of(*UNITS), runs=True),
            Field("office_phone", ("联系电话", "办公电话"), messy.one_of(("8101",) * 2, (8102.0, "8102"))),
            Field("order", ("排序",), messy.one_of((10.0, 10), ("20", 20))),
        ],
    ),
    "windows": (
        "服务窗口",
        [
            Field("number", ("窗口号", "窗口编号", "Window number"), a_window_number, always=True),
            Field("name", ("窗口名称", "业务名称"), messy.one_of(("综合受理",) * 2, ("不动产登记",) * 2)),
            Field("kind", ("窗口类型",), messy.one_of(("综合窗口", "general_window"), ("部门窗口", "department"))),
            Field("zone", ("所在区域", "功能区"), messy.one_of(("东区",) * 2, ("西区",) * 2), runs=True),
            Field(
                "units",
                ("进驻单位", "责任单位"),
                messy.one_of(
                    ("税务局", ["云溪区税务局"]),
                    ("税务局、自然资源局", ["云溪区税务局", "自然资源局"]),
                    ("自然资源局/医保局", ["云溪区医疗保障局", "自然资源局"]),
                ),
                runs=True,
            ),
        ],
    ),
    "postings": (
        "人员进驻",
        [
            Field("person", ("工号", "职工编号"), a_person, always=True),
            Field("unit", ("进驻单位", "调入单位", "单位"), messy.one_of(*UNITS), always=True, runs=True),
            Field("window", ("窗口号",), a_window),
            Field("position", ("岗位",), messy.one_of(("窗口人员",) * 2, ("咨询",) * 2)),
            Field(
                "starts_on", ("进驻时间", "开始日期", "调动日期"), messy.a_day(dt.date(2026, 1, 5), 200), always=True
            ),
        ],
    ),
    "workdays": (
        "节假日",
        [
            Field("day", ("日期", "公历日期", "Date"), messy.a_day(dt.date(2027, 1, 1), 300), always=True),
            Field(
                "kind",
                ("类型", "安排"),
                messy.one_of(("放假", "holiday"), ("补班", "workday")),
                always=True,
                runs=True,
            ),
            Field("name", ("名称", "节日"), messy.one_of(("元旦",) * 2, ("春节",) * 2), always=True, runs=True),
            Field("source", ("依据", "文号"), messy.one_of(("国办发〔2026〕7号",) * 2)),
        ],
    ),
    "union_groups": (
        "工会小组",
        [
            Field(
                "name",
                ("工会小组", "小组名称"),
                lambda draw, number: Cell(f"第{messy.NUMERALS[number]}小组", f"第{messy.NUMERALS[number]}小组"),
                always=True,
            ),
            Field("parent", ("上级工会", "所属工会"), messy.one_of(("机关工会",) * 2)),
            Field("leader", ("组长工号",), a_person),
        ],
    ),
}


@pytest.fixture
def large_hall(hall):
    Unit.objects.create(name="云溪区医疗保障局", short_name="医保局", kind=Unit.Kind.POSTING_DEPARTMENT)
    Unit.objects.create(name="市场监管(窗口)", kind=Unit.Kind.POSTING_DEPARTMENT)
    for number in ("20", "21"):
        Window.objects.create(number=number, name=f"综合{number}", kind=Window.Kind.GENERAL)
    Body.objects.create(name="机关工会", kind=Body.Kind.UNION_COMMITTEE)
    for number in range(20):
        Person.objects.create(staff_number=f"P{number:04d}", name="某人")
    with clock.at(clock.start_of(dt.date(2026, 11, 24), 9)):
        yield


def drawn_sheet(kind: str, number: int) -> messy.Drawn:
    draw = random.Random(f"{SEED} {kind} {number}")
    title, fields = FIELDS[kind]
    if kind == "staff_register" and number % 7 == 3:
        return messy.side_by_side(draw, fields, title)
    if kind == "staff_register" and number % 7 == 5:
        return messy.under_one_unit(draw, fields, title)
    return messy.Sheet(draw, fields, draw.choice(messy.FORMS), title).make()


def said(value):
    """Rows of other tables by the name that tells them apart, dates as days."""
    if isinstance(value, list):
        return sorted(said(each) for each in value)
    if isinstance(value, Unit | Body):
        return value.name
    if isinstance(value, Window):
        return value.number
    return value.staff_number if isinstance(value, Person) else value


def read_back(row, name):
    if name in ("parent", "zone"):
        return getattr(getattr(row.instance, name), "name", None)
    if name in ("entered_on", "starts_on", "day"):
        return getattr(row.instance, name)
    return said(row.values.get(name))


def faults(kind, number, folder):
    """What came out otherwise than it was meant."""
    drawn = drawn_sheet(kind, number)
    report = check(kind=kind, path=messy.write(drawn, folder), by=None)
    found = [(issue.row, issue.column, issue.code, issue.message) for issue in report.errors]
    if found:
        return found
    expected = sorted(drawn.expected, key=lambda entry: entry[0])
    if [row.number for row in report.rows] != [place for place, _means in expected]:
        return [("rows", [row.number for row in report.rows], [place for place, _means in expected])]
    for row, (place, means) in zip(report.rows, expected, strict=True):
        for name, meaning in means.items():
            wanted = sorted(meaning) if isinstance(meaning, list) else meaning
            if (read := read_back(row, name)) != wanted:
                found.append((place, name, row.shown(name), read, wanted))
    return found


@pytest.mark.parametrize("kind", FIELDS)
def test_a_good_sheet_in_any_clothes_comes_out_as_it_was_meant(large_hall, tmp_path, kind):
    wrong = {number: found for number in range(EACH) if (found := faults(kind, number, tmp_path))}
    print(f"{EACH} sheets of {kind}, SHEETS_SEED={SEED}: {len(wrong)} not as meant")
    assert wrong == {}
