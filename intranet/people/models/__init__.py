"""Units, windows, people and their postings; nothing here is ever overwritten, only ended."""

from .bodies import Body, Membership
from .corrections import CorrectionRequest
from .identity import IdentityDisclosure
from .people import Person
from .postings import Leadership, Posting
from .units import Unit, Window, Zone

__all__ = [
    "Body",
    "CorrectionRequest",
    "IdentityDisclosure",
    "Leadership",
    "Membership",
    "Person",
    "Posting",
    "Unit",
    "Window",
    "Zone",
]
