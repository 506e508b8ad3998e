"""The roll: who may vote, frozen when a round opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from evaluations.canonical import canonical
from evaluations.merkle import root_of_lines
from evaluations.models import Award, Election, RollEntry
from intranet.people.models import Person, Posting

BATCH = 1000


def freeze(election: Election, electorate: str, day: dt.date) -> tuple[int, str]:
    """Write the roll of everyone the rule names on a day; gives (size, root).

    Everyone in the register is on it, with or without an account: an account can still be opened
    before voting ends. Two queries and the inserts, however large the hall.
    """
    places: dict[int, tuple[str, bool]] = {}
    for person, unit, window in Posting.objects.on(day).values_list("person", "unit__name", "window"):
        places[person] = (unit, window is not None)
    entries = []
    for pk, number, name in Person.objects.current(day).values_list("pk", "staff_number", "name"):
        unit_name, at_window = places.get(pk, ("", False))
        if electorate == Award.Electorate.WINDOW_STAFF and not at_window:
            continue
        entries.append(
            RollEntry(election=election, person_id=pk, staff_number=number, name=name, unit_name=unit_name)
        )
    RollEntry.objects.bulk_create(entries, batch_size=BATCH)
    return len(entries), root_of(entries)


def root_of(entries: Iterable[RollEntry]) -> str:
    """Merkle root over the entries' canonical lines, sorted: the same people give the same root in any order."""
    return root_of_lines(canonical([row.staff_number, row.name, row.unit_name, row.box]) for row in entries)
