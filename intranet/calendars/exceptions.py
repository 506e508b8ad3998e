from intranet.access.exceptions import RuleError


class EndsBeforeItStarts(RuleError):
    """A dated thing whose end lies before its start."""


class AlreadyRevoked(RuleError):
    """A subscription that has been ended cannot be changed any more."""


class NothingToInviteTo(RuleError):
    """An invitation to something no calendar remembers, or that was called off."""


class NotYours(RuleError):
    """A calendar of something one does not lead."""
