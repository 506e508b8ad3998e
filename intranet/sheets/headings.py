"""Headings as people write them, reduced to what they mean."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

BRACKETS = re.compile(r"[(\[【〔<{][^()\[\]【】〔〕<>{}]*[)\]】〕>}]")
SPACES = re.compile(r"\s+")
DECORATION = str.maketrans("", "", "*★☆#:。.、\"'")


def visible(text: str) -> str:
    """Without marks nobody sees (zero width, direction): address books and chat programs leave them in copies."""
    return text if text.isprintable() else "".join(ch for ch in text if unicodedata.category(ch) != "Cf")


def plain(text: object) -> str:
    """NFKC, no spaces (U+3000 and line breaks too), nothing invisible, capitals: for comparing names and words."""
    text = str(text)
    return _plain_short(text) if len(text) <= 60 else _plain(text)


def _plain(text: str) -> str:
    return SPACES.sub("", unicodedata.normalize("NFKC", visible(text))).upper()


# The same few units, words and marks stand in thousands of cells, and each is looked at several times.
_plain_short = lru_cache(maxsize=8192)(_plain)


def spellings(text: object) -> list[str]:
    """Ways to look a heading up, most exact first: as it stands, then without what is in brackets."""
    whole = plain(text)
    bare = BRACKETS.sub("", whole)
    found = []
    for form in (whole, bare):
        form = form.translate(DECORATION)
        if form and form not in found:
            found.append(form)
    return found


def letter(number: int) -> str:
    """1 → "A", 28 → "AB"."""
    text = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
