"""What the table of days says no with."""

from intranet.access.exceptions import RuleError


class DayFileError(RuleError):
    """A file of days that cannot be read; names the entry."""


class DayError(RuleError):
    """A day that cannot be kept as given."""
