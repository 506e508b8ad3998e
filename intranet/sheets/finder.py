"""Which sheet of a workbook holds the table, under titles and instructions, and what of it is not used."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .binding import best_table, first_rows
from .bounds import Refused
from .headings import letter
from .issues import problem
from .meanings import NOTHING, alias_index
from .registry import SheetKind
from .table import Table, spans
from .workbook import Grid, Workbook

NO_KIND: Mapping[str, Mapping[str, str]] = MappingProxyType({})


def find(
    book: Workbook, kind: SheetKind, sheet: str = "", known: Mapping[str, str] = NOTHING, heading_row: int = 0
) -> Table:
    """The one table of the workbook that fits the kind. Raises Refused when there is none, or several.

    ``known`` are headings the hall has explained; ``heading_row`` is where the person says that the headings stand.
    """
    named = [grid for grid in book.grids if grid.name == sheet] if sheet else book.grids
    if not named:
        raise Refused("unknown_sheet", name=sheet)
    index = alias_index(kind, known)
    found, lacking = [], []
    for grid in named:
        table = best_table(grid, index, heading_row)
        if table is None or not table.blocks:
            continue
        missing = [column for column in kind.columns if column.required and column.name not in table.blocks[0]]
        if missing:
            lacking.append((len(missing), -table.score, missing, table))
        else:
            found.append(table)
    shown = [table for table in found if sheet or not table.grid.hidden]
    if len(shown) > 1:
        choices = [table.grid.name for table in shown]
        raise Refused("several_sheets", names="、".join(choices), choices=choices)
    if not shown:
        raise _why_nothing(named, kind, lacking)
    table = shown[0]
    _warn(table, named, found)
    return table


def recognise(book: Workbook, kinds: dict[str, SheetKind], known: Mapping[str, Mapping[str, str]] = NO_KIND) -> str:
    """Key of the kind whose headings fit best; "" when none fits or two fit equally well."""
    scores = {}
    for key, kind in kinds.items():
        try:
            table = find(book, kind, "", known.get(key, NOTHING))
        except Refused:
            continue
        scores[key] = table.score - len(table.ignored) / 100
    best = sorted(scores.values(), reverse=True)
    if not best or (len(best) > 1 and best[0] == best[1]):
        return ""
    return max(scores, key=lambda key: scores[key])


def _why_nothing(grids: list[Grid], kind: SheetKind, lacking: list[Any]) -> Refused:
    large = [grid for grid in grids if grid.problem]
    if large and not lacking:
        from .workbook import bounds_of_the_hall

        bounds = bounds_of_the_hall()
        limit = bounds.rows if large[0].problem == "too_many_rows" else bounds.columns
        return Refused(large[0].problem, limit=limit)
    if not any(any(row) for grid in grids for row in grid.rows):
        return Refused("empty")
    if lacking:
        _number, _score, missing, table = min(lacking, key=lambda entry: entry[:2])
        unknown = [ignored for ignored in table.ignored if ignored.spelling]
        needed = "、".join(str(column.label) for column in missing)
        return Refused(
            "missing_column",
            needed=needed,
            unknown=unknown,
            used=sorted(table.columns),
            first_rows=first_rows(table.grid),
        )
    needed = "、".join(str(column.label) for column in kind.columns if column.required)
    seen = next((grid for grid in grids if not grid.hidden and any(any(row) for row in grid.rows)), grids[0])
    return Refused("no_headings", kind=kind.label, needed=needed, first_rows=first_rows(seen))


def _warn(table: Table, grids: list[Grid], found: list[Table]) -> None:
    grid = table.grid
    if hidden := [other.grid.name for other in found if other.grid.hidden and other is not table]:
        table.warnings.append(problem("hidden_sheet", names="、".join(hidden)))
    if large := [other.name for other in grids if other.problem]:
        table.warnings.append(problem("large_sheet", names="、".join(large)))
    rows = [number for number in grid.hidden_rows if table.last_heading < number <= len(grid.rows)]
    if rows:
        table.warnings.append(problem("hidden_rows", rows=spans(rows)))
    used = {binding.index + 1 for block in table.blocks for binding in block.values()}
    if columns := [letter(number) for number in grid.hidden_columns if number in used]:
        table.warnings.append(problem("hidden_columns", columns="、".join(columns)))
    if grid.uncalculated:
        table.warnings.append(problem("uncalculated"))
    if grid.formats_unknown:
        table.warnings.append(problem("formats_unknown"))
    if table.ignored:
        names = "、".join(f"{ignored.place} {ignored.heading}" for ignored in table.ignored)
        table.warnings.append(problem("ignored_columns", columns=names))
