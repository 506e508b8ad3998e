"""The table of days as a sheet."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext_lazy as _

from intranet.access import roles
from intranet.sheets import values
from intranet.sheets.issues import problem
from intranet.sheets.registry import Column, SheetKind
from intranet.sheets.row import Row
from intranet.sheets.rows import BATCH, SheetRows

from .models import Day, Year

KINDS_OF_DAY = values.Words(
    {
        "放假": "holiday",
        "节假日": "holiday",
        "法定节假日": "holiday",
        "假日": "holiday",
        "休": "holiday",
        "休息": "holiday",
        "补班": "workday",
        "上班": "workday",
        "调休上班": "workday",
        "班": "workday",
        "半天": "half_day",
        "半日": "half_day",
        "放假半天": "half_day",
    },
    lambda: Day.Kind.choices,
)


class DayRows(SheetRows):
    """Days by date. A year named here for the first time stays unannounced until somebody says it is complete."""

    model = Day
    key = ("day",)
    fields = ("kind", "name", "source")
    duplicate_code = "duplicate_name"

    def prepare(self, row: Row) -> None:
        given = row.get("day")
        if given is None:
            return
        if not isinstance(given, values.DateValue) or given.precision != "day":
            row.error(problem("whole_date", value=row.shown("day")), "day")
        else:
            row.values["day"] = given.day

    def fill(self, row: Row) -> None:
        if row.instance.pk is None:
            row.instance.day = row.values["day"]
        super().fill(row)

    def footprint(self) -> Iterator[models.QuerySet]:
        yield Year.objects.filter(year__in={row.values["day"].year for row in self.rows})
        yield from super().footprint()

    def after_writing(self) -> None:
        years = {row.values["day"].year for row in self.rows}
        Year.objects.bulk_create([Year(year=year) for year in sorted(years)], batch_size=BATCH, ignore_conflicts=True)


WORKDAYS = SheetKind(
    key="workdays",
    label=_("Workdays and holidays"),
    columns=(
        Column(
            "day",
            _("Date"),
            values.read_date,
            ("日期", "时间", "公历日期", "日"),
            required=True,
            export=lambda day: day.day.isoformat(),
            example="2026-10-01",
        ),
        Column(
            "kind",
            _("Kind of day"),
            KINDS_OF_DAY,
            ("类型", "类别", "安排", "休班", "性质", "放假/补班"),
            required=True,
            export=lambda day: day.get_kind_display(),
            example="放假",
            choices=lambda: [label for _value, label in Day.Kind.choices],
        ),
        Column(
            "name",
            _("Name of the day"),
            values.text,
            ("名称", "节日", "节日名称", "节假日名称", "假日名称"),
            required=True,
            export=lambda day: day.name,
            example="国庆节",
        ),
        Column(
            "source",
            _("Source"),
            values.text,
            ("来源", "依据", "文号", "文件依据"),
            export=lambda day: day.source,
            width=30,
        ),
    ),
    roles=(roles.HR_ADMIN, roles.SYSTEM_ADMIN),
    handler=DayRows,
    source=lambda user: Day.objects.order_by("day"),
    order=60,
)
