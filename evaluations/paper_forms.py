"""The page on which a scrutineer enters paper ballots: one line for equal ballots, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from . import paper_marks
from .exceptions import RoundError
from .models import Candidate, Election, PaperCount

LINES = 8
MOST_LINES = 400
MINUS = "-－−"


@dataclass
class Line:
    """Equal ballots: which choices stand on them (as inputs are named), and how many, as typed."""

    number: int
    count: str = ""
    chosen: set[str] = field(default_factory=set)


@dataclass
class CountSheet:
    """What is shown and was typed. Input names: ``returned``, ``void``, ``count-N``, ``mark-N`` (many)."""

    election: Election
    returned: str = ""
    void: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def candidates(self) -> list[tuple[int, Candidate, list[tuple[str, Any]]]]:
        """Number on the paper, candidate, and the (choice, label) that may stand beside the name."""
        marks = paper_marks.marks_of(self.election)
        return [
            (number, candidate, [(paper_marks.choice(candidate.key, mark), label) for mark, label in marks])
            for number, candidate in paper_marks.numbered(self.election)
        ]

    def ballots(self) -> list[tuple[list[str], int]]:
        """(choices, how many). Raises RoundError for a count that is no number, or marks without a count."""
        found = []
        for line in self.lines:
            number = whole(line.count, _("line %(number)s") % {"number": line.number})
            if line.chosen and not line.count.strip():
                raise RoundError(
                    _("Say in line %(number)s how many ballots are like this.") % {"number": line.number}
                )
            if number:
                found.append((sorted(line.chosen), number))
        void = whole(self.void, _("void ballots"))
        if void:
            found.append((paper_marks.spoilt(self.election), void))
        return found


def whole(text: str, where: str) -> int:
    """A number from 0 as typed, in full width too; a blank is 0."""
    plain = text.strip()
    if not plain:
        return 0
    said = {"value": plain[:20], "where": where}
    if plain[0] in MINUS and _is_whole(plain[1:]):
        raise RoundError(_("“%(value)s” must be 0 or more (%(where)s).") % said)
    if not _is_whole(plain):
        raise RoundError(_("“%(value)s” is not a number (%(where)s).") % said)
    return int(plain)


def _is_whole(text: str) -> bool:
    # Digits of any width; a raised 2 is none.
    return text.isdecimal() and len(text) <= 6


def blank(election: Election) -> CountSheet:
    return CountSheet(election, lines=[Line(number) for number in range(1, LINES + 1)])


def of_count(election: Election, count: PaperCount | None) -> CountSheet:
    """What a scrutineer entered before, to be corrected; or a blank sheet."""
    if count is None:
        return blank(election)
    spoilt = sorted(paper_marks.spoilt(election))
    kept = [(choices, number) for choices, number in count.ballots if choices != spoilt]
    void = sum(number for choices, number in count.ballots if choices == spoilt)
    lines = [Line(n, str(number), set(choices)) for n, (choices, number) in enumerate(kept, 1)]
    more = [Line(number) for number in range(len(lines) + 1, len(lines) + 4)]
    sheet = CountSheet(election, str(count.returned), str(void) if void else "", [*lines, *more])
    return sheet if len(sheet.lines) >= LINES else with_lines(sheet, LINES)


def of_post(election: Election, posted: Any) -> CountSheet:
    """As typed; ``more`` asks for further lines."""
    shown = _shown(posted)
    lines = [
        Line(n, posted.get(f"count-{n}", "")[:20], set(posted.getlist(f"mark-{n}"))) for n in range(1, shown + 1)
    ]
    return CountSheet(election, posted.get("returned", "")[:20], posted.get("void", "")[:20], lines)


def _shown(posted: Mapping[str, Any]) -> int:
    given = str(posted.get("lines", ""))
    return min(int(given), MOST_LINES) if given.isascii() and given.isdecimal() and len(given) <= 4 else LINES


def with_lines(sheet: CountSheet, number: int) -> CountSheet:
    """The same sheet with blank lines up to a number."""
    sheet.lines += [Line(n) for n in range(len(sheet.lines) + 1, min(number, MOST_LINES) + 1)]
    return sheet
