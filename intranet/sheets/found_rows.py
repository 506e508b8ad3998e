"""The rows of a table: merges filled down, 同上 resolved; totals, notes and rows prepared for nobody left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .headings import plain
from .issues import problem
from .table import Binding, FoundRow, Table, spans

SUBTOTAL = re.compile(r"^(小计|本页小计|本页合计)([::((\d].*)?$")
TOTAL = re.compile(r"^(合计|总计|共计|累计)([::((\d].*)?$")
SIGNATURE = re.compile(
    r"^(填表人|填报人|制表人|制表|审核人|审核|审批人|负责人|单位负责人|经办人|联系人|填表日期|制表日期|填报日期)([::].*|签[字名章].*)$"
)
NOTE = re.compile(r"^(注|备注|说明|附注|填表说明|填报说明|NOTE|NOTES)[::].*$")
SUBTITLE = re.compile(r"^[((]?[一二三四五六七八九十]+[))、.::].+$")
SAME_AS_ABOVE = frozenset({"同上", "〃", "″", "''", '"', "同前", "”", "“"})


def rows_of(table: Table) -> Iterator[FoundRow]:
    """The rows below the headings: merges filled down, 同上 resolved, totals, notes and pre-numbered rows left out.

    What was left out, unless plainly empty, is added to ``table.warnings`` at the end.
    """
    filled, wide = _filled_down(table)
    above: list[dict[str, Any]] = [{} for _block in table.blocks]
    skipped: list[int] = []
    closed = False
    for number in range(table.last_heading + 1, len(table.grid.rows) + 1):
        row = table.grid.rows[number - 1]
        first = next((plain(value) for value in row if value is not None and plain(value)), "")
        if not first:
            continue
        if stop := _stops(first, row):
            closed = closed or stop == "end"
            skipped.append(number)
            continue
        for at, block in enumerate(table.blocks):
            found = _one_row(number, row, block, filled)
            if found is None or _repeats_headings(found):
                continue
            full = all(binding.column.name in found.cells for binding in block.values() if binding.column.required)
            if (not full and (closed or number in wide)) or _is_aside(found, row, block):
                if number not in skipped:
                    skipped.append(number)
                continue
            _resolve_same_as_above(found, above[at])
            yield found
    if skipped:
        table.warnings.append(problem("skipped_rows", rows=spans(skipped)))


def _filled_down(table: Table) -> tuple[dict[tuple[int, int], Any], set[int]]:
    """Values that merged cells give to the rows below; and rows with a cell merged over three columns or more."""
    filled: dict[tuple[int, int], Any] = {}
    wide = set()
    for top, left, bottom, right in table.grid.merges:
        if top <= table.last_heading or top > len(table.grid.rows):
            continue
        if right - left >= 2:
            wide.add(top)
            continue
        row = table.grid.rows[top - 1]
        value = row[left - 1] if left <= len(row) else None
        if value is not None:
            for number in range(top + 1, min(bottom, len(table.grid.rows)) + 1):
                filled[number, left - 1] = value
    return filled, wide


def _stops(first: str, row: list[Any]) -> str:
    """ "row" for a subtotal, "end" for a total, a note or a signature line, "" for anything else."""
    firsts = [first, *(plain(value) for value in row[1:3] if isinstance(value, str))]
    if any(SUBTOTAL.match(text) for text in firsts):
        return "row"
    ends = any(TOTAL.match(text) for text in firsts) or SIGNATURE.match(first) or NOTE.match(first)
    return "end" if ends else ""


def _one_row(number: int, row: list[Any], block: dict[str, Binding], filled: dict[Any, Any]) -> FoundRow | None:
    """None when the row holds nothing of its own in the columns that count."""
    cells, own = {}, False
    for name, binding in block.items():
        value = row[binding.index] if binding.index < len(row) else None
        if value is None or (isinstance(value, str) and not value.strip()):
            value = filled.get((number, binding.index))
        else:
            own = True
        if value is not None:
            cells[name] = value
    return FoundRow(number, cells, block) if own else None


def _repeats_headings(found: FoundRow) -> bool:
    same = sum(
        1
        for name, value in found.cells.items()
        if plain(value) in plain(found.block[name].heading) and len(plain(value)) > 1
    )
    return same >= 2 and same == len(found.cells)


def _is_aside(found: FoundRow, row: list[Any], block: dict[str, Binding]) -> bool:
    """A row with one cell only that is a number prepared for somebody, or a sub-title like （一）业务窗口."""
    required = sum(1 for binding in block.values() if binding.column.required)
    if len(found.cells) > 1 or required < 2:
        return False
    ((name, value),) = found.cells.items()
    if not block[name].column.required and re.fullmatch(r"[A-Z]{0,4}\d+(\.0)?", plain(value)):
        return True
    alone = sum(1 for other in row if other is not None and plain(other)) == 1
    return alone and bool(SUBTITLE.match(plain(value)))


def _resolve_same_as_above(found: FoundRow, above: dict[str, Any]) -> None:
    for name, value in list(found.cells.items()):
        if isinstance(value, str) and plain(value) in SAME_AS_ABOVE:
            if name in above:
                found.cells[name] = above[name]
            else:
                found.problems[name] = problem("nothing_above", value=value.strip())
                del found.cells[name]
    above.clear()
    above.update(found.cells)
