"""Who is reminded of a round, and when."""

from .named import RULES as NAMED
from .office import RULES as OFFICE
from .scores import RULES as SCORES
from .taking_part import RULES as TAKING_PART
from .taking_part import notices_begun

__all__ = ["RULES", "notices_begun"]

RULES = (*TAKING_PART, *NAMED, *SCORES, *OFFICE)
