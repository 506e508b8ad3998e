"""What can go wrong in a round; every message says what to do next."""

from intranet.access.exceptions import RuleError


class RoundError(RuleError):
    """A step that the round's phase, dates or rules do not allow."""


class AwardFault(RoundError):
    """Rules of an award that do not fit together; the place to put it right, where it is one.

    ``field`` is a field of the award, or of its part number ``part`` counted from 0.
    """

    def __init__(self, message: str, field: str = "", part: int | None = None) -> None:
        super().__init__(message)
        self.field, self.part = field, part


class NominationError(RuleError):
    """A recommendation that the award's rules do not allow."""


class BallotError(RuleError):
    """A ballot that cannot be accepted: not on the roll, not open, too many or too few choices."""


class AlreadyVoted(BallotError):
    """This person's ballot is already recorded; ``receipt`` is the receipt of the first one."""

    def __init__(self, message: str, receipt: str = "") -> None:
        super().__init__(message)
        self.receipt = receipt


class SealingDelayed(RoundError):
    """The ballots cannot be sealed at this moment; the clock tries again."""
