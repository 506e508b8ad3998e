"""The material for the yearly report (年度总结素材): what each room and plug-in says of a period, to be edited."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from intranet import clock
from intranet.access import roles

from . import official, official_styles
from .drawing import written_day
from .exceptions import PaperError
from .official import Column, Each, Table, Text, Where
from .registry import Asked, Field, PaperKind, Rows, Section, materials

DIGITS = "零一二三四五六七八九"
WRITERS = (roles.UNION_OFFICER, roles.UNION_CHAIR, roles.CENTRE_LEADER, roles.HR_ADMIN)
FIELDS: tuple[Field | Rows, ...] = (
    Field("period", _("the period in words"), "2026年"),
    Field("opening", _("the first sentence"), "现将2026年的工作情况总结如下。"),
    Rows(
        "sections",
        _("one for each part of the house, with its heading"),
        (
            Field("heading", _("number and heading"), "一、人员与窗口"),
            Rows("sentences", _("sentences to edit"), (Field("text", _("a sentence"), "全年新进驻12人。"),)),
            Field("one", _("heading of the first column"), "项目"),
            Field("two", _("heading of the second column"), "数量"),
            Field("three", _("heading of the third column"), "说明"),
            Rows(
                "rows",
                _("the figures"),
                (
                    Field("one", _("what"), "新进驻"),
                    Field("two", _("how much"), "12人"),
                    Field("three", _("remark"), "窗口9人"),
                ),
            ),
        ),
    ),
)


def numeral(number: int) -> str:
    """1 → 一, 10 → 十, 23 → 二十三; up to 99, as headings are numbered."""
    tens, units = divmod(number, 10)
    if not tens:
        return DIGITS[number]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[units] if units else "")


def period_of(first: dt.date, last: dt.date) -> str:
    """2026年 for a whole year, 2026年1月1日至6月30日 for a part of one."""
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return f"{first.year}年" if first.year == last.year else f"{first.year}年至{last.year}年"
    end = written_day(last) if last.year != first.year else f"{last.month}月{last.day}日"
    return f"{written_day(first)}至{end}"


def data(asked: Asked) -> dict[str, Any]:
    """Everything the registered materials say of the days asked for, up to today."""
    assert asked.first is not None
    assert asked.last is not None
    today = clock.today()
    if asked.first > today:
        raise PaperError(gettext("These days are still to come. Choose a period that has begun."))
    period, until = period_of(asked.first, asked.last), min(asked.last, today)
    said = [section for material in materials().values() for section in material.sections(asked.first, until)]
    closed = "" if until == asked.last else f"（数据截至{written_day(until)}）"
    return {
        "title": f"{settings.HALL_NAME}\n{period}工作总结（素材）",
        "number": "",
        "period": period,
        "opening": f"现将{settings.HALL_NAME}{period}的工作情况总结如下{closed}。",
        "sections": [_written(number, section) for number, section in enumerate(said, 1)],
    }


def _written(number: int, section: Section) -> dict[str, Any]:
    one, two, three = section.headings
    return {
        "heading": f"{numeral(number)}、{section.title}",
        "sentences": [{"text": sentence} for sentence in section.sentences],
        **{"one": one, "two": two, "three": three},
        "rows": [dict(zip(("one", "two", "three"), row, strict=True)) for row in section.rows],
    }


def template(asked: Asked) -> bytes:
    columns = tuple(
        Column(f"{{{{ section.{name} }}}}", name, width) for name, width in (("one", 3), ("two", 3), ("three", 5))
    )
    section = (
        Text("{{ section.heading }}", official_styles.HEADING),
        Each("section.sentences", "sentence", (Text("{{ sentence.text }}"),)),
        Where("section.rows", (Table("section.rows", columns), Text("", official_styles.PLAIN))),
    )
    return official.template(Text("{{ opening }}"), Each("sections", "section", section))


MATERIAL = PaperKind(
    key="papers.material",
    label=_("Material for the yearly report"),
    sentence=_("Figures and events of a period with sentences around them, for you to edit."),
    data=data,
    template=template,
    allowed=lambda user: user.has_role(*WRITERS),
    fields=FIELDS,
    spans=True,
    order=10,
)
