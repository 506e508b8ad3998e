"""Headings bound to the columns of a kind: one to three rows of them, blocks side by side."""

from __future__ import annotations

import re

from .blocks import Blocks, blocks_of
from .bounds import Refused
from .headings import letter, plain, spellings
from .issues import problem
from .meanings import match, word_of
from .registry import Column
from .table import Binding, Ignored, Table
from .values import masked_number, shown
from .workbook import Grid

LOOK_AT = 30
DEEPEST = 3
WIDEST = 200
# What is shown of a sheet whose headings were not found.
LIKE_AN_IDENTITY = re.compile(r"\d{15}")
ROWS_TO_CHOOSE, TEXTS_TO_CHOOSE = 12, 12
SERIALS = frozenset({"序号", "序", "NO", "SN", "行号", "顺序号", "顺号"})


def best_table(grid: Grid, index: dict[str, list[tuple[int, Column]]], heading_row: int = 0) -> Table | None:
    """The table whose headings say most; None without any. Raises Refused when two say equally much.

    ``heading_row``: the person has said that the (lowest) headings stand there.
    """
    texts = _heading_texts(grid, heading_row)
    candidates = []
    for start in range(len(texts)):
        if _amid_headings(grid, start + 1):
            continue
        for depth in range(1, min(DEEPEST, len(texts) - start) + 1):
            if heading_row and start + depth != heading_row:
                continue
            table = _bind(grid, texts[start : start + depth], start + 1, index)
            said = heading_row and table.score + len(table.ignored) > 0
            if said or table.score >= 2 or (table.score == 1 and len(table.ignored) == 0):
                candidates.append((table.score, -depth, -start, table))
    if not candidates:
        return None
    candidates.sort(key=lambda entry: entry[:3], reverse=True)
    best = candidates[0][3]
    for score, depth, _start, other in candidates[1:]:
        if (score, depth) == candidates[0][:2] and _places(other) != _places(best):
            first, second = best.last_heading, other.last_heading
            rows = [(number, _first_texts(grid, number)) for number in (first, second)]
            raise Refused("several_tables", first=first, second=second, first_rows=rows)
    if best.unclear:
        raise Refused("unclear_blocks", column=best.unclear)
    _extend_over_merges(best)
    return best


def _amid_headings(grid: Grid, number: int) -> bool:
    """Whether a heading that began above reaches down into this row: then the headings began there too."""
    return any(
        number - DEEPEST < top < number <= bottom < number + DEEPEST for top, _left, bottom, _right in grid.merges
    )


def first_rows(grid: Grid) -> list[tuple[int, list[str]]]:
    """The first rows that hold something, as (number, texts): for the person to say which one holds the headings."""
    found = [(number, _first_texts(grid, number)) for number in range(1, min(len(grid.rows), LOOK_AT) + 1)]
    return [(number, texts) for number, texts in found if any(texts)][:ROWS_TO_CHOOSE]


def _first_texts(grid: Grid, number: int) -> list[str]:
    """Nobody has said yet which column is which, so whatever looks like an identity number is masked."""
    texts = (shown(value) for value in grid.rows[number - 1][:TEXTS_TO_CHOOSE])
    return [masked_number(text) if LIKE_AN_IDENTITY.search(plain(text)) else text[:20] for text in texts]


def _places(table: Table) -> list[dict[str, int]]:
    return [{name: binding.index for name, binding in block.items()} for block in table.blocks]


def _extend_over_merges(table: Table) -> None:
    """Headings merged downwards reach below the row that was matched."""
    for top, _left, bottom, _right in table.grid.merges:
        reaches = table.first_heading <= top <= table.last_heading < bottom
        if reaches and bottom - table.first_heading < DEEPEST:
            table.last_heading = bottom


def _heading_texts(grid: Grid, heading_row: int = 0) -> list[list[str]]:
    """The first rows as text, with merged ranges filled in both directions."""
    look_at = max(LOOK_AT, heading_row)
    rows = [["" if value is None else str(value).strip() for value in row] for row in grid.rows[:look_at]]
    width = max((len(row) for row in rows), default=0)
    for top, left, bottom, reach in grid.merges:
        right = min(reach, width)
        if top > len(rows) or left > len(rows[top - 1]):
            continue
        value = rows[top - 1][left - 1]
        for number in range(top, min(bottom, len(rows)) + 1):
            row = rows[number - 1]
            row.extend([""] * (right - len(row)))
            row[left - 1 : right] = [value] * (right - left + 1)
    return rows


