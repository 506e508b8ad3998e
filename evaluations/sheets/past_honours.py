"""Honours from before this site as a sheet: matched to people and windows where that is clear, else kept by name."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intranet.access import roles
from intranet.people.models import Person, Posting, Window
from intranet.people.sheets.words import people_by_number
from intranet.sheets import values
from intranet.sheets.headings import plain
from intranet.sheets.issues import Problem, problem
from intranet.sheets.registry import Column, SheetKind
from intranet.sheets.row import Row
from intranet.sheets.rows import Lookup, SheetRows

from ..models import Award, Honour

# A month of one digit stands apart from its year: 20254 may be anything.
PERIOD = re.compile(
    r"^(\d{4})\s*(?:年|[-./])?\s*(?:(?:第?\s*([1-4一二三四])\s*季度)|(\d{2}|(?<=\D)\d)\s*月?)?\s*(?:度)?$"
)
YEARS = range(1900, 2101)
# 2025.1, where a number or plain text may have lost the zero of October.
SHORT = re.compile(r"(\d{4})\.1")
QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
NOBODY = "+"


def period_of(text: str) -> tuple[dt.date, dt.date, str] | None:
    """First and last day of 2025年, 2025年第4季度 or 2025年11月, and the hall's words for it; None for all else."""
    found = PERIOD.match(text.strip())
    if found is None or int(found[1]) not in YEARS:
        return None
    year, quarter = int(found[1]), found[2]
    if quarter:
        number = QUARTERS.get(quarter) or int(quarter)
        return _days(year, number * 3 - 2, number * 3, f"{year}年第{number}季度")
    if found[3]:
        month = int(found[3])
        return _days(year, month, month, f"{year}年{month}月") if 1 <= month <= 12 else None
    return _days(year, 1, 12, f"{year}年")


def read_period(cell: Any, context: values.Context) -> values.Value:
    """A period as text for ``period_of``; whether 2025.1 is January or October is asked."""
    text = values.written(cell)
    short = SHORT.fullmatch(plain(text))
    if short and (isinstance(cell, float) or context.plain_text):
        choices = tuple((f"{short[1]}-{month:02d}", f"{short[1]}年{month}月") for month in (1, 10))
        return values.failed("ambiguous_date", value=text, choices=choices)
    return values.text(text, context)


def _days(year: int, first: int, last: int, label: str) -> tuple[dt.date, dt.date, str]:
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1]), label


class PastHonourRows(SheetRows):
    """Honours by award, period, name and unit; one that is there already is matched, never doubled."""

    model = Honour
    key = ("award_name", "period_label", "name", "unit_name")
    fields = ("award_name", "period_label", "name", "unit_name", "text", "published_on")

    def lookups(self) -> dict[str, Lookup]:
        return {"people": people_by_number(row.get("staff_number") for row in self.rows)}

    def key_of(self, row: Row) -> tuple[Any, ...] | None:
        found = tuple(row.get(name) or "" for name in self.key)
        return found if all(found[:3]) else None

    def matching(self, objects: Any, wanted: list[Any]) -> Any:
        return super().matching(objects, wanted).select_related("person", "window")

    def prepare(self, row: Row) -> None:
        found = period_of(row.get("period_label") or "")
        if row.get("period_label") and found is None:
            reason = _("Write a year, a quarter or a month, as in 2025年, 2025年第4季度 or 2025年11月.")
            row.error(problem("bad_value", value=row.shown("period_label"), reason=reason), "period_label")
        if found is not None:
            row.values["period_first"], last, row.values["period_label"] = found
            self._put_day(row, last)
        person, name = row.get("staff_number"), row.get("name")
        if person is not None and name and plain(person.name) != plain(name):
            known = {"number": person.staff_number, "known": person.name, "value": name}
            row.error(problem("name_differs", **known), "name")

    def _put_day(self, row: Row, last: dt.date) -> None:
        """The day of commendation; where the sheet has none, the last day of the period."""
        given = row.get("published_on")
        if given is None:
            row.values["published_on"] = last
        elif not isinstance(given, values.DateValue) or given.precision != "day":
            row.error(problem("whole_date", value=row.shown("published_on")), "published_on")
        elif given.day > self.today:
            row.error(problem("future_date", value=row.shown("published_on")), "published_on")
        else:
            row.values["published_on"] = given.day

    def fill(self, row: Row) -> None:
        honour = row.instance
        if honour.pk is not None and honour.election_id is not None:
            # Published here: the round is its record, and a sheet changes nothing of it.
            return
        if honour.pk is not None and "published_on" not in row.block:
            row.values.pop("published_on", None)
        super().fill(row)
        if honour.pk is not None:
            return
        honour.period_first, honour.award = row.values["period_first"], self.awards.get(honour.award_name)
        honour.person = row.get("staff_number") or self._person_of(row)
        honour.window = None if honour.person is not None else self.windows.get(plain(honour.name))

    def _person_of(self, row: Row) -> Person | None:
        """Who alone has the name, in the unit if it is given; of several, whom somebody says is meant."""
        holders = self.holders.get(row.values["name"], [])
        own = [person for person, unit in holders if unit and unit == row.get("unit_name")]
        found = own or [person for person, _unit in holders]
        answer = self.answers.people.get(row.place("name"))
        if len(found) <= 1 or answer == NOBODY:
            return found[0] if len(found) == 1 else None
        said = {person.staff_number: person for person in found}
        if answer in said:
            return said[answer]
        row.error(_which(row, holders), "name")
        return None

    @cached_property
    def awards(self) -> dict[str, Award]:
        return {award.name: award for award in Award.objects.all()}

    @cached_property
    def holders(self) -> dict[str, list[tuple[Person, str]]]:
        """Name → people of it with the unit they are, or last were, posted to."""
        names = {row.get("name") for row in self.rows if row.get("name")}
        units = dict(
            Posting.objects.filter(person__name__in=names).order_by("starts_on").values_list("person", "unit__name")
        )
        found: dict[str, list[tuple[Person, str]]] = {}
        for person in Person.objects.filter(name__in=names).order_by("staff_number"):
            found.setdefault(person.name, []).append((person, units.get(person.pk, "")))
        return found

    @cached_property
    def windows(self) -> dict[str, Window]:
        """By what a cell may call a window: 12号 综合, 12号窗口, 12号; only where that is one."""
        named: dict[str, list[Window]] = {}
        for window in Window.objects.all():
            for text in {str(window), f"{window.number}号窗口", f"{window.number}号"}:
                named.setdefault(plain(text), []).append(window)
        return {text: found[0] for text, found in named.items() if len(found) == 1}


