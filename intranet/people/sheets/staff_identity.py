"""The first columns of the staff register: who somebody is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from intranet.sheets import values
from intranet.sheets.registry import Column

from .. import identity
from ..models import Person
from .words import CALENDAR, POLITICAL_STATUS, SEX, choices_of, label_of

SOMEONE_ELSE = ("紧急", "家属", "配偶", "父", "母", "子女", "担保", "介绍人", "亲属")


def said_date(day: dt.date | None, precision: str = "day") -> str:
    """As the reader understands it with its precision: 1985-03-12, 1985年3月, 1985年."""
    if day is None:
        return ""
    if precision == "year":
        return f"{day.year}年"
    return f"{day.year}年{day.month}月" if precision == "month" else day.isoformat()


def month_of_identity(said: dict[str, Any], choices: tuple[tuple[str, str], ...]) -> tuple[str, str] | None:
    """Of January and October (1985.1) the one that the identity number in the row names."""
    number = said.get("national_id")
    if not isinstance(number, str):
        return None
    return next((choice for choice in choices if choice[0].replace("-", "") == number[6:12]), None)


IDENTITY = (
    Column(
        "staff_number",
        _("Staff number"),
        values.staff_number,
        ("工号", "员工编号", "职工编号", "人员编号", "员工号", "职工号", "工作证号", "胸牌号", "工牌号", "编码"),
        export=lambda person: person.staff_number,
        example="HW0001",
    ),
    Column(
        "name",
        _("Name"),
        values.name,
        ("姓名", "员工姓名", "职工姓名", "人员姓名", "名字"),
        required=True,
        not_after=SOMEONE_ELSE,
        export=lambda person: person.name,
        example="王小明",
    ),
    Column(
        "sex",
        _("Sex"),
        SEX,
        ("性别",),
        export=lambda person: label_of(Person.Sex, person.sex),
        example="女",
        choices=choices_of(Person.Sex),
        width=8,
    ),
    Column(
        "birthday",
        _("Birthday"),
        values.read_date,
        (
            "出生日期",
            "出生年月日",
            "出生年月",
            "生日",
            "出生时间",
            "出生年月日(农历)",
            "出生日期(农历)",
            "农历生日",
            "阴历生日",
            "公历生日",
            "阳历生日",
            "出生",
        ),
        settle=month_of_identity,
        export=lambda person: said_date(person.birthday, person.birthday_precision),
        example="1985-03-12",
        note=_("1985-03-12, 1985年3月 or 1985年; 农历1985年三月初二 for a lunar date"),
    ),
    Column(
        "birthday_calendar",
        _("Birthday calendar"),
        CALENDAR,
        (
            "生日历法",
            "历法",
            "过农历生日",
            "是否过农历生日",
            "是否农历生日",
            "是否农历",
            "公历/农历",
            "农历/公历",
            "生日类型",
        ),
        export=lambda person: label_of(Person.Calendar, person.birthday_calendar) if person.birthday else "",
        example="公历",
        choices=choices_of(Person.Calendar),
    ),
    Column(
        "national_id",
        _("Identity number"),
        values.identity_number,
        (
            "身份证号",
            "身份证号码",
            "公民身份号码",
            "公民身份证号码",
            "身份证",
            "证件号码",
            "证件号",
            "身份证件号码",
        ),
        not_after=SOMEONE_ELSE,
        export=identity.number_of,
        kept=identity.kept,
        mask=values.masked_number,
        note=_("As text. A masked number, as exports show it, changes nothing"),
        width=22,
    ),
    Column(
        "political_status",
        _("Political status"),
        POLITICAL_STATUS,
        ("政治面貌", "面貌", "党派", "政治身份"),
        export=lambda person: label_of(Person.PoliticalStatus, person.political_status),
        example="群众",
        choices=choices_of(Person.PoliticalStatus),
    ),
)
