"""What a rule says no with: one sentence for the person, with what to do next."""


class RuleError(Exception):
    """A rule of the house refuses. ``str(error)`` is translated and shown to the person."""


class UnknownRole(RuleError):
    """A role key that the house does not know."""


class NotAllowed(RuleError):
    """The acting person may not do this."""


class SlipError(RuleError):
    """A slip that opens nothing any more."""


class CodeError(RuleError):
    """A second factor that cannot be set up, or a code that is not the right one."""


class CodeLocked(CodeError):
    """Too many wrong codes in a row."""
