"""Why a sheet cannot be taken over now; each message is shown to the person."""

from intranet.access.exceptions import RuleError


class SheetError(RuleError):
    """A rule of the import refuses."""


class AlreadyImported(SheetError):
    """The same upload was confirmed before; nothing was written a second time."""


class Outdated(SheetError):
    """What was shown no longer holds: the file or the register changed since."""


class CannotUndo(SheetError):
    """An import can no longer be taken back; the message names what stands in the way."""


class Unclear(SheetError):
    """The sheet leaves something open that only the person can say."""
