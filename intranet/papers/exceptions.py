"""Why a paper cannot be made, or a template not be taken; each message is shown to the person."""

from intranet.access.exceptions import RuleError


class PaperError(RuleError):
    """A paper cannot be made or is no longer there."""


class TemplateRefused(RuleError):
    """A template that the house does not use; the message says what in it, and what to do."""
