"""Staff numbers of a register: who is known by name already, and the next free numbers for the others."""

from __future__ import annotations

import re
from typing import Any

from django.db.models.functions import Upper

from intranet.sheets.issues import problem
from intranet.sheets.rows import Row, batches
from intranet.sheets.values import masked_number

from .. import identity
from ..models import Person


def refuse_known_names(rows: list[Row]) -> None:
    """Rows without a number whose name the register knows: the person decides, never the program."""
    holders: dict[str, list[str]] = {}
    for batch in batches(sorted({row.values["name"] for row in rows})):
        for name, number in Person.objects.filter(name__in=batch).values_list("name", "staff_number"):
            holders.setdefault(name, []).append(number)
    seen: dict[str, list[Row]] = {}
    for row in rows:
        if numbers := holders.get(row.values["name"]):
            row.error(problem("same_name", value=row.values["name"], numbers="、".join(sorted(numbers)[:5])), "name")
        seen.setdefault(row.values["name"], []).append(row)
    for name, same in seen.items():
        for row in same if len(same) > 1 else ():
            row.warn(problem("namesakes", value=name), "name")


def refuse_other_capitals(rows: list[Row]) -> None:
    """A new number that differs from another one only in capitals is that number, mistyped: hw0001 is HW0001."""
    created = [row for row in rows if row.instance.pk is None]
    spelt: dict[str, set[str]] = {}
    for row in rows:
        spelt.setdefault(row.instance.staff_number.upper(), set()).add(row.instance.staff_number)
    for batch in batches(sorted({row.instance.staff_number.upper() for row in created})):
        known = Person.objects.annotate(capitals=Upper("staff_number")).filter(capitals__in=batch)
        for capitals, number in known.values_list("capitals", "staff_number"):
            spelt[capitals].add(number)
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
