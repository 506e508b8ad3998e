"""Rules of people's places; each message says what to do next."""

from intranet.access.exceptions import RuleError


class PostingError(RuleError):
    """A posting that cannot be entered, changed or ended as asked."""


class LeadershipError(RuleError):
    """An appointment or dismissal that cannot be done as asked."""


class MembershipError(RuleError):
    """A place in a body that cannot be given or ended as asked."""


class AccountError(RuleError):
    """An account that cannot be opened or closed as asked."""


class CorrectionError(RuleError):
    """A request for correction that cannot be made or decided as asked."""


class RegisterError(RuleError):
    """An entry of the staff register that cannot be kept as given."""