def _bind(grid: Grid, texts: list[list[str]], first: int, index: dict[str, list[tuple[int, Column]]]) -> Table:
    """Match the headings of some rows, left to right, into one or more blocks."""
    width = max((len(row) for row in texts), default=0)
    covered = _covered(grid, first + len(texts) - 1)
    stacks = [[] if at in covered else _stack(texts, at) for at in range(width)]
    table = Table(grid, first, first + len(texts) - 1, [{}])
    blocks = _blocks(stacks, index)
    ranks: dict[int, int] = {}
    for at, stack in enumerate(stacks):
        if blocks and at in blocks.starts[1:]:
            shared = {name: held for name, held in table.blocks[0].items() if held.index < blocks.starts[0]}
            table.blocks.append(shared)
        if not stack or plain(stack[-1]).translate({ord("."): None}) in SERIALS:
            continue
        meant = match(stack, stacks[at - 1] if at else [], table.blocks[-1], index)
        if meant is None:
            table.ignored.append(_ignored(at, stack))
            table.unclear = table.unclear or (stack[-1] if blocks and at in blocks.left_over else "")
        else:
            _take(table, ranks, at, stack, meant)
    table.score = len(table.blocks[0])
    return _drop_partial_blocks(table)


def _covered(grid: Grid, number: int) -> set[int]:
    """Columns (from 0) that a heading further left reaches over in this row: its values stand in its first column."""
    return {
        at
        for top, left, bottom, right in grid.merges
        if top <= number <= bottom
        for at in range(left, min(right, left + WIDEST))
    }


def _blocks(stacks: list[list[str]], index: dict[str, list[tuple[int, Column]]]) -> Blocks | None:
    words = [word_of(stack, stacks[at - 1] if at else [], index) for at, stack in enumerate(stacks)]
    if len(set(filter(None, words))) == len(list(filter(None, words))):
        return None
    telling = {at for at, word in enumerate(words) if any(column.required for _rank, column in index.get(word, ()))}
    return blocks_of(words, telling)


def _take(table: Table, ranks: dict[int, int], at: int, stack: list[str], match: tuple[int, Column]) -> None:
    """Put a heading into the table; one that means a column again must tell more than the other."""
    rank, column = match
    block, name, heading = table.blocks[-1], column.name, "/".join(stack)
    if name in block:
        old = block[name]
        if rank >= ranks[old.index]:
            table.ignored.append(_ignored(at, stack))
            table.warnings.append(problem("duplicate_heading", column=stack[-1]))
            same = spellings(old.heading.rpartition("/")[2])[:1] == spellings(stack[-1])[:1]
            if column.required and same and _holds_something(table, at):
                table.unclear = stack[-1]
            return
        table.ignored.append(Ignored(letter(old.index + 1), old.heading, ""))
    block[name] = Binding(column, at, heading)
    ranks[at] = rank


def _holds_something(table: Table, at: int) -> bool:
    return any(at < len(row) and row[at] is not None for row in table.grid.rows[table.last_heading :])


def _ignored(at: int, stack: list[str]) -> Ignored:
    """With the spelling under which ``_match`` looked first."""
    return Ignored(letter(at + 1), "/".join(stack), next(iter(spellings("".join(stack[-2:]))), ""))


def _drop_partial_blocks(table: Table) -> Table:
    """A second block counts only when it carries every required column of the first."""
    first, *others = table.blocks
    needed = {name for name, binding in first.items() if binding.column.required}
    for block in others:
        if not needed <= set(block):
            own = [held for name, held in block.items() if name in needed and _holds_something(table, held.index)]
            if own and len(needed) > 1:
                table.unclear = own[-1].heading
            table.ignored += [Ignored(letter(held.index + 1), held.heading, "") for held in block.values()]
    table.blocks = [first, *(block for block in others if needed <= set(block))]
    return table


def _stack(texts: list[list[str]], at: int) -> list[str]:
    """The texts above each other in one column, without repeats from merging."""
    stack: list[str] = []
    for row in texts:
        text = row[at] if at < len(row) else ""
        if text and (not stack or plain(stack[-1]) != plain(text)):
            stack.append(text)
    return stack
