from intranet.access.exceptions import RuleError


class EndsBeforeItStarts(RuleError):
    """A dated thing whose end lies before its start."""


class AlreadyRevoked(RuleError):
    """A subscription that has been ended cannot be changed any more."""
