"""Reads what stands in one cell for one ballot on paper: candidates by number or name, with their marks."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from intranet.sheets.headings import plain

from . import paper_marks
from .exceptions import RoundError
from .models import Award, Election

Kind = Award.BallotKind
BETWEEN = re.compile(r"[、，,；;\n]+")
BLANK = frozenset({"空白", "空白票", "弃权", "blank"})
VOID = frozenset({"废票", "无效", "无效票", "void"})
# What is written beside a name, longest first: 不满意 ends with 满意.
WORDS: dict[str, tuple[tuple[str, str], ...]] = {
    Kind.APPROVE: (
        *((word, "no") for word in ("不同意", "不赞成", "反对", "×", "✕", "x", "否")),
        *((word, "yes") for word in ("同意", "赞成", "○", "〇", "◯", "o", "√", "✓", "是")),
    ),
    Kind.GRADE: (
        ("基本满意", "mostly_satisfied"),
        ("不满意", "dissatisfied"),
        ("不了解", "unknown"),
        ("满意", "satisfied"),
    ),
}


class BallotReader:
    """Reads the ballots of one round; asks for its candidates once."""

    def __init__(self, election: Election) -> None:
        self.kind = election.rules_now["ballot_kind"]
        self.spoilt = paper_marks.spoilt(election)
        self.keys: dict[str, set[str]] = {}
        for number, candidate in paper_marks.numbered(election):
            for spelling in {str(number), plain(candidate.name), plain(f"{candidate.name}{candidate.unit_name}")}:
                self.keys.setdefault(spelling, set()).add(candidate.key)

    def choices(self, text: str) -> list[str]:
        """The choices of a ballot; a candidate named twice stays twice, and the count finds it void.

        Raises RoundError for what is no candidate, fits several, or lacks a mark.
        """
        bare = plain(text)
        if not bare or bare in BLANK:
            return []
        if bare in VOID:
            return list(self.spoilt)
        return [self._choice(part.strip()) for part in BETWEEN.split(text) if part.strip()]

    def _choice(self, part: str) -> str:
        name, mark = self._mark_of(plain(part))
        found = self.keys.get(name, set())
        if not found:
            raise RoundError(_("“%(value)s” is no candidate; write the number or the name") % {"value": part[:40]})
        if len(found) > 1:
            raise RoundError(_("“%(value)s” fits several candidates; write the number") % {"value": part[:40]})
        return paper_marks.choice(next(iter(found)), mark)

    def _mark_of(self, part: str) -> tuple[str, str]:
        """(name, mark). Where a ballot has only one kind of mark, none is written."""
        words = WORDS.get(self.kind)
        if words is None:
            return part, ""
        for word, mark in words:
            if part.endswith(word) and part != word:
                return part[: -len(word)].rstrip(" :：=-("), mark
        raise RoundError(_("“%(value)s” has no mark; write it behind the candidate") % {"value": part[:40]})
