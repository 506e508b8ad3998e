"""Why a sheet cannot be taken over now; each message is shown to the person."""

from intranet.access.exceptions import RuleError


class SheetError(RuleError):
    """A rule of the import refuses."""


class AlreadyImported(SheetError):
    """The same upload was confirmed before; nothing was written a second time."""


class Outdated(SheetError):
    """What was shown no longer holds: the file or the register changed since."""
