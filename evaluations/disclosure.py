"""Who sees how many votes each has: where fewer than ten could vote, numbers might tell how somebody voted."""

from __future__ import annotations

from typing import Any

from .models import Election

CHECKERS = ("scrutineer", "auditor")
FEW = 10


def counts_shown(election: Election, viewer: Any) -> bool:
    """Whether ``viewer`` may see numbers of votes; whoever checks may always. Nobody, where nobody votes."""
    roll = election.result.get("roll", election.roll_size)
    return election.has_ballot and (roll >= FEW or viewer.has_role(*CHECKERS))
