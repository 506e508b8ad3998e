"""Departments as a sheet: the units of the hall and what they belong to."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from intranet.access import roles
from intranet.sheets import values
from intranet.sheets.headings import plain
from intranet.sheets.issues import problem
from intranet.sheets.registry import Column, SheetKind
from intranet.sheets.row import Row
from intranet.sheets.rows import BATCH, SheetRows

from ..models import Unit
from .words import UNIT_WORDS, choices_of, keep_as_it_stands, label_of, refuse_closed, units_by_name


class DepartmentRows(SheetRows):
    """Units; a unit may stand above another one of the same file."""

    model = Unit
    key = ("name",)
    fields = ("name", "short_name", "kind", "office_phone", "order")

    def key_of(self, row: Row) -> tuple[Any, ...] | None:
        """Names that differ only in spaces or width are one name."""
        return (plain(row.values["name"]),) if row.get("name") else None

    def key_of_instance(self, instance: Unit) -> tuple[Any, ...]:
        return (plain(instance.name),)

    def fill(self, row: Row) -> None:
        if row.instance.pk is not None:
            row.values["name"] = row.instance.name
        refuse_closed(row, "name", self.today)
        keep_as_it_stands(row, "office_phone", "short_name")
        super().fill(row)
        if row.instance.pk is None and not row.instance.kind:
            row.instance.kind = Unit.Kind.POSTING_DEPARTMENT
            self.touched["kind"] = None

    def rules(self) -> None:
        """The unit above: one of the hall's, or one of this file."""
        units = list(Unit.objects.current())
        self._refuse_names_of_others(units)
        known = units_by_name(units).index()
        for row in self.sound():
            for text in {plain(row.instance.name), plain(row.instance.short_name)} - {""}:
                if row.instance.pk is None:
                    known.setdefault(text, []).append(row.instance)
        for row in self.sound():
            self._put_parent(row, known)
        for row in self.sound():
            self._refuse_circle(row)

    def _refuse_names_of_others(self, units: list[Unit]) -> None:
        """A name or short name that means another unit already: people of both could not be told apart."""
        mine = {row.instance.pk: row.instance for row in self.sound()}
        every = [mine.get(unit.pk, unit) for unit in units]
        every += [row.instance for row in self.sound() if row.instance.pk is None]
        holders: dict[str, list[Unit]] = {}
        for unit in every:
            for text in {plain(unit.name), plain(unit.short_name)} - {""}:
                holders.setdefault(text, []).append(unit)
        for row in self.sound():
            for name in ("name", "short_name"):
                value = getattr(row.instance, name)
                others = [unit for unit in holders.get(plain(value), ()) if unit is not row.instance]
                if others and not row.errors and (row.instance.pk is None or name in row.changes):
                    row.error(problem("taken", column=self.kind.column(name).label, value=value), name)

    def _put_parent(self, row: Row, known: dict[str, list[Any]]) -> None:
        if "parent" not in row.values:
            return
        text = row.values["parent"]
        found = known.get(plain(text), []) if text else []
        if text and len(found) != 1:
            row.error(problem("several_matches" if found else "unknown_department", value=text), "parent")
            return
        parent = found[0] if found else None
        if row.instance.parent is not parent and row.instance.parent != parent:
            if row.instance.pk is not None:
                row.changes["parent"] = (str(row.instance.parent or ""), str(parent or ""))
            self.touched["parent"] = None
            row.instance.parent = parent

    def _refuse_circle(self, row: Row) -> None:
        above, seen = row.instance.parent, 0
        while above is not None and seen < 20:
            if above is row.instance or (above.pk is not None and above.pk == row.instance.pk):
                row.error(problem("own_parent", value=row.instance.name), "parent")
                return
            above, seen = above.parent, seen + 1
        if seen == 20:
            row.error(problem("own_parent", value=row.instance.name), "parent")

    def matching(self, objects: Any, wanted: list[Any]) -> Any:
        return objects.select_related("parent__parent__parent")

    def write(self, created: list[Any], changed: list[Any]) -> None:
        """Units above are written before those below them."""
        waiting = list(created)
        while waiting:
            ready = [unit for unit in waiting if unit.parent is None or unit.parent.pk is not None]
            for unit in ready:
                unit.parent = unit.parent
            Unit.objects.bulk_create(ready, batch_size=BATCH)
            waiting = [unit for unit in waiting if unit.pk is None]
        for unit in changed:
            unit.parent = unit.parent
        super().write([], changed)


DEPARTMENTS = SheetKind(
    key="departments",
    label=_("Departments"),
    columns=(
        Column(
            "name",
            _("Unit name"),
            values.text,
            (
                "单位名称",
                "部门名称",
                "进驻单位名称",
                "进驻单位",
                "进驻部门",
                "科室名称",
                "机构名称",
                "单位",
                "部门",
                "名称",
                "单位全称",
            ),
            required=True,
            export=lambda unit: unit.name,
            example="云溪区税务局",
            width=26,
        ),
        Column(
            "short_name",
            _("Short name"),
            values.text,
            ("简称", "单位简称", "部门简称"),
            export=lambda unit: unit.short_name,
            example="税务",
        ),
        Column(
            "kind",
            _("Kind of unit"),
            UNIT_WORDS,
            ("单位类型", "单位类别", "类型", "类别", "部门类型", "机构类型", "性质"),
            export=lambda unit: label_of(Unit.Kind, unit.kind),
            example="进驻单位",
            choices=choices_of(Unit.Kind),
        ),
        Column(
            "parent",
            _("Belongs to"),
            values.text,
            ("上级单位", "上级部门", "所属单位", "隶属单位", "主管单位", "上级机构"),
            export=lambda unit: unit.parent.name if unit.parent else "",
            width=26,
        ),
        Column(
            "office_phone",
            _("Office phone"),
            values.office_phone,
            ("办公电话", "联系电话", "电话", "单位电话", "座机"),
            export=lambda unit: unit.office_phone,
            example="8101",
        ),
        Column(
            "order",
            _("Order"),
            values.whole_number,
            ("排序", "顺序", "排序号", "排列顺序"),
            export=lambda unit: unit.order,
            example="100",
        ),
    ),
    roles=(roles.HR_ADMIN,),
    handler=DepartmentRows,
    source=lambda user: Unit.objects.current().select_related("parent").order_by("order", "name"),
    order=10,
)
