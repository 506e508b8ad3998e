"""Awards, their rounds, and the ballots kept apart from the roll."""

from .awards import Award
from .ballots import Ballot, Mark
from .elections import Candidate, Election, ElectionEvent, Nomination, RollEntry
from .honours import Honour

__all__ = ["Award", "Ballot", "Candidate", "Election", "ElectionEvent", "Honour", "Mark", "Nomination", "RollEntry"]
