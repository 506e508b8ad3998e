"""Windows as a sheet: number, zone and the units that share one."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from intranet.access import roles
from intranet.sheets import values
from intranet.sheets.issues import problem
from intranet.sheets.registry import Column, SheetKind
from intranet.sheets.row import Row
from intranet.sheets.rows import BATCH, Lookup, SheetRows, batches

from ..models import Unit, Window, Zone
from .words import WINDOW_WORDS, choices_of, label_of, refuse_closed, units_by_name


class WindowRows(SheetRows):
    """Windows with the units that share them; zones nobody knows yet are added."""

    model = Window
    key = ("number",)
    fields = ("name", "kind")
    duplicate_code = "duplicate_number"

    def lookups(self) -> dict[str, Lookup]:
        return {"units": units_by_name(Unit.objects.current())}

    def key_of(self, row: Row) -> tuple[Any, ...] | None:
        """a-1, A-1 and A-1号 are one window, however its number was first written."""
        number = row.get("number")
        return (values.bare_window(number),) if isinstance(number, str) else None

    def key_of_instance(self, instance: Window) -> tuple[Any, ...]:
        return (values.bare_window(instance.number),)

    @cached_property
    def numbers(self) -> set[str]:
        return {values.bare_window(number) for number in Window.objects.values_list("number", flat=True)}

    def prepare(self, row: Row) -> None:
        if "number" not in row.values:
            return
        numbers = row.get("number") or []
        if (whole := values.bare_window(row.shown("number"))) in self.numbers:
            # A window may have been given a number that reads like several.
            numbers = [whole]
        if len(numbers) != 1 or len(numbers[0]) > 10:
            row.error(problem("bad_value", value=row.shown("number"), reason=_("Write one window number.")), "number")
            return
        row.values["number"] = numbers[0]

    def matching(self, objects: Any, wanted: list[Any]) -> Any:
        return objects.prefetch_related("units").select_related("zone")

    def fill(self, row: Row) -> None:
        if row.instance.pk is None:
            row.instance.number = row.values["number"]
            self.touched["number"] = None
            if not row.get("name"):
                row.instance.name = f"{row.values['number']}号窗口"
        refuse_closed(row, "number", self.today)
        super().fill(row)

    def rules(self) -> None:
        self.zones = {zone.name: zone for zone in Zone.objects.all()}
        self.new_zones: dict[str, Zone] = {}
        for row in self.sound():
            self._put_zone(row)
            self._note_units(row)

    def _put_zone(self, row: Row) -> None:
        if "zone" not in row.values:
            return
        name = row.values["zone"]
        old = row.instance.zone.name if row.instance.zone else None
        if name == old:
            return
        if name and name not in self.zones and name not in self.new_zones:
            if len(name) > 40:
                row.error(problem("too_long", value=name, limit=40), "zone")
                return
            self.new_zones[name] = Zone(name=name, order=100 + len(self.zones) + len(self.new_zones))
            row.warn(problem("new_zone", value=name), "zone")
        if row.instance.pk is not None:
            row.changes["zone"] = (old or "", name or "")
        self.touched["zone"] = None
        row.instance.zone = (self.zones.get(name) or self.new_zones[name]) if name else None

    def _note_units(self, row: Row) -> None:
        if "units" not in row.values or row.instance.pk is None:
            return
        old = sorted(unit.name for unit in row.instance.units.all())
        new = sorted({unit.name for unit in row.values["units"] or []})
        if old != new:
            row.changes["units"] = ("、".join(old), "、".join(new))

    def write(self, created: list[Any], changed: list[Any]) -> None:
        Zone.objects.bulk_create(self.new_zones.values())
        for window in (*created, *changed):
            window.zone = window.zone
        super().write(created, changed)

    def before_writing(self, instance: Window) -> None:
        instance.sort_key = Window.sort_key_of(instance.number)

    def footprint(self) -> Iterator[models.QuerySet]:
        yield Zone.objects.filter(name__in=list(self.new_zones))
        yield from super().footprint()
        for batch in batches(self.touching()):
            yield Window.units.through.objects.filter(window_id__in=batch)

    def after_writing(self) -> None:
        through = Window.units.through
        rows = [
            row for row in self.rows if "units" in row.values and (row.outcome == "create" or "units" in row.changes)
        ]
        through.objects.filter(window_id__in=[row.instance.pk for row in rows if row.outcome == "update"]).delete()
        links = {(row.instance.pk, unit.pk) for row in rows for unit in row.values["units"] or []}
        through.objects.bulk_create(
            [through(window_id=window, unit_id=unit) for window, unit in sorted(links)], batch_size=BATCH
        )


def read_units(cell: Any, context: values.Context) -> values.Value:
    """Several units in one cell, parted by 、 , ; / or line breaks."""
    parts = re.split(r"[\u3001,\uff0c;\uff1b/\n]", values.as_text(cell))
    return values.Value([part.strip() for part in parts if part.strip()])


WINDOWS = SheetKind(
    key="windows",
    label=_("Windows"),
    columns=(
        Column(
            "number",
            _("Window number"),
            values.windows,
            ("窗口号", "窗口编号", "窗口序号", "号码", "编号", "窗口号码", "柜台号", "台席号"),
            required=True,
            export=lambda window: window.number,
            example="12",
        ),
        Column(
            "name",
            _("Window name"),
            values.text,
            ("窗口名称", "名称", "窗口", "业务名称"),
            export=lambda window: window.name,
            example="税务综合",
            width=22,
        ),
        Column(
            "kind",
            _("Kind of window"),
            WINDOW_WORDS,
            ("窗口类型", "窗口类别", "类型", "类别", "窗口性质"),
            export=lambda window: label_of(Window.Kind, window.kind),
            example="部门窗口",
            choices=choices_of(Window.Kind),
        ),
        Column(
            "zone",
            _("Zone"),
            values.text,
            ("所在区域", "区域", "分区", "所属区域", "功能区", "楼层区域", "专区"),
            export=lambda window: window.zone.name if window.zone else "",
            example="税务服务区",
        ),
        Column(
            "units",
            _("Units at the window"),
            read_units,
            ("进驻单位", "进驻部门", "所属单位", "所属部门", "单位", "部门", "所在单位", "责任单位"),
            lookup="units",
            export=lambda window: "、".join(unit.name for unit in window.units.all()),
            example="云溪区税务局",
            note=_("Several units share a window: part them with 、"),
            width=30,
        ),
    ),
    roles=(roles.HR_ADMIN,),
    handler=WindowRows,
    source=lambda user: (
        Window.objects.current().select_related("zone").prefetch_related("units").order_by("sort_key")
    ),
    order=20,
)
