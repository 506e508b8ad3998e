"""Awards, their rounds, what enters the score, and the ballots kept apart from the roll."""

from .assessments import PanelScore, PanelSeat, RoundInput
from .awards import Award, Box, Component, Skip
from .ballots import Ballot, Mark
from .elections import Candidate, Election, Nomination, RollEntry
from .events import ElectionEvent
from .files import RoundFile
from .honours import Honour
from .reviews import Objection, Veto
from .scrutiny import Attestation, PaperCount, Terminal

__all__ = [
    "Attestation",
    "Award",
    "Ballot",
    "Box",
    "Candidate",
    "Component",
    "Election",
    "ElectionEvent",
    "Honour",
    "Mark",
    "Nomination",
    "Objection",
    "PanelScore",
    "PanelSeat",
    "PaperCount",
    "RollEntry",
    "RoundFile",
    "RoundInput",
    "Skip",
    "Terminal",
    "Veto",
]
