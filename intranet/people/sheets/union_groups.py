"""Union groups as a sheet: the body above and who leads."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intranet.access import roles
from intranet.sheets import values
from intranet.sheets.headings import plain
from intranet.sheets.issues import problem
from intranet.sheets.registry import Column, SheetKind
from intranet.sheets.row import Row
from intranet.sheets.rows import BATCH, Lookup, SheetRows, batches

from ..models import Body, Membership
from .words import people_by_number, refuse_closed


class UnionGroupRows(SheetRows):
    """Union groups, the body they belong to, and who leads them."""

    model = Body
    key = ("name",)
    fields = ("name", "kind")
    wanted_office: ClassVar[str] = Membership.Office.GROUP_LEADER

    def key_of(self, row: Row) -> tuple[Any, ...] | None:
        """Names that differ only in spaces or width are one name."""
        return (plain(row.values["name"]),) if row.get("name") else None

    def key_of_instance(self, instance: Body) -> tuple[Any, ...]:
        return (plain(instance.name),)

    def lookups(self) -> dict[str, Lookup]:
        bodies = Lookup(Body.objects.current(), lambda body: [body.name], "unknown_body")
        return {"bodies": bodies, "people": people_by_number(row.get("leader") for row in self.rows)}

    def matching(self, objects: Any, wanted: list[Any]) -> Any:
        leaders = Membership.objects.filter(office=self.wanted_office, ends_on__isnull=True).select_related("person")
        found = objects.select_related("parent")
        return found.prefetch_related(Prefetch("memberships", leaders, to_attr="leaders"))

    def fill(self, row: Row) -> None:
        if row.instance.pk is not None and row.instance.kind != Body.Kind.UNION_GROUP:
            label = self.kind.column("name").label
            row.error(problem("taken", column=label, value=row.shown("name")), "name")
            return
        if row.instance.pk is not None:
            row.values["name"] = row.instance.name
        refuse_closed(row, "name", self.today)
        leader = row.get("leader")
        if leader is not None and leader.left_on is not None and leader.left_on < self.today:
            row.error(problem("has_left", value=leader.name), "leader")
        super().fill(row)
        if row.instance.pk is None and not row.instance.kind:
            row.instance.kind = Body.Kind.UNION_GROUP
        if "parent" in row.values and row.instance.parent != row.values["parent"]:
            if row.instance.pk is not None:
                row.changes["parent"] = (str(row.instance.parent or ""), str(row.values["parent"] or ""))
            self.touched["parent"] = None
            row.instance.parent = row.values["parent"]
        if "leader" in row.values and row.instance.pk is not None:
            old = [membership.person for membership in row.instance.leaders]
            new = [row.values["leader"]] if row.values["leader"] else []
            if old != new:
                row.changes["leader"] = (
                    "、".join(p.staff_number for p in old),
                    "、".join(p.staff_number for p in new),
                )

    def rules(self) -> None:
        """No body stands below itself, over any number of steps."""
        above = dict(Body.objects.values_list("pk", "parent_id"))
        changed = [row for row in self.sound() if "parent" in row.changes]
        above.update({row.instance.pk: row.instance.parent_id for row in changed})
        for row in changed:
            at, seen = row.instance.pk, set()
            while at is not None and at not in seen:
                seen.add(at)
                at = above.get(at)
            if at == row.instance.pk:
                row.error(problem("own_parent", value=row.instance.name), "parent")

    def footprint(self) -> Iterator[models.QuerySet]:
        yield from super().footprint()
        for batch in batches(self.touching()):
            yield Membership.objects.filter(body_id__in=batch)

    def after_writing(self) -> None:
        rows = [row for row in self.rows if row.outcome == "create" or "leader" in row.changes]
        bodies = [row.instance.pk for row in rows if "leader" in row.values]
        leading = Membership.objects.filter(body_id__in=bodies, ends_on__isnull=True)
        leading.filter(office=self.wanted_office).update(office=Membership.Office.MEMBER)
        chosen = {row.instance.pk: row.values["leader"] for row in rows if row.get("leader")}
        present = {(place.body_id, place.person_id): place for place in leading}
        raised, added = [], []
        for body, person in chosen.items():
            place = present.get((body, person.pk))
            if place:
                raised.append(place.pk)
            else:
                added.append(Membership(body_id=body, person=person, office=self.wanted_office, starts_on=self.today))
        Membership.objects.filter(pk__in=raised).update(office=self.wanted_office)
        Membership.objects.bulk_create(added, batch_size=BATCH)


def groups_for_export(user: Any) -> Iterable[Body]:
    leaders = Membership.objects.filter(office=Membership.Office.GROUP_LEADER, ends_on__isnull=True)
    bodies = Body.objects.current().filter(kind=Body.Kind.UNION_GROUP).select_related("parent").order_by("name")
    return bodies.prefetch_related(Prefetch("memberships", leaders.select_related("person"), to_attr="leaders"))


UNION_GROUPS = SheetKind(
    key="union_groups",
    label=_("Union groups"),
    columns=(
        Column(
            "name",
            pgettext_lazy("sheet heading", "Union group"),
            values.text,
            ("工会小组", "工会小组名称", "小组名称", "小组", "组别", "名称", "组织名称"),
            required=True,
            export=lambda body: body.name,
            example="第一工会小组",
            width=22,
        ),
        Column(
            "parent",
            _("Body above"),
            values.text,
            ("上级工会", "所属工会", "上级组织", "隶属工会", "上级"),
            lookup="bodies",
            export=lambda body: body.parent.name if body.parent else "",
            width=22,
        ),
        Column(
            "leader",
            _("Staff number of the leader"),
            values.staff_number,
            ("组长工号", "小组长工号", "工会小组长工号", "负责人工号"),
            lookup="people",
            export=lambda body: "、".join(membership.person.staff_number for membership in body.leaders[:1]),
            example="",
        ),
    ),
    roles=(roles.HR_ADMIN,),
    handler=UnionGroupRows,
    source=groups_for_export,
    order=30,
)
