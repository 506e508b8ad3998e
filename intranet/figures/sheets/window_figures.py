"""The figures of windows as a sheet: a row for each window and month, as the approval system prints it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from intranet import clock
from intranet.access import roles
from intranet.people.models import Unit, Window
from intranet.people.sheets.words import units_by_name, windows_by_number
from intranet.sheets import values
from intranet.sheets.issues import problem
from intranet.sheets.registry import Column, SheetKind
from intranet.sheets.row import Row
from intranet.sheets.rows import Lookup, SheetRows

from ..models import WindowMonth
from .cells import month_text, read_month


class WindowFigureRows(SheetRows):
    """A window's month is entered once; a second sheet of the month corrects it."""

    model = WindowMonth
    key = ("window", "month")
    fields = (*WindowMonth.COUNTS, *WindowMonth.GRADES)
    duplicate_code = "duplicate_number"

    def lookups(self) -> dict[str, Lookup]:
        return {
            "windows": windows_by_number(Window.objects.prefetch_related("units")),
            "units": units_by_name(Unit.objects.all()),
        }

    def prepare(self, row: Row) -> None:
        found = row.get("window")
        if isinstance(found, list):
            if len(found) > 1:
                row.error(
                    problem("bad_value", value=row.shown("window"), reason=_("Write one window number.")), "window"
                )
            row.values["window"] = found[0]
        month = row.get("month")
        if month is not None and month > self.today:
            row.error(problem("future_date", value=month_text(month)), "month")

    def key_of(self, row: Row) -> tuple[Any, ...] | None:
        window, month = row.get("window"), row.get("month")
        return (window.pk, month) if isinstance(window, Window) and month is not None else None

    def key_of_instance(self, instance: WindowMonth) -> tuple[Any, ...]:
        return (instance.window_id, instance.month)

    def matching(self, objects: Any, wanted: list[Any]) -> Any:
        months = {row.get("month") for row in self.sound()}
        return objects.filter(window__in=wanted, month__in=months)

    def fill(self, row: Row) -> None:
        if row.instance.pk is None:
            row.instance.window, row.instance.month = row.values["window"], row.values["month"]
            row.instance.changed_at = clock.now()
        super().fill(row)
        self._check_place(row)
        self._check_counts(row)

    def _check_place(self, row: Row) -> None:
        window, unit = row.values["window"], row.get("unit")
        if window.retired_on is not None and window.retired_on <= row.values["month"]:
            row.error(problem("closed", value=row.shown("window")), "window")
        units = {owner.pk for owner in window.units.all()}
        if unit is not None and units and not units & {unit.pk, unit.parent_id}:
            row.error(problem("foreign_window", value=window.number, unit=unit.name), "unit")

    def _check_counts(self, row: Row) -> None:
        instance = row.instance
        if None not in (instance.cases_handled, instance.finished_on_the_spot) and (
            instance.finished_on_the_spot > instance.cases_handled
        ):
            reason = _("More was finished on the spot than handled. Correct one of the two.")
            shown = row.shown("finished_on_the_spot")
            row.error(problem("bad_value", value=shown, reason=reason), "finished_on_the_spot")
        missing = [name for name in WindowMonth.GRADES if getattr(instance, name) is None]
        if 0 < len(missing) < len(WindowMonth.GRADES):
            column = self.kind.column(missing[0])
            row.error(problem("blank", column=column.label), missing[0])

    def before_writing(self, instance: WindowMonth) -> None:
        instance.entered_by, instance.changed_at = self.by, clock.now()


def _months(user: Any) -> Any:
    rows = WindowMonth.objects.all() if user is None else WindowMonth.objects.visible_to(user)
    return rows.select_related("window").prefetch_related("window__units").order_by("month", "window__sort_key")


def _grade(name: str, label: Any, *aliases: str) -> Column:
    return Column(
        name, label, values.whole_number, aliases, export=lambda row: getattr(row, name), example="", width=10
    )


WINDOW_FIGURES = SheetKind(
    key="window_figures",
    label=gettext_lazy("Figures of windows"),
    columns=(
        Column(
            "month",
            pgettext_lazy("of a figure", "Month"),
            read_month,
            ("月份", "统计月份", "年月", "月度", "统计时间", "时间", "日期"),
            required=True,
            export=lambda row: month_text(row.month),
            example="2026-10",
        ),
        Column(
            "window",
            gettext_lazy("Window number"),
            values.windows,
            ("窗口号", "窗口编号", "窗口", "窗口名称", "编号", "台席号"),
            required=True,
            lookup="windows",
            export=lambda row: row.window.number,
            example="12",
        ),
        Column(
            "unit",
            gettext_lazy("Unit"),
            values.text,
            ("单位", "进驻单位", "进驻部门", "部门", "单位名称", "部门名称"),
            lookup="units",
            export=lambda row: _own_unit(row.window),
            width=24,
        ),
        Column(
            "cases_handled",
            gettext_lazy("Cases handled"),
            values.whole_number,
            (
                "办件量",
                "办件数",
                "办件总量",
                "办理量",
                "受理量",
                "受理件数",
                "办件总数",
                "业务量",
                "本月办件量",
                "办结量",
            ),
            required=True,
            export=lambda row: row.cases_handled,
            example="7320",
        ),
        Column(
            "finished_on_the_spot",
            gettext_lazy("Finished on the spot"),
            values.whole_number,
            (
                "现场办结",
                "现场办结量",
                "现场办结数",
                "现场办结件",
                "即办件",
                "即办件数",
                "当场办结",
                "即时办结",
                "即来即办",
            ),
            required=True,
            export=lambda row: row.finished_on_the_spot,
            example="6904",
        ),
        Column(
            "overdue",
            gettext_lazy("Overdue cases"),
            values.whole_number,
            ("超时件", "超时件数", "超期件", "超期办件", "逾期件", "超时办件", "超时"),
            export=lambda row: row.overdue,
            example="0",
        ),
        _grade("very_satisfied", pgettext_lazy("a rating", "Very satisfied"), "非常满意", "很满意"),
        _grade("satisfied", pgettext_lazy("a rating", "Satisfied"), "满意"),
        _grade("fairly_satisfied", pgettext_lazy("a rating", "Fairly satisfied"), "基本满意", "一般"),
        _grade("dissatisfied", pgettext_lazy("a rating", "Dissatisfied"), "不满意"),
        _grade("very_dissatisfied", pgettext_lazy("a rating", "Very dissatisfied"), "非常不满意", "很不满意"),
    ),
    roles=(roles.INSPECTION,),
    handler=WindowFigureRows,
    source=_months,
    notes=(gettext_lazy("Ratings: fill in all five grades, or leave all five blank where nobody counts them."),),
    order=70,
)


def _own_unit(window: Window) -> str:
    """Its unit, if it has one alone: a shared window's figures are nobody's in particular."""
    units = [unit.name for unit in window.units.all()]
    return units[0] if len(units) == 1 else ""
