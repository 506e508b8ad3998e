"""The summary of recommendations (推荐汇总表) as a sheet: what units recommend in a round, a line each.

Every line goes through the service that files one, in the order of the file, so that quotas count over the whole
file; when checking, what it wrote is taken back. The sealed forms are added on the page of recommendations.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from intranet import clock
from intranet.access import roles
from intranet.access.exceptions import RuleError
from intranet.people.models import Person, Posting, Unit, Window
from intranet.people.sheets.words import people_by_number, units_by_name, windows_by_number
from intranet.sheets import values
from intranet.sheets.headings import plain
from intranet.sheets.issues import problem
from intranet.sheets.registry import Column, SheetKind
from intranet.sheets.row import Row
from intranet.sheets.rows import Lookup, SheetRows

from ..models import Award, Election, Nomination
from ..services import filing

State = Nomination.State


class RecommendationRows(SheetRows):
    """Recommendations by units. One that stands already changes nothing."""

    model = Nomination

    def lookups(self) -> dict[str, Lookup]:
        return {
            "people": people_by_number(row.get("staff_number") for row in self.rows),
            "units": units_by_name(Unit.objects.current()),
            "windows": windows_by_number(Window.objects.current()),
        }

    def key_of(self, row: Row) -> tuple[Any, ...] | None:
        """No key: the service refuses whom the round, or a line before, recommends already."""
        return None

    def prepare(self, row: Row) -> None:
        if not hasattr(self, "open_rounds"):
            taking = Election.objects.filter(phase=Election.Phase.RECOMMENDATION).select_related("award")
            self.open_rounds = list(taking.order_by("pk"))
        election = self._round_of(row)
        unit = row.get("unit")
        row.values["round"] = election
        if election is not None and unit is not None:
            row.values["about"] = self._subject_of(row, election, unit)

    def _round_of(self, row: Row) -> Election | None:
        """By its name or address; a blank cell means the only one that takes recommendations."""
        text = plain(row.get("round") or "")
        fitting = [one for one in self.open_rounds if not text or text in (plain(str(one)), plain(one.slug))]
        if len(fitting) == 1:
            return fitting[0]
        reason = _("Write the name of a round that takes recommendations now, as its page shows it.")
        row.error(problem("bad_value", value=row.shown("round"), reason=reason), "round")
        return None

    def _subject_of(self, row: Row, election: Election, unit: Unit) -> dict[str, Any]:
        """{"person" | "window" | "team": whom the line means}; empty, with the error said, when that is not clear."""
        subject = election.rules["subject"]
        if subject == Award.Subject.TEAM:
            return {"team": unit}
        if subject == Award.Subject.WINDOW:
            windows = row.get("window")
            if not windows:
                row.error(problem("blank", column=self.kind.column("window").label), "window")
                return {}
            if len(windows) > 1:
                reason = _("Write one window number.")
                row.error(problem("bad_value", value=row.shown("window"), reason=reason), "window")
                return {}
            return {"window": windows[0]}
        return self._person_of(row, unit)

    def _person_of(self, row: Row, unit: Unit) -> dict[str, Any]:
        person, name = row.get("staff_number"), row.get("name")
        if person is not None:
            if name and plain(person.name) != plain(name):
                found = {"number": person.staff_number, "known": person.name, "value": name}
                row.error(problem("name_differs", **found), "name")
            return {"person": person}
        found = self._of_unit(unit).get(plain(name or ""), [])
        if len(found) == 1:
            return {"person": found[0]}
        reason = _("Write the staff number: this name does not tell one person of the unit.")
        row.error(problem("bad_value", value=name or "", reason=reason), "name")
        return {}

    def _of_unit(self, unit: Unit) -> dict[str, list[Person]]:
        """People posted to a unit today by name; read once for all units of the file."""
        if not hasattr(self, "by_unit"):
            units = {row.values["unit"].pk for row in self.rows if row.get("unit") is not None}
            self.by_unit: dict[int, dict[str, list[Person]]] = {}
            for posting in Posting.objects.on().filter(unit__in=units).select_related("person"):
                names = self.by_unit.setdefault(posting.unit_id, {})
                names.setdefault(plain(posting.person.name), []).append(posting.person)
        return self.by_unit.get(unit.pk, {})

    def fill(self, row: Row) -> None:
        election, about = row.values["round"], row.values["about"]
        standing = election.nominations.standing().filter(kind="unit", unit=row.values["unit"], **about)
        known = standing.filter(reason=row.values["reason"].strip()).first()
        row.instance = known or Nomination(
            election=election,
            kind="unit",
            reason=row.values["reason"],
            state=State.PROPOSED,
            created_at=clock.now(),
        )

    def rules(self) -> None:
        """File every line and take all of it back: what a line may do depends on those before it."""
        with transaction.atomic():
            self._lock()
            for row in self._new():
                try:
                    with transaction.atomic():
                        self._file(row)
                except RuleError as refusal:
                    row.error(problem("bad_value", value=row.shown("unit"), reason=str(refusal)), "unit")
            transaction.set_rollback(True)

    def _new(self) -> list[Row]:
        return [row for row in self.sound() if row.instance.pk is None]

    def _lock(self) -> None:
        """The rounds of the file, in one order."""
        rounds = sorted({row.values["round"].pk for row in self._new()})
        self.locked = {pk: Election.objects.locked(pk) for pk in rounds}

    def _file(self, row: Row) -> Nomination:
        return filing.enter_row(
            election=self.locked[row.values["round"].pk],
            unit=row.values["unit"],
            reason=row.values["reason"],
            by=self.by,
            **row.values["about"],
        )

    def write(self, created: list[Any], changed: list[Any]) -> None:
        self._lock()
        for row in self.rows:
            if row.outcome == "create":
                row.instance = self._file(row)


def recommendations_of(user: Any) -> Iterable[Nomination]:
    """What units recommend in the rounds that take recommendations or are in review."""
    phases = (Election.Phase.RECOMMENDATION, Election.Phase.REVIEW)
    rows = Nomination.objects.standing().filter(kind="unit", election__phase__in=phases)
    found = rows if user is None else rows.visible_to(user)
    return found.select_related("election__award", "unit", "person", "window", "team").order_by("election", "pk")


RECOMMENDATIONS = SheetKind(
    key="recommendations",
    label=_("Recommendations of the units"),
    columns=(
        Column(
            "round",
            _("Round"),
            values.text,
            ("评选名称", "评选", "评选项目", "项目", "奖项", "荣誉称号"),
            export=lambda row: str(row.election),
            example="服务之星 2026年11月",
            note=_("May be left out while only one round takes recommendations."),
            width=26,
        ),
        Column(
            "unit",
            _("Recommending unit"),
            values.text,
            ("推荐单位", "推荐部门", "单位", "部门", "所在单位", "进驻单位"),
            required=True,
            lookup="units",
            export=lambda row: row.unit.name,
            example="云溪区税务局",
            width=24,
        ),
        Column(
            "staff_number",
            _("Staff number"),
            values.staff_number,
            ("工号", "编号", "员工编号"),
            lookup="people",
            export=lambda row: row.person.staff_number if row.person else "",
        ),
        Column(
            "name",
            _("Name"),
            values.text,
            ("姓名", "推荐人选", "被推荐人", "人选"),
            export=lambda row: row.person.name if row.person else "",
            example="王小明",
        ),
        Column(
            "window",
            _("Window number"),
            values.windows,
            ("窗口号", "窗口", "窗口编号", "推荐窗口"),
            lookup="windows",
            export=lambda row: row.window.number if row.window else "",
        ),
        Column(
            "reason",
            _("Why"),
            values.text,
            ("推荐理由", "主要事迹", "事迹", "事迹简介", "理由"),
            required=True,
            export=lambda row: row.reason,
            example="当月办件三百余件，无一超时",
            width=50,
        ),
    ),
    roles=(roles.UNION_OFFICER, roles.UNION_CHAIR),
    handler=RecommendationRows,
    source=recommendations_of,
    notes=(_("A sealed form is added to every line afterwards, on the page of recommendations."),),
    order=70,
)
