"""The roll: who may vote, frozen when a round opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from evaluations.canonical import canonical
from evaluations.merkle import root_of_lines
from evaluations.models import Award, Election, RollEntry
from intranet.people.models import Leadership, Person, Posting

BATCH = 1000
# Electorates that are offices, not places.
BY_OFFICE = (
    Award.Electorate.CENTRE_LEADERS,
    Award.Electorate.CHIEF_REPRESENTATIVES,
    Award.Electorate.INSPECTION,
)


def freeze(election: Election, day: dt.date) -> tuple[int, str]:
    """Write the roll of everyone the round's boxes name on a day; gives (size, root).

    Whoever fits several boxes is in the first. Everyone in the register is on it, with or without an account: an
    account can still be opened before voting ends. A fixed number of queries and the inserts, however large the hall.
    """
    boxes = sorted(election.rules["boxes"].items(), key=lambda item: (item[1]["order"], item[0]))
    places: dict[int, tuple[str, bool]] = {}
    for person, unit, window in Posting.objects.on(day).values_list("person", "unit__name", "window"):
        places[person] = (unit, window is not None)
    members = {kind: _holding(kind, day) for kind in {box["electorate"] for _key, box in boxes} & set(BY_OFFICE)}
    entries = []
    for pk, number, name in Person.objects.current(day).values_list("pk", "staff_number", "name"):
        unit_name, at_window = places.get(pk, ("", False))
        key = next((key for key, box in boxes if _belongs(box["electorate"], pk, at_window, members)), None)
        if key is None:
            continue
        entries.append(
            RollEntry(election=election, person_id=pk, staff_number=number, name=name, unit_name=unit_name, box=key)
        )
    RollEntry.objects.bulk_create(entries, batch_size=BATCH)
    return len(entries), root_of(entries)


def _belongs(electorate: str, person: int, at_window: bool, members: dict[str, set[int]]) -> bool:
    if electorate in members:
        return person in members[electorate]
    return {
        Award.Electorate.EVERYONE: True,
        Award.Electorate.WINDOW_STAFF: at_window,
        Award.Electorate.BACK_OFFICE: not at_window,
    }[Award.Electorate(electorate)]


def _holding(kind: str, day: dt.date) -> set[int]:
    """The people who hold an office on a day: by a leadership in the register, or by a role of the hall."""
    if kind == Award.Electorate.CHIEF_REPRESENTATIVES:
        chiefs = Leadership.objects.on(day).filter(kind=Leadership.Kind.CHIEF_REPRESENTATIVE)
        return set(chiefs.values_list("person", flat=True))
    return set(Person.objects.filter(user__groups__role__key=kind).values_list("pk", flat=True))


def root_of(entries: Iterable[RollEntry]) -> str:
    """Merkle root over the entries' canonical lines, sorted: the same people give the same root in any order."""
    return root_of_lines(canonical([row.staff_number, row.name, row.unit_name, row.box]) for row in entries)
