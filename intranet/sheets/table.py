"""A table as it was found in a workbook: its headings, its blocks, its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .issues import Problem
from .registry import Column
from .workbook import Grid


@dataclass(frozen=True)
class Binding:
    """A column of the kind at a place in the sheet (``index`` from 0)."""

    column: Column
    index: int
    heading: str


class Ignored(NamedTuple):
    """A column that is not used: its letter, its heading as it stands, and the heading as it would be looked up."""

    place: str
    heading: str
    spelling: str


@dataclass
class Table:
    """What was found: the grid, its heading rows (1-based), blocks side by side, and what was not used."""

    grid: Grid
    first_heading: int
    last_heading: int
    blocks: list[dict[str, Binding]]
    ignored: list[Ignored] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    score: int = 0
    # A heading that stands again, and nobody can tell which cells belong together.
    unclear: str = ""

    @property
    def shared(self) -> frozenset[int]:
        """Columns that blocks side by side have in common: they alone make no row."""
        counted = [binding.index for block in self.blocks for binding in block.values()]
        return frozenset(index for index in counted if counted.count(index) > 1)

    @property
    def columns(self) -> frozenset[str]:
        return frozenset().union(*self.blocks)


@dataclass(slots=True)
class FoundRow:
    """One row as it stands: number as the spreadsheet program shows it, cells by column name."""

    number: int
    cells: dict[str, Any]
    block: dict[str, Binding]
    problems: dict[str, Problem] = field(default_factory=dict)


def spans(numbers: list[int]) -> str:
    """[3, 4, 5, 9] → "3–5、9"."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return "、".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)
