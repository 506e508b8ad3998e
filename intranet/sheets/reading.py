"""The rows of a table with their cells read: each text of a column once, a cell that another settles after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from .answers import NONE, Answers
from .found_rows import rows_of
from .headings import plain
from .issues import problem
from .registry import Column
from .row import Row
from .table import Binding, Table
from .values import Context, Value, failed, is_blank, is_empty_mark
from .workbook import BrokenCell


def read_rows(table: Table, today: dt.date, plain_text: bool, answers: Answers = NONE) -> list[Row]:
    """Every row of the table with its cells read; what a cell cannot mean becomes an error of the row."""
    rows = []
    # A cell that another one may settle is read after it.
    order = {id(block): sorted(block, key=lambda name: bool(block[name].column.settle)) for block in table.blocks}
    readers = {
        id(binding): _reader_of(binding, today, plain_text) for block in table.blocks for binding in block.values()
    }
    for found in rows_of(table):
        row = Row(found.number, found.cells, found.block)
        if answers.cells:
            row.cells.update(
                {name: answers.cells[row.place(name)] for name in row.block if row.place(name) in answers.cells}
            )
        for name, trouble in found.problems.items():
            row.error(trouble, name)
        for name in order[id(found.block)]:
            if name not in found.problems:
                binding = found.block[name]
                _take(row, binding.column, readers[id(binding)], found.cells.get(name))
        rows.append(row)
    return rows


def _reader_of(binding: Binding, today: dt.date, plain_text: bool) -> Callable[[Any], Value | None]:
    """What the cells of one column say. The same units and words stand in thousands of rows: each is read once.

    So rows may share a value; a list is replaced, never changed in place.
    """
    context = Context(today, plain(binding.heading), plain_text)
    return lru_cache(maxsize=1024, typed=True)(partial(_read_cell, binding.column, context))


def _read_cell(column: Column, context: Context, cell: Any) -> Value | None:
    """None for a blank cell, which says nothing."""
    own_marks: frozenset[str] = getattr(column.parse, "own_marks", frozenset())
    blank = is_blank(cell)
    if blank or (is_empty_mark(cell) and plain(cell) not in own_marks):
        if column.required:
            return failed("blank", column=column.label)
        return None if blank else Value(None)
    if isinstance(cell, BrokenCell):
        code = "formula" if cell.text.startswith("=") else "error_cell"
        return failed(code, value=column.mask(cell.text) if column.mask else cell.text)
    # In a workbook a formula arrives as its result; only plain text can hold one.
    if context.plain_text and isinstance(cell, str) and cell.lstrip()[:1] == "=" and len(cell.strip()) > 1:
        return failed("formula", value=column.mask(cell) if column.mask else cell)
    return column.parse(cell, context)


def _take(row: Row, column: Column, read: Callable[[Any], Value | None], cell: Any) -> None:
    value = read(cell)
    if value is None:
        return
    if value.problem and value.problem.choices and column.settle:
        value = _settled(row, column, value.problem.choices, read) or value
    if value.problem:
        row.error(value.problem, column.name)
        return
    for warning in value.warnings:
        row.warn(warning, column.name)
    row.values[column.name] = value.value


def _settled(row: Row, column: Column, choices: Any, read: Callable[[Any], Value | None]) -> Value | None:
    """What the reader left open, as other columns of the row have it."""
    assert column.settle is not None
    chosen = column.settle(row.values, choices)
    if chosen is None:
        return None
    row.warn(problem("settled", value=row.shown(column.name), read=chosen[1]), column.name)
    return read(chosen[0])
