"""What the rules of this room say no with."""

from __future__ import annotations

from intranet.access.exceptions import RuleError


class RobotError(RuleError):
    """A robot that cannot be kept, turned on or asked as wanted."""
