"""Codes that are printed once and work once: how they are drawn, read and kept."""

from __future__ import annotations

import re
import secrets
import unicodedata

from .sealed import keyed_hash, known_hashes

# Without letters and digits that are mistaken for each other when read aloud or from paper.
READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 10


def draw() -> str:
    """Ten characters out of 31: 49 bits, beyond guessing at any rate that a lock lets through."""
    return "".join(secrets.choice(READABLE) for _place in range(LENGTH))


def grouped(code: str) -> str:
    """As it is printed: 7KQM4-X9RTB."""
    return f"{code[:5]}-{code[5:]}"


def plain(given: str) -> str:
    """What was typed, as it was drawn: wide and small letters, spaces and strokes are as good."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", given).upper())


def kept(code: str, *, of: str) -> str:
    """What is stored of a code: a keyed hash, bound to whose and what it is (``of``)."""
    return keyed_hash(f"access.{of}:{plain(code)}")


def may_be_kept_as(code: str, *, of: str) -> tuple[str, ...]:
    """Every form in which this code may be stored, with the hall's present and earlier secrets."""
    return known_hashes(f"access.{of}:{plain(code)}")
