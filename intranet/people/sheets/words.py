"""Words that personnel sheets use for what the register stores as choices; how units, windows, people are found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from intranet.sheets.issues import problem
from intranet.sheets.row import Row
from intranet.sheets.rows import Lookup, batches, one_kind_of_break
from intranet.sheets.values import Words, as_text, bare_window

from ..models import Body, Person, Unit, Window


def choices_of(choices: Any) -> Callable[[], list[Any]]:
    """Labels for a dropdown, in the language of the moment."""
    return lambda: [label for _value, label in choices.choices]


def label_of(choices: Any, value: str) -> Any:
    return choices(value).label if value else ""


SEX = Words(
    {"男": "male", "女": "female", "男性": "male", "女性": "female", "M": "male", "F": "female"},
    lambda: Person.Sex.choices,
)

POLITICAL_STATUS = Words(
    {
        "党员": "party_member",
        "中共党员": "party_member",
        "共产党员": "party_member",
        "中国共产党党员": "party_member",
        "中国共产党员": "party_member",
        "共产党": "party_member",
        "中共": "party_member",
        "正式党员": "party_member",
        "预备党员": "probationary_member",
        "中共预备党员": "probationary_member",
        "团员": "league_member",
        "共青团员": "league_member",
        "共青团": "league_member",
        "群众": "masses",
        "无党派": "no_party",
        "无党派人士": "no_party",
        "入党积极分子": "masses",
        "积极分子": "masses",
        "发展对象": "masses",
        "普通群众": "masses",
        "一般群众": "masses",
        "普通公民": "masses",
        "民主党派": "democratic_party",
    }
    | {
        name: "democratic_party"
        for short in ("民革", "民盟", "民建", "民进", "农工党", "致公党", "九三学社", "台盟")
        for name in (short, f"{short}盟员", f"{short}会员", f"{short}党员", f"{short}社员", f"{short}成员")
    },
    lambda: Person.PoliticalStatus.choices,
)

EMPLOYMENT = Words(
    {
        "在编": "permanent",
        "正式": "permanent",
        "在编在岗": "permanent",
        "行政编制": "permanent",
        "事业编制": "permanent",
        "行政编": "permanent",
        "事业编": "permanent",
        "行政": "permanent",
        "事业": "permanent",
        "公务员": "permanent",
        "参公": "permanent",
        "编内": "permanent",
        "聘用": "contract",
        "合同制": "contract",
        "合同": "contract",
        "聘用制": "contract",
        "编外": "contract",
        "编外聘用": "contract",
        "临聘": "contract",
        "劳务派遣": "agency",
        "派遣": "agency",
        "劳务": "agency",
        "劳务外包": "agency",
        "公益性岗位": "public_welfare_post",
        "公益岗": "public_welfare_post",
        "公益性岗": "public_welfare_post",
        "公岗": "public_welfare_post",
    },
    lambda: Person.Employment.choices,
)

# 农历 says by which calendar the birthday is kept; the date beside it is the solar one of the identity card.
CALENDAR = Words(
    {
        "农历": "lunar",
        "阴历": "lunar",
        "旧历": "lunar",
        "公历": "solar",
        "阳历": "solar",
        "新历": "solar",
        "是": "lunar",
        "否": "solar",
        "√": "lunar",
        "×": "solar",
        "Y": "lunar",
        "N": "solar",
    },
    lambda: Person.Calendar.choices,
)

UNIT_WORDS = Words(
    {
        "中心": "centre",
        "政务服务中心": "centre",
        "政务中心": "centre",
        "分中心": "sub_centre",
        "进驻单位": "posting_department",
        "进驻部门": "posting_department",
        "窗口单位": "posting_department",
        "部门": "posting_department",
        "后台科室": "back_office",
        "后台": "back_office",
        "内设科室": "back_office",
        "内设机构": "back_office",
        "科室": "back_office",
        "银行": "bank_counter",
        "银行网点": "bank_counter",
        "银行柜台": "bank_counter",
    },
    lambda: Unit.Kind.choices,
)

WINDOW_WORDS = Words(
    {
        "部门窗口": "department",
        "单位窗口": "department",
        "专业窗口": "department",
        "专窗": "department",
        "综合窗口": "general_window",
        "综窗": "general_window",
        "无差别综合窗口": "general_window",
        "并联审批窗口": "joint_approval_window",
        "并联审批": "joint_approval_window",
        "联合审批窗口": "joint_approval_window",
        "银行窗口": "bank",
        "银行": "bank",
        "银行网点": "bank",
    },
    lambda: Window.Kind.choices,
)


def refuse_closed(row: Row, column: str, today: dt.date) -> None:
    """A closed unit, window or group is not changed by a sheet, nor opened again by being named in one."""
    closed = row.instance.retired_on
    if row.instance.pk is not None and closed is not None and closed <= today:
        row.error(problem("closed", value=row.shown(column)), column)


def units_by_name(units: Iterable[Unit]) -> Lookup:
    """By full or short name."""
    return Lookup(units, lambda unit: [unit.name, unit.short_name], "unknown_department")


def windows_by_number(windows: Iterable[Window]) -> Lookup:
    """By number, or by name, the way the reader of windows gives it (不动产登记窗口 arrives as 不动产登记)."""

    def spellings(window: Window) -> list[str]:
        return [window.number, window.name, bare_window(window.number), bare_window(window.name)]

    return Lookup(windows, spellings, "unknown_window")


def groups_by_name(bodies: Iterable[Body]) -> Lookup:
    return Lookup(bodies, lambda body: [body.name], "unknown_group")


def people_by_number(numbers: Iterable[Any]) -> Lookup:
    """People of these staff numbers, read in batches."""
    wanted = sorted({number for number in numbers if isinstance(number, str)})
    people: list[Person] = []
    for batch in batches(wanted):
        people += Person.objects.filter(staff_number__in=batch)
    return Lookup(people, lambda person: [person.staff_number], "unknown_person")


def keep_as_it_stands(row: Row, *names: str) -> None:
    """A cell that says exactly what is kept changes nothing, also where it would be read in a tidier form."""
    for name in names:
        if row.get(name) and row.instance.pk is not None:
            kept = getattr(row.instance, name)
            if kept and one_kind_of_break(as_text(row.cells.get(name)), kept):
                row.values[name] = kept
