"""Postings as a sheet: entries, moves and withdrawals with their dates, past ones too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from intranet.access import roles
from intranet.sheets import values
from intranet.sheets.headings import plain
from intranet.sheets.issues import problem
from intranet.sheets.registry import Column, SheetKind
from intranet.sheets.row import Row
from intranet.sheets.rows import BATCH, Lookup, SheetRows, batches

from ..models import Leadership, Person, Posting, Unit, Window
from ..rules import window_fault
from ..services import departures
from .words import choices_of, label_of, people_by_number, units_by_name, windows_by_number

ENDINGS = values.Words(
    {
        "调动": "transfer",
        "调岗": "transfer",
        "转岗": "transfer",
        "退出": "withdrawal",
        "离岗": "withdrawal",
        "离职": "withdrawal",
    },
    lambda: Posting.Ending.choices,
)


class PostingRows(SheetRows):
    """Postings by person and first day. A new open one ends the one before on the day before it."""

    model = Posting
    key = ("person", "starts_on")
    duplicate_code = "duplicate_number"

    def lookups(self) -> dict[str, Lookup]:
        return {
            "people": people_by_number(row.get("person") for row in self.rows),
            "units": units_by_name(Unit.objects.all()),
            "windows": windows_by_number(Window.objects.prefetch_related("units")),
        }

    def scope(self) -> Any:
        return Posting.objects.all()

    def prepare(self, row: Row) -> None:
        for name in ("starts_on", "ends_on"):
            given = row.get(name)
            if given is not None and not (isinstance(given, values.DateValue) and given.precision == "day"):
                row.error(problem("whole_date", value=row.shown(name)), name)
            elif given is not None:
                row.values[name] = given.day
        person, name = row.get("person"), row.get("name")
        if person and name and plain(person.name) not in (plain(name), plain(row.shown("name"))):
            row.error(problem("name_differs", number=person.staff_number, known=person.name, value=name), "name")
        windows = row.get("window")
        if isinstance(windows, list):
            row.values["window"] = windows[0]
            if len(windows) > 1:
                row.warn(problem("several_windows", value=windows[0].number), "window")
        starts, ends = row.get("starts_on"), row.get("ends_on")
        if starts and ends and not row.errors and ends < starts:
            row.error(problem("date_order", value=row.shown("ends_on"), other=row.shown("starts_on")), "ends_on")

    def matching(self, objects: Any, wanted: list[Any]) -> Any:
        return super().matching(objects, wanted).select_related("person", "unit", "window")

    def key_of_instance(self, instance: Posting) -> tuple[Any, ...]:
        return instance.person, instance.starts_on

    def fill(self, row: Row) -> None:
        posting = row.instance
        if posting.pk is None:
            posting.person, posting.starts_on = row.values["person"], row.values["starts_on"]
        elif posting.ends_on is None:
            row.values["was"] = (posting.person_id, posting.unit, posting.window)
        for name in ("unit", "window", "ends_on"):
            if name in row.values and getattr(posting, f"{name}_id" if name != "ends_on" else name) != _bare(
                row.values[name]
            ):
                if posting.pk is not None:
                    row.changes[name] = (str(getattr(posting, name) or ""), str(row.values[name] or ""))
                self.touched[name] = None
                setattr(posting, name, row.values[name])
        if "position" in row.values:
            self.put(row, "position", row.values["position"])
        self._fill_ending(row)
        self._check_place(row)

    def _fill_ending(self, row: Row) -> None:
        """How it ended, if it has: in a list of moves 调动 also says how somebody came to a place they still hold."""
        ending = row.get("ending")
        if row.instance.ends_on is not None:
            if ending:
                self.put(row, "ending", ending)
        elif ending == Posting.Ending.WITHDRAWAL:
            row.error(problem("blank", column=self.kind.column("ends_on").label), "ends_on")
        else:
            self.put(row, "ending", "")

    def _check_place(self, row: Row) -> None:
        """Where somebody works from now on must fit; the past is taken as it was."""
        posting, person = row.instance, row.instance.person
        new = posting.pk is None or bool({"unit", "window", "ends_on"} & set(row.changes))
        if new and posting.ends_on is None and window_fault(posting.unit, posting.window):
            about = {"value": posting.window.number, "unit": posting.unit.name}
            row.error(problem("foreign_window", **about), "window" if "window" in row.block else "unit")
        # As with the register: whoever has gone comes back on their own page, where their account is seen to.
        if new and person.has_left and (posting.ends_on is None or posting.ends_on > person.left_on):
            row.error(problem("has_left", value=person.name), "person")

    def _match(self, lock: bool) -> None:
        if lock:
            # Two imports for one person wait for each other here, also when both bring a new posting.
            people = {row.values["person"].pk for row in self.sound() if row.get("person")}
            for batch in batches(sorted(people)):
                list(Person.objects.select_for_update().filter(pk__in=batch).order_by("pk").values_list("pk"))
        super()._match(lock)

    def rules(self) -> None:
        """No two postings of a person on one day; the open one before is ended, the last one for good."""
        of_person: dict[int, list[Row]] = {}
        for row in self.sound():
            of_person.setdefault(row.instance.person.pk, []).append(row)
        others: dict[int, list[Posting]] = {}
        touched = {row.instance.pk for row in self.sound() if row.instance.pk}
        for batch in batches(of_person):
            for posting in Posting.objects.filter(person_id__in=batch):
                if posting.pk not in touched:
                    others.setdefault(posting.person_id, []).append(posting)
        self.ended: list[Posting] = []
        for person, rows in of_person.items():
            self._fit(rows, others.get(person, []))

    def _fit(self, rows: list[Row], others: list[Posting]) -> None:
        line: list[tuple[Posting, Row | None]] = [(row.instance, row) for row in rows]
        line += [(posting, None) for posting in others]
        line.sort(key=lambda entry: entry[0].starts_on)
        for (before, own), (after, row) in pairwise(line):
            if before.ends_on is not None and before.ends_on < after.starts_on:
                continue
            if before.ends_on is None and own is None and row is not None and before.starts_on < after.starts_on:
                before.ends_on = after.starts_on - dt.timedelta(days=1)
                before.ending = Posting.Ending.TRANSFER
                self.ended.append(before)
                row.warn(problem("previous_ended", value=before.ends_on.isoformat()), "starts_on")
                continue
            blamed = row or own
            if blamed is not None:
                blamed.error(problem("overlap", value=after.starts_on.isoformat()), "starts_on")
        for at, (posting, row) in enumerate(line, 1):
            if row is not None and posting.ends_on is not None and not posting.ending:
                last = at == len(line)
                self.put(row, "ending", Posting.Ending.WITHDRAWAL if last else Posting.Ending.TRANSFER)

    def write(self, created: list[Any], changed: list[Any]) -> None:
        # Closed ones first: a person has one open posting at any moment.
        Posting.objects.bulk_update(self.ended, ["ends_on", "ending"], BATCH)
        Posting.objects.bulk_update(changed, ["unit", "window", "position", "ends_on", "ending"], BATCH)
        Posting.objects.bulk_create(created, batch_size=BATCH)

    def footprint(self) -> Iterator[models.QuerySet]:
        people = {row.instance.person_id for row in self.rows if row.outcome in ("create", "update")}
        for batch in batches(sorted(people)):
            yield Person.objects.filter(pk__in=batch)
            yield Posting.objects.filter(person_id__in=batch)
            yield Leadership.objects.filter(person_id__in=batch)

    def final(self) -> list[str]:
        """Who left the hall by this sheet: the account is closed, and whoever heard of it has acted on it."""
        gone = Posting.Ending.WITHDRAWAL
        new = (row for row in self.rows if row.outcome == "create" or {"ends_on", "ending"} & set(row.changes))
        rows = [row for row in new if row.instance.ending == gone]
        return [str(_("%(name)s has left the hall.") % {"name": row.instance.person}) for row in rows]

    def after_writing(self) -> None:
        moved = {row.instance.person.pk for row in self.rows if row.outcome in ("create", "update")}
        rewritten = [
            row.values["was"] for row in self.rows if {"unit", "window"} & set(row.changes) and "was" in row.values
        ]
        for batch in batches(sorted(moved)):
            departures.settle(people=batch, by=self.by, corrected=rewritten)


def _bare(value: Any) -> Any:
    return getattr(value, "pk", value)


def postings_for_export(user: Any) -> Iterable[Posting]:
    found = Posting.objects.select_related("person", "unit", "window").order_by("person__staff_number", "starts_on")
    if user is None:
        return found
    return found.filter(person__in=Person.objects.visible_to(user))


POSTINGS = SheetKind(
    key="postings",
    label=_("Postings"),
    columns=(
        Column(
            "person",
            _("Staff number"),
            values.staff_number,
            ("工号", "员工编号", "职工编号", "人员编号", "员工号", "职工号"),
            required=True,
            lookup="people",
            export=lambda posting: posting.person.staff_number,
            example="HW0001",
        ),
        Column(
            "name",
            _("Name"),
            values.name,
            ("姓名",),
            export=lambda posting: posting.person.name,
            example="王小明",
            note=_("Compared with the staff number; never changed here"),
        ),
        Column(
            "unit",
            _("Unit"),
            values.text,
            ("进驻单位", "进驻部门", "调入单位", "调入部门", "单位", "部门", "所在单位", "所在部门", "单位名称"),
            required=True,
            lookup="units",
            export=lambda posting: posting.unit.name,
            example="云溪区税务局",
            width=26,
        ),
        Column(
            "window",
            _("Window"),
            values.windows,
            ("窗口号", "窗口", "窗口编号", "调入窗口"),
            lookup="windows",
            export=lambda posting: getattr(posting.window, "number", ""),
            example="12",
        ),
        Column(
            "position",
            _("Position"),
            values.text,
            ("岗位", "职务", "岗位名称"),
            export=lambda posting: posting.position,
            example="窗口工作人员",
        ),
        Column(
            "starts_on",
            _("From"),
            values.read_date,
            ("进驻时间", "进驻日期", "开始日期", "起始日期", "调入时间", "调动日期", "调动时间", "到岗日期", "起"),
            required=True,
            export=lambda posting: posting.starts_on.isoformat(),
            example="2021-06-01",
        ),
        Column(
            "ends_on",
            _("Last day"),
            values.read_date,
            ("退出时间", "退出日期", "结束日期", "终止日期", "调出时间", "离岗日期", "止"),
            export=lambda posting: posting.ends_on.isoformat() if posting.ends_on else "",
        ),
        Column(
            "ending",
            _("How it ended"),
            ENDINGS,
            ("结束方式", "变动类型", "变动原因", "退出方式", "异动类型"),
            export=lambda posting: label_of(Posting.Ending, posting.ending),
            choices=choices_of(Posting.Ending),
        ),
    ),
    roles=(roles.HR_ADMIN,),
    handler=PostingRows,
    source=postings_for_export,
    order=50,
)
