"""What people said about one sheet where it left something open; kept with the upload, gone with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answers:
    """``heading_row``  the row that holds the (lowest) headings; 0 lets the finder look
    ``cells``        place ("C5") → what the cell means, read instead of what stands there
    ``people``       place of the name ("B5") → the staff number that is meant, or "+" for somebody new
    """

    heading_row: int = 0
    cells: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Answers:
        """From ``SheetUpload.answers``."""
        return cls(kept.get("heading_row", 0), kept.get("cells", {}), kept.get("people", {}))


NONE = Answers()
