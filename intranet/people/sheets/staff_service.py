"""The further columns of the staff register: where somebody works, since when, and how to reach them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from intranet.sheets import values
from intranet.sheets.registry import Column

from ..models import Person, Posting
from .staff_identity import SOMEONE_ELSE, said_date
from .words import EMPLOYMENT, choices_of, label_of


def _month_or_day(day: dt.date | None) -> str:
    """The register keeps the month one began to work: the first of a month is written as a month."""
    return "month" if day is None or day.day == 1 else "day"


def _posting(person: Any) -> Posting:
    return person.open_postings[0]


SERVICE = (
    Column(
        "unit",
        _("Unit"),
        values.text,
        (
            "进驻单位",
            "进驻部门",
            "所在单位",
            "工作单位",
            "派驻单位",
            "派出单位",
            "单位名称",
            "单位",
            "所在部门",
            "部门名称",
            "所属部门",
            "所属单位",
            "部门",
            "科室",
            "所在科室",
        ),
        required=True,
        not_after=SOMEONE_ELSE,
        lookup="units",
        export=lambda person: _posting(person).unit.name,
        example="云溪区税务局",
        width=26,
    ),
    Column(
        "window",
        _("Window"),
        values.windows,
        ("窗口号", "窗口编号", "所在窗口", "窗口", "窗口名称", "服务窗口", "柜台号"),
        lookup="windows",
        export=lambda person: getattr(_posting(person).window, "number", ""),
        example="12",
    ),
    Column(
        "position",
        _("Position"),
        values.text,
        ("岗位", "岗位名称", "职务", "工作岗位", "职务岗位", "岗位职务", "职位", "职务/岗位", "岗位/职务"),
        export=lambda person: _posting(person).position,
        example="窗口工作人员",
    ),
    Column(
        "employment",
        _("Employment kind"),
        EMPLOYMENT,
        (
            "用工形式",
            "用工性质",
            "人员性质",
            "编制性质",
            "编制",
            "身份",
            "人员类别",
            "编制情况",
            "用工类型",
            "身份性质",
        ),
        export=lambda person: label_of(Person.Employment, person.employment),
        example="聘用",
        choices=choices_of(Person.Employment),
    ),
    Column(
        "is_union_member",
        _("Union member"),
        values.yes_no,
        ("是否工会会员", "工会会员", "是否会员", "是否为工会会员", "是否加入工会", "会员"),
        export=lambda person: "是" if person.is_union_member else "否",
        example="是",
        choices=lambda: ["是", "否"],
    ),
    Column(
        "union_group",
        _("Union group"),
        values.text,
        ("工会小组", "所在工会小组", "所属工会小组", "工会组", "小组", "工会小组名称"),
        lookup="groups",
        export=lambda person: person.open_groups[0].body.name if person.open_groups else "",
        example="第一工会小组",
    ),
    Column(
        "mobile",
        _("Mobile"),
        values.phones,
        (
            "手机号码",
            "手机",
            "手机号",
            "移动电话",
            "联系电话",
            "联系方式",
            "本人电话",
            "电话",
            "电话号码",
            "联系手机",
        ),
        not_after=SOMEONE_ELSE,
        export=lambda person: person.mobile,
        example="13800001234",
    ),
    Column(
        "office_phone",
        _("Office phone"),
        values.office_phone,
        ("办公电话", "座机", "固定电话", "办公室电话", "单位电话", "窗口电话"),
        export=lambda person: person.office_phone,
        example="8212",
    ),
    Column(
        "email",
        _("Mail address"),
        values.text,
        ("邮箱", "电子邮箱", "电子邮件", "邮件", "E-MAIL", "EMAIL"),
        export=lambda person: person.email,
        width=20,
    ),
    Column(
        "service_start_month",
        _("In service since"),
        values.read_date,
        ("参加工作时间", "参加工作年月", "参工时间", "工作时间", "参加工作日期", "参加工作"),
        export=lambda person: said_date(person.service_start_month, _month_or_day(person.service_start_month)),
        example="2008年7月",
    ),
    Column(
        "entered_on",
        _("At the hall since"),
        values.read_date,
        (
            "进驻时间",
            "进驻日期",
            "入职时间",
            "入职日期",
            "到岗时间",
            "进入中心时间",
            "来中心时间",
            "入驻时间",
            "进中心时间",
        ),
        export=lambda person: said_date(person.entered_on),
        example="2021-06-01",
    ),
    Column(
        "note",
        _("Note"),
        values.text,
        ("备注", "说明", "备注说明"),
        export=lambda person: person.note,
        width=24,
    ),
)
