"""One row of a sheet on its way: its cells, what they say, what is wrong, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .headings import letter
from .issues import Issue, Problem
from .table import Binding
from .values import shown


@dataclass(slots=True)
class Row:
    """One row: ``values`` by column name (a blank cell has none; None means explicitly nothing)."""

    number: int
    cells: dict[str, Any]
    block: dict[str, Binding]
    values: dict[str, Any] = field(default_factory=dict)
    errors: list[Issue] = field(default_factory=list)
    warnings: list[Issue] = field(default_factory=list)
    instance: Any = None
    outcome: str = ""
    # name of column → what was there, what comes
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def error(self, found: Problem, column: str = "") -> None:
        self.errors.append(self._issue(found, column))

    def warn(self, found: Problem, column: str = "") -> None:
        self.warnings.append(self._issue(found, column))

    def _issue(self, found: Problem, column: str) -> Issue:
        binding = self.block.get(column)
        place = letter(binding.index + 1) if binding else ""
        asked = f"{found.asks}:{place}{self.number}" if found.choices else ""
        return Issue(
            found.code, found.message, self.number, place, binding.heading if binding else "", found.choices, asked
        )

    def place(self, column: str) -> str:
        """Where the cell of a column stands ("C5"); "" when the sheet has no such column."""
        binding = self.block.get(column)
        return f"{letter(binding.index + 1)}{self.number}" if binding else ""

    def shown(self, column: str) -> str:
        return shown(self.cells.get(column))

    def get(self, column: str, default: Any = None) -> Any:
        return self.values.get(column, default)
