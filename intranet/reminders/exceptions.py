"""What the rules of this room say no with."""

from __future__ import annotations

from intranet.access.exceptions import RuleError


class WishError(RuleError):
    """A wish that cannot be kept as given."""


class OccasionError(RuleError):
    """An occasion that cannot be held, left out, released or tried again."""


class KindError(RuleError):
    """A kind of reminder that cannot be set or worded as asked."""


class RobotError(RuleError):
    """A robot that cannot be kept, turned on or asked as wanted."""
