"""What the pages refuse, each with a sentence for the person."""

from intranet.access.exceptions import RuleError


class NothingToConfirm(RuleError):
    """The notice asks nobody to confirm it, or is not published."""
