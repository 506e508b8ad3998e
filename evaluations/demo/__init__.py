"""The demo hall's awards, through the services a person uses: rounds that ballots decide, and assessed ones."""

from __future__ import annotations

from intranet.access.registry import DemoHall

from .assessed import AssessedRounds
from .history import History
from .plain import Rounds


def load(hall: DemoHall) -> None:
    """Awards, then the rounds in the order in which they happened, but for the overlapping ones of a month."""
    plain = Rounds(hall)
    assessed = AssessedRounds(plain)
    # The rounds that run are drawn as if there were no others: what was long ago changes nothing in them.
    state = hall.draw.getstate()
    History(assessed).load()
    hall.draw.setstate(state)
    plain.load()
    assessed.load()
