"""Who sees numbers of a round, and its record: never who stands in it, and not everybody where few could vote.

From the public notice on the notice itself says what everyone may know: who is honoured, how many voted.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from .exceptions import RoundError
from .models import Election
from .querysets import OFFICERS
from .services.officers import stands_in

CHECKERS = ("scrutineer", "auditor")
READERS = (*OFFICERS, *CHECKERS)
FEW = 10


def may_see_numbers(election: Election, viewer: Any) -> bool:
    """Whether counts, totals and the record are ``viewer``'s to see at all: who runs or checks rounds and does not
    stand in this one. How much of them where few could vote, the others of this module say.
    """
    return viewer.has_role(*READERS) and not stands_in(election, viewer)


def has_few(election: Election) -> bool:
    """Whether fewer than ten could vote in one of the boxes: numbers might tell how somebody voted. One query."""
    if not election.has_ballot:
        return False
    rows = election.roll.order_by().values("box").annotate(size=Count("pk")).values_list("size", flat=True)
    return min(rows, default=election.result.get("roll", election.roll_size)) < FEW


def counts_shown(election: Election, viewer: Any) -> bool:
    """Whether ``viewer`` may see numbers of votes, over all boxes and box by box. Nobody, where nobody votes."""
    return election.has_ballot and may_see_numbers(election, viewer) and _sees_few(election, viewer)


def scores_shown(election: Election, viewer: Any) -> bool:
    """Whether ``viewer`` may see totals. Where ballots alone make them, they are numbers of votes."""
    if not may_see_numbers(election, viewer):
        return False
    return election.has_assessment or (election.has_ballot and _sees_few(election, viewer))


def check_record(election: Election, viewer: Any) -> None:
    """Raise RoundError unless ``viewer`` may have the record, which holds every ballot."""
    if not may_see_numbers(election, viewer):
        raise RoundError(_("You stand in this round yourself, so somebody else must take its record along."))
    if not holds_record(election, viewer):
        raise RoundError(
            _("In a box of this round fewer than ten could vote, so only scrutineers and auditors get every ballot.")
        )


def holds_record(election: Election, viewer: Any) -> bool:
    """Whether the record is for ``viewer``; no exception, for a file that can do without it."""
    return may_see_numbers(election, viewer) and _sees_few(election, viewer)


def _sees_few(election: Election, viewer: Any) -> bool:
    return viewer.has_role(*CHECKERS) or not has_few(election)
