"""Monthly scores as a sheet: of people, of windows, of units, as the inspection section keeps them."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from intranet import clock
from intranet.access import roles
from intranet.people.models import Person, Posting, Unit, Window
from intranet.people.sheets.words import people_by_number, units_by_name, windows_by_number
from intranet.sheets import values
from intranet.sheets.issues import problem
from intranet.sheets.registry import Column, SheetKind
from intranet.sheets.row import Row
from intranet.sheets.rows import Lookup, SheetRows, batches

from ..models import MonthlyScore
from ..models.months import MOST_POINTS
from ..models.subjects import SUBJECTS
from .cells import month_text, read_month, read_score


class MonthlyScoreRows(SheetRows):
    """A row with a staff number or name is about that person; else with a window about it; else about the unit."""

    model = MonthlyScore
    key = ("month",)
    fields = ("score", "reason")

    def lookups(self) -> dict[str, Lookup]:
        return {
            "people": people_by_number(row.get("staff_number") for row in self.rows),
            "windows": windows_by_number(Window.objects.all()),
            "units": units_by_name(Unit.objects.all()),
        }

    def prepare(self, row: Row) -> None:
        window = row.get("window")
        if isinstance(window, list):
            row.values["window"] = window[0]
            if len(window) > 1:
                reason = _("Write one window number.")
                row.error(problem("bad_value", value=row.shown("window"), reason=reason), "window")
        month, score = row.get("month"), row.get("score")
        if month is not None and month > self.today:
            row.error(problem("future_date", value=month_text(month)), "month")
        if score is not None and score > MOST_POINTS:
            reason = _("A score lies between 0 and %(most)d.") % {"most": MOST_POINTS}
            row.error(problem("bad_value", value=row.shown("score"), reason=reason), "score")
        if not row.errors:
            row.values["about"] = self._about(row)

    def _about(self, row: Row) -> Person | Window | Unit | None:
        person, name = row.get("staff_number"), row.get("name")
        if person is not None and name and person.name != name:
            row.error(problem("name_differs", number=person.staff_number, known=person.name, value=name), "name")
        elif person is None and name:
            person = self._person_called(name, row)
        found = person or row.get("window") or row.get("unit")
        if found is None and not row.errors:
            row.error(problem("blank", column=self.kind.column("staff_number").label), "month")
        elif isinstance(found, Person) and self.by is not None and found.user_id == self.by.pk:
            reason = _("You cannot score yourself. Ask a colleague of the inspection section.")
            row.error(problem("bad_value", value=found.name, reason=reason), "name")
        return found

    def _person_called(self, name: str, row: Row) -> Person | None:
        """Whoever of that name was posted at the row's place in its month."""
        unit, window, month = row.get("unit"), row.get("window"), row.values["month"]
        people = {
            posting.person
            for posting in self.postings[name]
            if posting.starts_on < _next(month)
            and (posting.ends_on is None or posting.ends_on >= month)
            and (unit is None or unit.pk in (posting.unit_id, posting.unit.parent_id))
            and (window is None or window.pk == posting.window_id)
        }
        if len(people) == 1:
            return people.pop()
        reason = (
            _("Several people have this name. Write the staff number.")
            if people
            else _("Nobody of this name was posted there in that month. Correct it, or write the staff number.")
        )
        row.error(problem("bad_value", value=name, reason=reason), "name")
        return None

    @cached_property
    def postings(self) -> dict[str, list[Posting]]:
        """Every posting of whoever has a name that stands in the sheet."""
        found: dict[str, list[Posting]] = defaultdict(list)
        for batch in batches(sorted({row.get("name") for row in self.rows if row.get("name")})):
            for posting in Posting.objects.filter(person__name__in=batch).select_related("person", "unit"):
                found[posting.person.name].append(posting)
        return found

    def key_of(self, row: Row) -> tuple[Any, ...] | None:
        about = row.get("about")
        return (row.values["month"], about._meta.model_name, about.pk) if about is not None else None

    def key_of_instance(self, instance: MonthlyScore) -> tuple[Any, ...]:
        kind = instance.subject_kind
        return (instance.month, kind, getattr(instance, f"{kind}_id"))

    def fill(self, row: Row) -> None:
        if row.instance.pk is None:
            row.instance.month, row.instance.changed_at = row.values["month"], clock.now()
            setattr(row.instance, row.values["about"]._meta.model_name, row.values["about"])
        super().fill(row)

    def before_writing(self, instance: MonthlyScore) -> None:
        instance.entered_by, instance.changed_at = self.by, clock.now()


def _next(month: Any) -> Any:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _scores(user: Any) -> Any:
    rows = MonthlyScore.objects.all() if user is None else MonthlyScore.objects.visible_to(user)
    return rows.select_related(*SUBJECTS).order_by("month", "unit", "window__sort_key", "person__sort_key")


def _part(name: str, field: str) -> Any:
    return lambda row: getattr(getattr(row, name), field) if getattr(row, f"{name}_id") else ""


MONTHLY_SCORES = SheetKind(
    key="monthly_scores",
    label=gettext_lazy("Monthly scores"),
    columns=(
        Column(
            "month",
            pgettext_lazy("of a figure", "Month"),
            read_month,
            ("月份", "考核月份", "考评月份", "年月", "月度", "考核时间", "时间", "日期"),
            required=True,
            export=lambda row: month_text(row.month),
            example="2026-10",
        ),
        Column(
            "unit",
            gettext_lazy("Unit"),
            values.text,
            ("单位", "进驻单位", "进驻部门", "部门", "单位名称", "部门名称", "科室"),
            lookup="units",
            export=_part("unit", "name"),
            width=24,
        ),
        Column(
            "window",
            gettext_lazy("Window number"),
            values.windows,
            ("窗口号", "窗口编号", "窗口", "窗口名称"),
            lookup="windows",
            export=_part("window", "number"),
        ),
        Column(
            "staff_number",
            gettext_lazy("Staff number"),
            values.staff_number,
            ("工号", "职工编号", "人员编号", "员工号"),
            lookup="people",
            export=_part("person", "staff_number"),
            example="HW0012",
        ),
        Column(
            "name",
            pgettext_lazy("of a person", "Name"),
            values.name,
            ("姓名", "人员姓名", "窗口人员", "工作人员", "被考核人"),
            export=_part("person", "name"),
            example="欧阳秀兰",
        ),
        Column(
            "score",
            gettext_lazy("Score"),
            read_score,
            ("得分", "分数", "考核得分", "考评得分", "总分", "考核分", "月度得分", "最终得分", "成绩"),
            required=True,
            export=lambda row: row.score,
            example="98.5",
        ),
        Column(
            "reason",
            gettext_lazy("Reason"),
            values.text,
            ("加减分原因", "扣分原因", "扣分事由", "加减分事由", "原因", "事由", "考核情况", "备注", "说明"),
            export=lambda row: row.reason,
            width=30,
        ),
    ),
    roles=(roles.INSPECTION,),
    handler=MonthlyScoreRows,
    source=_scores,
    notes=(gettext_lazy("With a staff number or a name a row is about that person, else about the window or unit."),),
    order=72,
)
