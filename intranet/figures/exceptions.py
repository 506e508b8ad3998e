"""What cannot be done with figures and incidents, in sentences for people."""

from __future__ import annotations

from intranet.access.exceptions import RuleError


class FigureError(RuleError):
    """Base of everything this room refuses; the message says what to do."""


class UnknownFigure(FigureError):
    """No plug-in in use gives this figure, or it says nothing about this kind of subject. Unknown is never zero."""


class MonthError(FigureError):
    """Figures of a month that contradict themselves."""


class IncidentError(FigureError):
    """A step of an incident that is not to be taken, or not by this person."""
