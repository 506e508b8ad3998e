"""Votes and grades of clients as a sheet: one line a candidate of a round, for its component "votes of clients".

A line has either the number of votes, or how many clients gave each grade; grades become the mean of the award's
points for them, as on a graded ballot ("unknown" enters no mean).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intranet import clock
from intranet.access import roles
from intranet.sheets import values
from intranet.sheets.headings import plain
from intranet.sheets.issues import Problem, problem
from intranet.sheets.registry import Column, SheetKind
from intranet.sheets.row import Row
from intranet.sheets.rows import SheetRows

from ..models import Candidate, Election, RoundInput
from ..models.awards import GRADE_POINTS
from ..services.assessment import parts_of
from ..services.inputs import FOUR_DIGITS
from ..services.officers import stands_in
from ..services.panels import OPEN_PHASES

# The note keeps the counts in the hall's own words, whichever language reads the page; the export reads them back.
WORDS = {
    "votes": "得票",
    "satisfied": "满意",
    "mostly_satisfied": "基本满意",
    "dissatisfied": "不满意",
    "unknown": "不了解",
}
GRADES = tuple(WORDS)[1:]
COUNTED = re.compile(r"(\w+) (\d+)")


class ClientVoteRows(SheetRows):
    """Values of the clients' component by round, candidate and component; a line for the same three replaces."""

    model = RoundInput
    key = ("round", "candidate", "component")

    def prepare(self, row: Row) -> None:
        election = self._resolve_round(row)
        if election is None:
            self._drop(row, "round", "candidate", "component")
            return
        row.values["round"] = election
        self._resolve_component(row, election)
        self._resolve_candidate(row, election)
        self._count(row, election)

    @staticmethod
    def _drop(row: Row, *columns: str) -> None:
        for column in columns:
            row.values.pop(column, None)

    def _refuse(self, row: Row, column: str, reason: Any) -> None:
        row.error(problem("bad_value", value=row.shown(column), reason=reason), column)
        self._drop(row, column)

    def _resolve_round(self, row: Row) -> Election | None:
        asked = row.get("round")
        if asked is None:
            return None
        found = self._rounds.get(plain(asked), [])
        if len(found) == 1:
            return found[0]
        self._refuse(
            row,
            "round",
            _("no round that takes clients' votes now is called so. Write it as on its page, with the period."),
        )
        return None

    @cached_property
    def _rounds(self) -> dict[str, list[Election]]:
        """Rounds that take clients' votes, by every way to write them."""
        found: dict[str, list[Election]] = {}
        for election in open_rounds():
            for name in {plain(election.slug), plain(str(election))}:
                found.setdefault(name, []).append(election)
        return found

    def _resolve_component(self, row: Row, election: Election) -> None:
        parts = parts_of(election, "clients")
        asked = row.get("component")
        fits = [part for part in parts if asked is None or plain(asked) in (plain(part["label"]), plain(part["key"]))]
        if len(fits) == 1:
            row.values["component"] = fits[0]["key"]
        else:
            labels = "、".join(part["label"] for part in parts)
            column = "component" if "component" in row.block else "round"
            row.error(problem("unknown_word", value=row.shown(column), words=labels), column)
            self._drop(row, "component")

    def _resolve_candidate(self, row: Row, election: Election) -> None:
        asked = row.get("candidate")
        if asked is None:
            return
        found = self._candidates.get(election.pk, {})
        fits = found.get(plain(asked)) or found.get(f"window {values.bare_window(asked)}") or set()
        if len(fits) == 1:
            row.values["candidate"] = next(iter(fits))
        elif fits:
            self._refuse(row, "candidate", _("several candidates are called so. Write the staff number."))
        else:
            self._refuse(row, "candidate", _("nobody who stands in this round is called so."))

    @cached_property
    def _candidates(self) -> dict[int, dict[str, set[Candidate]]]:
        """Who stands in the open rounds, by name, staff number and number of the window: one query."""
        found: dict[int, dict[str, set[Candidate]]] = {}
        elections = [election for same in self._rounds.values() for election in same]
        for row in Candidate.objects.filter(election__in=elections).select_related("person", "window", "team"):
            names = found.setdefault(row.election_id, {})
            for name in spellings_of(row):
                names.setdefault(name, set()).add(row)
        return found

    def _count(self, row: Row, election: Election) -> None:
        """Either votes or grades; the value and the counts behind it."""
        votes, grades = row.get("votes"), {grade: row.get(grade) for grade in GRADES if row.get(grade) is not None}
        if (votes is None) == (not grades):
            fault: Problem = problem(
                "bad_value",
                value=row.shown("candidate"),
                reason=_("fill in either the number of votes or the grades."),
            )
            row.error(fault, "votes" if "votes" in row.block else "candidate")
            return
        if votes is not None:
            row.values["value"], row.values["note"] = Decimal(votes), f"{WORDS['votes']} {votes}"
            return
        points = election.rules_now.get("grade_points") or GRADE_POINTS
        counted = {grade: number for grade, number in grades.items() if points.get(grade, "") != ""}
        whole = sum(counted.values())
        if not whole:
            row.error(
                problem("bad_value", value=row.shown("candidate"), reason=_("no grade with points was given.")),
                next(iter(grades)),
            )
            return
        total = sum((Decimal(points[grade]) * number for grade, number in counted.items()), Decimal(0))
        row.values["value"] = (total / whole).quantize(FOUR_DIGITS, ROUND_HALF_UP)
        row.values["note"] = "、".join(f"{WORDS[grade]} {number}" for grade, number in grades.items())

    def _said_twice(self, row: Row, numbers: str) -> Problem:
        return problem("duplicate_name", value=row.shown("candidate"), rows=numbers)

    def _match(self, lock: bool) -> None:
        elections = {row.values["round"].pk: row.values["round"] for row in self.sound() if "round" in row.values}
        if lock:
            # Freezing the inputs and importing values wait for each other here.
            elections = {pk: Election.objects.locked(pk) for pk in sorted(elections)}
        locked_out = {pk: self._why_not(election) for pk, election in elections.items()}
        for row in self.sound():
            reason = locked_out.get(row.values["round"].pk)
            if reason:
                row.error(problem("bad_value", value=row.shown("round"), reason=reason), "round")
        super()._match(lock)

    def _why_not(self, election: Election) -> Any:
        if election.inputs_frozen_at is not None:
            return _("its inputs are frozen; nothing that enters the score can change any more.")
        if self.by is not None and stands_in(election, self.by):
            return _("you stand in this round yourself, so another union officer must bring its values.")
        return ""

    def matching(self, objects: Any, wanted: list[Any]) -> Any:
        return objects.filter(election__in=wanted).select_related("election", "candidate")

    def key_of_instance(self, instance: RoundInput) -> tuple[Any, ...]:
        return instance.election, instance.candidate, instance.component

    def fill(self, row: Row) -> None:
        brought = row.instance
        if brought.pk is None:
            brought.election, brought.candidate = row.values["round"], row.values["candidate"]
            brought.component, brought.created_at, brought.by = row.values["component"], clock.now(), self.by
        self.put(row, "value", row.values["value"])
        self.put(row, "note", row.values["note"])


