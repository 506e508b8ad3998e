"""Staff numbers of a register: who is known by name already, and the next free numbers for the others."""

from __future__ import annotations

import re

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
