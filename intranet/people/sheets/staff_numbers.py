"""Staff numbers of a register: who is known by name already, and the next free numbers for the others."""

from __future__ import annotations

import re

from django.db.models.functions import Upper

from intranet.sheets.issues import problem
from intranet.sheets.rows import Row, batches

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
