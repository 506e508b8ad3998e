"""The demo hall's register as a personnel office would write it: real .xlsx files, drawn from a seed."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from intranet.access.registry import DemoHall
from intranet.sheets import values

# Before the oldest round of the demo's awards: January of the year whose awards are all given, at most 790 days ago.
BROUGHT_IN_DAYS_AGO = 800
POLITICAL = ["中共党员"] * 8 + ["共青团员"] * 4 + ["群众"] * 9 + ["中共预备党员", "民盟"]
EMPLOYMENT = ["在编"] * 5 + ["聘用"] * 9 + ["劳务派遣"] * 4 + ["公益性岗位"]
REGISTER_HEADINGS = [
    "序号",
    "工号",
    "姓名",
    "性别",
    "身份证号",
    "出生日期",
    "生日历法",
    "政治面貌",
    "所在单位",
    "窗口号",
    "岗位",
    "用工形式",
    "是否工会会员",
    "工会小组",
    "手机号码",
    "办公电话",
    "参加工作时间",
    "进驻时间",
    "备注",
]


@dataclass
class Place:
    """A unit, and a window number if people sit at one there."""

    unit: str
    window: str = ""
    zone: str = ""


@dataclass
class Invented:
    """One invented person as a row of the register."""

    number: str
    name: str
    female: bool
    place: Place
    position: str
    born: dt.date
    entered: dt.date
    row: dict[str, Any] = field(default_factory=dict)


def words(data: Path) -> dict[str, Any]:
    with (data / "hall.toml").open("rb") as given:
        return tomllib.load(given)


def unit_rows(hall: dict[str, Any]) -> list[list[str]]:
    """Name, short name, kind, belongs to, office phone of every unit."""
    rows = [[hall["centre"], "中心", "政务服务中心", "", "8001"]]
    rows += [
        [name, short, "进驻单位", hall["centre"], f"81{number:02d}"]
        for number, (name, short, _zone, _windows) in enumerate(hall["departments"], start=1)
    ]
    rows.append([hall["bank"], "农商行", "银行网点", hall["centre"], "8190"])
    rows += [
        [name, "", "后台科室", hall["centre"], f"80{number:02d}"]
        for number, (name, _people) in enumerate(hall["back_offices"], start=11)
    ]
    return rows


def window_rows(hall: dict[str, Any]) -> list[list[str]]:
    """Number, name, kind, zone and units of the windows, counted through the hall zone by zone."""
    flat = [(zone, name, "部门窗口", unit) for unit, _short, zone, names in hall["departments"] for name in names] + [
        (zone, name, kind, "、".join(units)) for name, kind, zone, units in hall["shared_windows"]
    ]
    flat.sort(key=lambda item: hall["zones"].index(item[0]))
    return [[str(number), name, kind, zone, units] for number, (zone, name, kind, units) in enumerate(flat, start=1)]


def places(hall: dict[str, Any], staff: int) -> list[Place]:
    """Where each of ``staff`` people works: two leaders, the back offices, and the rest at the windows in turn."""
    office = [Place(hall["centre"])] * 2 + [
        Place(name) for name, people in hall["back_offices"] for _ in range(people)
    ]
    windows = [Place(units.split("、")[0], number, zone) for number, _n, _k, zone, units in window_rows(hall)]
    seated = [windows[index % len(windows)] for index in range(max(staff - len(office), len(windows)))]
    return office + seated


def invent(demo: DemoHall, hall: dict[str, Any], count: int) -> list[Invented]:
    """That many people, the same ones for the same seed."""
    draw, people = demo.draw, []
    used: set[str] = set()
    for index, place in enumerate(places(hall, count)[:count]):
        female = draw.random() < 0.58
        name = invented_name(demo.draw, hall, female, used)
        born = dt.date(draw.randint(1968, 2001), draw.randint(1, 12), draw.randint(1, 28))
        years = draw.randint(1, 12)
        brought_in = demo.today - dt.timedelta(days=BROUGHT_IN_DAYS_AGO)
        entered = brought_in - dt.timedelta(days=365 * (years - 1) + draw.randint(20, 320))
        entered = min(max(entered, born + dt.timedelta(days=365 * 21)), brought_in - dt.timedelta(days=20))
        people.append(
            Invented(f"HW{index + 1:04d}", name, female, place, _position(index, place, hall), born, entered)
        )
    for person in people:
        person.row = _register_row(demo, hall, person)
    return people


def invented_name(draw: random.Random, hall: dict[str, Any], female: bool, used: set[str]) -> str:
    given = hall["given_female"] if female else hall["given_male"]
    name = draw.choice(hall["surnames"]) + draw.choice(given)
    # Two people of one name do occur; more than a few would look invented.
    while name in used and draw.random() < 0.97:
        name = draw.choice(hall["surnames"]) + draw.choice(given)
    used.add(name)
    return name


def _position(index: int, place: Place, hall: dict[str, Any]) -> str:
    if place.unit == hall["centre"]:
        return ("主任", "副主任")[min(index, 1)]
    return "窗口工作人员" if place.window else "科员"


def _register_row(demo: DemoHall, hall: dict[str, Any], person: Invented) -> dict[str, Any]:
    draw = demo.draw
    lunar = draw.random() < 0.12
    groups = hall["union_groups"]
    group = (
        groups[hall["zones"].index(person.place.zone)]
        if person.place.zone
        else groups[5 + int(person.number[-1]) % 2]
    )
    member = draw.random() < 0.93
    young = demo.today.year - person.born.year <= 28
    status = draw.choice(POLITICAL)
    if status == "共青团员" and not young:
        status = "群众"
    began = min(person.entered, person.born + dt.timedelta(days=365 * draw.randint(21, 26)))
    return {
        "工号": person.number,
        "姓名": person.name,
        "性别": "女" if person.female else "男",
        "身份证号": _identity_number(person),
        "出生日期": person.born.isoformat(),
        "生日历法": "农历" if lunar else "公历",
        "政治面貌": status,
        "所在单位": person.place.unit,
        "窗口号": person.place.window,
        "岗位": person.position,
        "用工形式": draw.choice(EMPLOYMENT) if person.place.window else "在编",
        "是否工会会员": "是" if member else "否",
        "工会小组": group if member else "",
        "手机号码": f"138000{draw.randint(10000, 99999)}",
        "办公电话": f"82{int(person.place.window):02d}" if person.place.window else "",
        "参加工作时间": f"{began.year}.{began.month:02d}",
        "进驻时间": person.entered.isoformat(),
        "备注": "",
    }


def _identity_number(person: Invented) -> str:
    """Nobody’s: the area code 119900 was never given out. The digit before the last is odd for men."""
    order = (2 * int(person.number[2:]) + (not person.female)) % 1000
    return values.with_check_digit(f"119900{person.born:%Y%m%d}{order:03d}")


def write_book(path: Path, title: str, headings: list[str], rows: list[list[Any]]) -> Path:
    """A sheet as halls keep them: a merged title, the headings, the rows, a line for who made it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    sheet = book.active
    sheet.title = title[:30]
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings))
    sheet["A1"].font = Font(size=16, bold=True)
    sheet["A1"].alignment = Alignment(horizontal="center")
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    sheet.append(["制表人：办公室", *[""] * (len(headings) - 2), "审核人："])
    book.save(path)
    return path


def write_register(path: Path, people: list[Invented]) -> Path:
    rows = [
        [number, *(person.row[heading] for heading in REGISTER_HEADINGS[1:])]
        for number, person in enumerate(people, start=1)
    ]
    return write_book(path, "工作人员花名册", REGISTER_HEADINGS, rows)
