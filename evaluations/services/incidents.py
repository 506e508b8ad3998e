"""What the hall's register of incidents says against those recommended; the register itself is kept elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Protocol

from evaluations.models import Nomination
from intranet.figures.models import Incident


class Fact(Protocol):
    """An incident as far as it is of interest here."""

    pk: int
    kind: str
    occurred_on: dt.date


def upheld(numbers: Collection[int]) -> dict[int, bool]:
    """Of incidents by their numbers: True for those that stand, False for those under appeal. Those that count no
    longer, or are gone, are left out; one query.
    """
    rows = Incident.objects.filter(pk__in=numbers, state=Incident.State.VERIFIED)
    return {pk: appeal != Incident.Appeal.OPEN for pk, appeal in rows.values_list("pk", "appeal")}


def verified(
    nominations: Iterable[Nomination], wanted: set[str], first: dt.date, last: dt.date
) -> list[tuple[Nomination, Fact]]:
    """Incidents of these kinds about the people, windows or teams recommended, verified and not under appeal, by
    day; one query.
    """
    by_subject = {(row.person_id, row.window_id, row.team_id): row for row in nominations}
    about = Incident.objects.verified(first, last).filter(kind__in=wanted).exclude(appeal__in=["open", "succeeded"])
    return [
        (by_subject[subject], fact)
        for fact in about.order_by("occurred_on", "pk")
        if (subject := (fact.person_id, fact.window_id, fact.unit_id)) in by_subject
    ]
