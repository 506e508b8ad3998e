"""The rows of a table: merges filled down, 同上 resolved; totals, notes and rows prepared for nobody left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .headings import plain, spellings
from .issues import problem
from .table import Binding, FoundRow, Table, spans
from .workbook import BrokenCell

# All of these are compared with plain(): no spaces, half-width.
SUBTOTAL = re.compile(r"^(.{0,20}小计|本页合计)([:(\d].*)?$")
# 一楼合计
OF_A_PART = re.compile(r"^.{1,20}(合计|总计)([:(\d].*)?$")
TOTAL = re.compile(
    r"^((人数|人员|总)?(合计|总计|共计|累计)(人数)?|总人数|总数)([:(\d].*)?$|^(本表|以上)?共计?\d+[人名个家][^\u4e00-\u9fff]*$"
)
SIGNATURE = re.compile(
    r"^((单位|部门|科室|窗口)?负责人|(分管|主管)领导|(填表|填报|制表|审核|复核|核对|审批|经办|统计|联系)人"
    r"|(制表|审核|复核)(?=:|签)|(填表|制表|填报|上报|统计)(日期|时间|单位)|单位(?=\(盖章|盖章))(\([^()]{1,6}\))?(:.*|签[字名章].*|盖章.*)?$"
)
NOTE = re.compile(r"^(注|备注|说明|附注|填表说明|填报说明|NOTES?)\d{0,2}(:.*)?$")
# 单位领导签字：, 联系电话：8101: a row that holds nothing else is no row.
LABEL = re.compile(r"^[\u4e00-\u9fff()、/]{2,12}:.*$")
SUBTITLE = re.compile(r"^[(]?[一二三四五六七八九十]{1,3}[)、.:].+$|^第[一二三四五六七八九十\d]{1,3}(部分|章|节).*$")
# 第一组 heads a part of a register; in a list of groups it is one.
GROUP_TITLE = re.compile(r"^第[一二三四五六七八九十\d]{1,3}(组|批|类).*$")
# In a row of its own: notes that are numbered or marked, the day under a signature, "nothing below".
LINE = re.compile(
    r"^([※*★▲●]|\d{1,2}[.、)]\D|(备注|说明|附注|注意事项|填表说明)$|[(]?以下(空白|无正文)|年\d{0,2}月\d{0,2}日$"
    r"|\d{4}年\d{1,2}月(\d{1,2}日)?$|\d{4}[-./]\d{1,2}[-./]\d{1,2}$|日期:"
    r"|第\d{1,4}页|[-—]{1,2}\d{1,4}[-—]{1,2}$|[(]?(续表|续上表|接上页|转下页|此页无正文))"
)
SAME_AS_ABOVE = frozenset({"同上", "(同上)", "〃", "″", "''", '"', "同前", "”", "“"})


def rows_of(table: Table) -> Iterator[FoundRow]:
    """The rows below the headings: merges filled down, 同上 resolved, totals, notes and pre-numbered rows left out.

    What was left out, unless plainly empty, is added to ``table.warnings`` at the end.
    """
    filled, wide = _filled_down(table)
    above: list[dict[str, Any]] = [{} for _block in table.blocks]
    needed = [{name for name, binding in block.items() if binding.column.required} for block in table.blocks]
    headings = {id(binding): _spellings_of(binding) for block in table.blocks for binding in block.values()}
    skipped: list[int] = []
    closed, shared, again = False, table.shared, _rows_of_headings(table)
    for number in range(table.last_heading + 1, len(table.grid.rows) + 1):
        row = table.grid.rows[number - 1]
        first = next((plain(value) for value in row if value is not None and plain(value)), "")
        if not first or ((known := again.get(first.removesuffix("(续)"))) and _texts(row) in known):
            continue
        if stop := _stops(first, row, table.blocks):
            closed = closed or stop == "end"
            skipped.append(number)
            continue
        for at, block in enumerate(table.blocks):
            found = _one_row(number, row, block, filled, shared)
            if found is None or _repeats_headings(found, headings):
                continue
            full = needed[at] <= found.cells.keys()
            if (not full and (closed or number in wide)) or _is_aside(found, row, block):
                if number not in skipped:
                    skipped.append(number)
                continue
            _resolve_same_as_above(found, above[at])
            yield found
    if skipped:
        table.warnings.append(problem("skipped_rows", rows=spans(skipped)))


def _rows_of_headings(table: Table) -> dict[str, list[list[str]]]:
    """Titles and rows of headings, by their first text: below a sub-title or on a new page they stand once more."""
    found: dict[str, list[list[str]]] = {}
    for number, row in enumerate(table.grid.rows[: table.last_heading], 1):
        texts = _texts(row)
        said = [text for text in texts if text]
        if len(said) > 1 or (said and number < table.first_heading):
            found.setdefault(said[0], []).append(texts)
    return found


def _texts(row: list[Any]) -> list[str]:
    return ["" if value is None else plain(value).removesuffix("(续)") for value in row]


def _filled_down(table: Table) -> tuple[dict[tuple[int, int], Any], set[int]]:
    """Values that merged cells give to the rows below; and rows with a cell merged over three columns or more."""
    filled: dict[tuple[int, int], Any] = {}
    wide = set()
    places = {binding.index + 1 for block in table.blocks for binding in block.values()}
    for top, left, bottom, right in table.grid.merges:
        if top <= table.last_heading or top > len(table.grid.rows):
            continue
        covered = sum(1 for place in places if left <= place <= right)
        if right - left >= 2 or covered == len(places) > 1:
            wide.add(top)
            continue
        row = table.grid.rows[top - 1]
        value = row[left - 1] if left <= len(row) else None
        if value is not None:
            for number in range(top + 1, min(bottom, len(table.grid.rows)) + 1):
                filled[number, left - 1] = value
    return filled, wide


def _stops(first: str, row: list[Any], blocks: list[dict[str, Binding]]) -> str:
    """ "row" for a subtotal, "end" for a total, a note or a signature line, "" for anything else."""
    needed = [_needed(row, block) for block in blocks]
    firsts = [first, *(text for texts in needed for text in texts[:1])]
    if not any(all(texts) for texts in needed):
        # Beside somebody's name and unit such words are a remark.
        firsts += [plain(value) for value in row[1:3] if isinstance(value, str)]
    if OF_A_PART.match(first) or any(SUBTOTAL.match(text) for text in firsts):
        return "row"
    if any(TOTAL.match(text) for text in firsts):
        return "end"
    # A note in the first column beside somebody's name and unit belongs to that person.
    if any(all(texts) and first not in texts and not any(map(_ends_a_sheet, texts)) for texts in needed):
        return ""
    if SIGNATURE.match(first) or NOTE.match(first):
        return "end"
    if any(OF_A_PART.match(text) for text in firsts):
        return "row"
    return (
        "row" if all(LABEL.match(text) or LINE.match(text) for text in map(plain, filter(None, row)) if text) else ""
    )


def _ends_a_sheet(text: str) -> bool:
    return bool(SIGNATURE.match(text) or LINE.match(text))


def _needed(row: list[Any], block: dict[str, Binding]) -> list[str]:
    """What stands in the required columns of a block, from left to right."""
    places = sorted(binding.index for binding in block.values() if binding.column.required)
    return ["" if place >= len(row) or row[place] is None else plain(row[place]) for place in places]


def _one_row(
    number: int, row: list[Any], block: dict[str, Binding], filled: dict[Any, Any], shared: frozenset[int]
) -> FoundRow | None:
    """None when the row holds nothing of its own in the columns that count."""
    cells, own = {}, False
    for name, binding in block.items():
        value = row[binding.index] if binding.index < len(row) else None
        if value is None or (isinstance(value, str) and not value.strip()):
            value = filled.get((number, binding.index))
        elif binding.index not in shared and (binding.column.required or not isinstance(value, BrokenCell)):
            # A formula copied down beside rows prepared for nobody makes nobody.
            own = True
        if value is not None:
            cells[name] = value
    return FoundRow(number, cells, block) if own else None


def _spellings_of(binding: Binding) -> tuple[str, frozenset[str]]:
    """The heading as it stands above the column, and the others that mean the same."""
    known = frozenset(spelling for alias in binding.column.aliases for spelling in spellings(alias)[:1])
    return plain(binding.heading), known


def _repeats_headings(found: FoundRow, headings: dict[int, tuple[str, frozenset[str]]]) -> bool:
    """Every cell says again what stands above it: in the same words, or in others for the same column."""
    return len(found.cells) >= 2 and all(
        _is_heading_of(value, *headings[id(found.block[name])]) for name, value in found.cells.items()
    )


def _is_heading_of(value: Any, heading: str, known: frozenset[str]) -> bool:
    texts = spellings(value) if isinstance(value, str) else []
    if not texts or len(texts[0]) < 2:
        return False
    return any(text in heading or text in known for text in texts)


def _is_aside(found: FoundRow, row: list[Any], block: dict[str, Binding]) -> bool:
    """One cell only: a number prepared for somebody, a sub-title like （一）业务窗口, a line of a note, a date."""
    required = sum(1 for binding in block.values() if binding.column.required)
    if len(found.cells) > 1 or len(block) < 2:
        return False
    ((name, value),) = found.cells.items()
    text = plain(value)
    if required > 1 and not block[name].column.required and re.fullmatch(r"[A-Z]{0,4}\d+(\.0)?", text):
        return True
    if sum(1 for other in row if other is not None and plain(other)) > 1:
        return False
    return bool(SUBTITLE.match(text) or LINE.match(text) or (required > 1 and GROUP_TITLE.match(text)))


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