def open_rounds() -> list[Election]:
    """Rounds whose review is finished, whose inputs are not frozen and which weigh clients' votes."""
    rows = Election.objects.filter(reviewed_at__isnull=False, inputs_frozen_at__isnull=True, phase__in=OPEN_PHASES)
    return [election for election in rows.select_related("award") if parts_of(election, "clients")]


def spellings_of(candidate: Candidate) -> set[str]:
    """Name, staff number, number of the window; a window's number apart from names, so that 12 is nobody's name."""
    names = {plain(candidate.name)}
    if candidate.person is not None:
        names.add(plain(candidate.person.staff_number))
    if candidate.window is not None:
        names |= {plain(candidate.window.name), f"window {values.bare_window(candidate.window.number)}"}
    return names


def brought_for_export(user: Any) -> Iterable[RoundInput]:
    """What was brought for rounds whose inputs are not frozen: what could still be corrected and read back."""
    wanted = Q()
    elections = open_rounds()
    for election in elections:
        wanted |= Q(election=election, component__in=[part["key"] for part in parts_of(election, "clients")])
    if not elections:
        return []
    rows = RoundInput.objects.filter(wanted).select_related(
        "election__award", "candidate__person", "candidate__window", "candidate__team"
    )
    return rows.order_by("election__period_first", "election_id", "component", "candidate__key")


def counted(brought: RoundInput, name: str) -> Any:
    """One count out of the note; "" where the line has none."""
    found = dict(COUNTED.findall(brought.note))
    return int(found[WORDS[name]]) if WORDS[name] in found else ""


def who(brought: RoundInput) -> str:
    """What tells the candidate apart: staff number, number of the window, name of the team."""
    row = brought.candidate
    if row.person is not None:
        return row.person.staff_number
    return row.window.number if row.window is not None else row.name


def label_of_component(brought: RoundInput) -> str:
    parts = parts_of(brought.election, "clients")
    return next((part["label"] for part in parts if part["key"] == brought.component), brought.component)


def _counts(name: str, label: Any, *aliases: str, example: str = "") -> Column:
    return Column(
        name,
        label,
        values.tally,
        aliases,
        export=lambda brought: counted(brought, name),
        example=example,
    )


CLIENT_VOTES = SheetKind(
    key="client_votes",
    label=_("Votes of clients"),
    columns=(
        Column(
            "round",
            _("Round"),
            values.text,
            ("评选", "评选名称", "评选轮次", "轮次", "评选项目"),
            required=True,
            export=lambda brought: str(brought.election),
            example="服务之星 2026年10月",
            width=26,
        ),
        Column(
            "candidate",
            _("Window, name or staff number"),
            values.text,
            ("候选人", "参评对象", "评选对象", "候选对象", "窗口或姓名", "姓名", "工号", "窗口号", "窗口"),
            required=True,
            export=who,
            example="12",
            width=18,
        ),
        Column(
            "component",
            _("Component"),
            values.text,
            ("评分项目", "评分项", "计分项目", "计分项"),
            export=label_of_component,
            note=_("Needed only where a round has several components of clients' votes"),
        ),
        _counts(
            "votes", pgettext_lazy("sheet heading", "Votes received"), "得票", "得票数", "票数", "群众投票", "票"
        ),
        _counts("satisfied", pgettext_lazy("sheet heading", "Satisfied"), "满意", "满意票", "满意数", example="120"),
        _counts(
            "mostly_satisfied",
            pgettext_lazy("sheet heading", "Mostly satisfied"),
            *("基本满意", "基本满意票", "基本满意数", "较满意"),
            example="30",
        ),
        _counts(
            "dissatisfied",
            pgettext_lazy("sheet heading", "Dissatisfied"),
            *("不满意", "不满意票", "不满意数"),
            example="2",
        ),
        _counts(
            "unknown",
            pgettext_lazy("sheet heading", "Don't know"),
            *("不了解", "不了解票", "不了解数", "弃权"),
            example="8",
        ),
    ),
    roles=(roles.UNION_OFFICER, roles.UNION_CHAIR),
    handler=ClientVoteRows,
    source=brought_for_export,
    notes=(_("Fill in either the votes received or the grades of each candidate."),),
    order=70,
)
