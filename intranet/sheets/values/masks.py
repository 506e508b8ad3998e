"""Numbers of which only the ends are shown: 110105********002X."""

from __future__ import annotations

import re
from dataclasses import dataclass

MASKED = re.compile(r"[1-9]\d{5}\*{8}\d{3}[\dX]")


@dataclass(frozen=True)
class MaskedNumber:
    """A masked number that came back in a sheet: it says nothing new, it can only agree with what is known."""

    text: str


def masked_number(number: str) -> str:
    """Of an identity number the first six and the last four characters; of anything else at most the first four."""
    if not number or MASKED.fullmatch(number):
        return number
    return f"{number[:6]}********{number[-4:]}" if len(number) == 18 else f"{number[:4]}…"