def _which(row: Row, holders: list[tuple[Person, str]]) -> Problem:
    choices = [(person.staff_number, f"{person.staff_number} {unit}".strip()) for person, unit in holders]
    choices.append((NOBODY, str(_("none of them: keep the name only"))))
    numbers = "、".join(person.staff_number for person, _unit in holders[:5])
    return problem("same_name", choices=tuple(choices), asks="people", value=row.values["name"], numbers=numbers)


def honours_of(user: Any) -> Iterable[Honour]:
    """Everything on the wall of honour, oldest first."""
    return Honour.objects.standing().select_related("person").order_by("published_on", "award_name", "pk")


PAST_HONOURS = SheetKind(
    key="past_honours",
    label=_("Past honours"),
    columns=(
        Column(
            "award_name",
            pgettext_lazy("sheet heading", "Award"),
            values.text,
            ("荣誉称号", "荣誉名称", "奖项", "称号", "评选项目", "获奖名称"),
            required=True,
            export=lambda honour: honour.award_name,
            example="服务之星",
            width=20,
        ),
        Column(
            "period_label",
            pgettext_lazy("sheet heading", "Period"),
            read_period,
            ("年度", "月份", "年月", "评选期", "评选周期", "时期", "期次"),
            required=True,
            export=lambda honour: honour.period_label,
            example="2025年11月",
        ),
        Column(
            "name",
            _("Name"),
            values.text,
            ("姓名", "获奖人", "获奖者", "获奖人员", "窗口", "获奖窗口", "集体名称", "获奖单位"),
            required=True,
            export=lambda honour: honour.name,
            example="王小明",
        ),
        Column(
            "staff_number",
            _("Staff number"),
            values.staff_number,
            ("工号", "员工编号"),
            lookup="people",
            export=lambda honour: honour.person.staff_number if honour.person else "",
        ),
        Column(
            "unit_name",
            pgettext_lazy("sheet heading", "Unit"),
            values.text,
            ("单位", "部门", "所在单位", "所属单位", "工作单位"),
            export=lambda honour: honour.unit_name,
            width=24,
        ),
        Column(
            "text",
            _("Text of honour"),
            values.text,
            ("荣誉词", "颁奖词", "表彰内容", "备注"),
            export=lambda honour: honour.text,
            width=40,
        ),
        Column(
            "published_on",
            _("Commended on"),
            values.read_date,
            ("通报日期", "表彰日期", "获奖日期", "获奖时间", "表彰时间"),
            export=lambda honour: honour.published_on.isoformat(),
            example="2025-12-05",
        ),
    ),
    roles=(roles.UNION_OFFICER, roles.UNION_CHAIR),
    handler=PastHonourRows,
    source=honours_of,
    order=72,
)
