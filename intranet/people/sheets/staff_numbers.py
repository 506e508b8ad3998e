"""Staff numbers of a register: who is known by name already, and the next free numbers for the others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from intranet.sheets.issues import Problem, problem
from intranet.sheets.row import Row
from intranet.sheets.rows import batches
from intranet.sheets.values import masked_number

from .. import identity
from ..models import Person, Posting

# The answer that says: nobody the register knows.
SOMEBODY_NEW = "+"


def ask_about_known_names(rows: list[Row], said: Mapping[str, str], taken: set[str]) -> None:
    """Rows without a number whose name the register knows: the person decides, never the program.

    ``said``: place of the name → staff number, or ``SOMEBODY_NEW``. Those of the same unit are suggested first. A
    number that another row of the file holds (``taken``), or that was chosen twice, is asked again.
    """
    holders = _holders({row.values["name"] for row in rows})
    seen: dict[str, list[Row]] = {}
    chosen: set[str] = set(taken)
    for row in rows:
        seen.setdefault(row.values["name"], []).append(row)
        known = holders.get(row.values["name"])
        if not known:
            continue
        answer = said.get(row.place("name"))
        if answer in {number for number, _unit in known} - chosen:
            row.values["staff_number"] = answer
            chosen.add(str(answer))
        elif answer != SOMEBODY_NEW:
            row.error(_question(row, known), "name")
    for name, same in seen.items():
        for row in same if len(same) > 1 else ():
            row.warn(problem("namesakes", value=name), "name")


def _holders(names: set[str]) -> dict[str, list[tuple[str, str]]]:
    """Name → (staff number, unit at present) of everybody of that name who is still here."""
    holders: dict[str, list[tuple[str, str]]] = {}
    for batch in batches(sorted(names)):
        present = Posting.objects.filter(person=OuterRef("pk"), ends_on__isnull=True).values("unit__name")[:1]
        found = (
            Person.objects.filter(name__in=batch).annotate(present_unit=Subquery(present)).order_by("staff_number")
        )
        for name, number, unit in found.values_list("name", "staff_number", "present_unit"):
            holders.setdefault(name, []).append((number, unit or ""))
    return holders


def _question(row: Row, known: list[tuple[str, str]]) -> Problem:
    """Which of them, the ones of the row's own unit first; or somebody new."""
    own = getattr(row.get("unit"), "name", "")
    ranked = sorted(known, key=lambda holder: holder[1] != own)
    same, other = _("the same person as %(number)s, also at %(unit)s"), _("the same person as %(number)s (%(unit)s)")
    choices = [
        (number, (same if unit == own else other) % {"number": number, "unit": unit or "—"})
        for number, unit in ranked
    ]
    choices.append((SOMEBODY_NEW, _("somebody else, new to the register")))
    numbers = "、".join(number for number, _unit in ranked[:5])
    return problem("same_name", choices=tuple(choices), asks="people", value=row.values["name"], numbers=numbers)


def refuse_other_capitals(rows: list[Row]) -> None:
    """A new number that differs from another one only in capitals is that number, mistyped: hw0001 is HW0001."""
    created = [row for row in rows if row.instance.pk is None]
    spelt: dict[str, set[str]] = {}
    for row in rows:
        spelt.setdefault(row.instance.staff_number.upper(), set()).add(row.instance.staff_number)
    if created:
        for number in Person.objects.order_by().values_list("staff_number", flat=True):
            if number.upper() in spelt:
                spelt[number.upper()].add(number)
    for row in created:
        if len(spelt[row.instance.staff_number.upper()]) > 1:
            label = Person._meta.get_field("staff_number").verbose_name
            row.error(problem("taken", column=label, value=row.instance.staff_number), "staff_number")


def assign_numbers(rows: list[Row], given: set[str]) -> None:
    """The next free numbers after the highest of the hall's pattern (HW0007 → HW0008).

    ``given`` are those that other rows of the file bring along.
    """
    if not rows:
        return
    taken = given | set(Person.objects.values_list("staff_number", flat=True))
    prefix, width, highest = "", 4, 0
    for number in taken:
        if (found := re.fullmatch(r"([A-Za-z]{0,6})(\d{1,8})", number)) and int(found[2]) >= highest:
            prefix, width, highest = found[1], len(found[2]), int(found[2])
    for row in rows:
        highest += 1
        number = f"{prefix}{highest:0{width}d}"
        row.values["staff_number"] = number
        row.warn(problem("number_given", value=row.values["name"], number=number), "name")


def twice_in_file(rows: list[Row]) -> None:
    """One identity number in two rows: neither is believed."""
    holders: dict[str, list[Row]] = {}
    for row in rows:
        if isinstance(number := row.get("national_id"), str):
            holders.setdefault(number, []).append(row)
    for number, same in holders.items():
        numbers = "、".join(str(row.number) for row in same)
        for row in same if len(same) > 1 else ():
            about = {"column": row.block["national_id"].heading, "value": masked_number(number), "rows": numbers}
            row.error(problem("duplicate_number", **about), "national_id")


def settle_identities(rows: list[Row], scope: Any) -> None:
    """A row without staff number is the person its identity number belongs to; one with another's is wrong.

    ``scope`` are the people the officer may change: of anybody else not even the staff number is said.
    """
    given = [row for row in rows if isinstance(row.get("national_id"), str) and not row.errors]
    owners = identity.owners(row.values["national_id"] for row in given)
    within = {
        pk
        for batch in batches(owner.pk for owner in owners.values())
        for pk in scope.filter(pk__in=batch).values_list("pk", flat=True)
    }
    for row in given:
        owner = owners.get(row.values["national_id"])
        if owner is None or row.get("staff_number") == owner.staff_number:
            continue
        if owner.pk not in within:
            row.error(problem("id_taken", value=masked_number(row.values["national_id"])), "national_id")
        elif row.get("staff_number"):
            about = {"value": masked_number(row.values["national_id"]), "number": owner.staff_number}
            row.error(problem("id_belongs", **about), "national_id")
        else:
            row.values["staff_number"] = owner.staff_number
