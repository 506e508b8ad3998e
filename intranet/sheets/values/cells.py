"""Cells before their meaning: text, blank, and the marks people write for "nothing"."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..headings import plain
from ..issues import Problem, problem
from ..workbook import BrokenCell, DateCell, PaddedNumber, PercentCell

EMPTY_MARKS = frozenset(
    {"—", "——", "-", "--", "–", "―", "/", "\\", "无", "空", "没有", "暂无", "N/A", "NULL", "不详", "未知"}
)
# Above this a spreadsheet's number has lost digits.
EXACT = 10**15


@dataclass(frozen=True)
class Context:
    """What a reader may need to know besides the cell: the day, the heading, whether the file is plain text.

    In plain text a cell like 1985.1 may have been a number that lost its zero.
    """

    today: dt.date
    heading: str = ""
    plain_text: bool = False


class Value(NamedTuple):
    """``value`` None with no problem means: explicitly nothing (—, 无)."""

    value: Any
    problem: Problem | None = None
    warnings: tuple[Problem, ...] = ()


def failed(code: str, **about: Any) -> Value:
    return Value(None, problem(code, **about))


def as_text(cell: Any) -> str:
    """The cell as people see it, without spaces around it; 12.0 is "12"."""
    if isinstance(cell, str):
        # A quote mark before a text means "exactly this", also when it begins with a space or a sign.
        text = cell.strip()
        return cell.lstrip()[1:] if text.startswith("'") else text
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if math.isfinite(cell) and cell == int(cell) and abs(cell) < EXACT else repr(cell)
    if isinstance(cell, PaddedNumber):
        return as_text(cell.value).zfill(len(cell.form))
    if isinstance(cell, DateCell):
        return cell.day.isoformat()
    if isinstance(cell, PercentCell):
        return f"{cell.value * 100:.10g}%"
    if isinstance(cell, BrokenCell):
        return cell.text
    return "" if cell is None else str(cell)


def precision_of(form: str) -> str:
    """What a number format shows of a date: "day", "month" or "year"; Chinese formats may say "e" for the year."""
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", form).lower()
    if "d" in bare or not ("y" in bare or "e" in bare.removesuffix("general")):
        return "day"
    return "month" if "m" in bare else "year"


def written(cell: Any) -> str:
    """The cell so that it can be read again and mean the same."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, DateCell):
        precision = precision_of(cell.form)
        if precision == "day":
            return cell.day.isoformat()
        return f"{cell.day:%Y-%m}" if precision == "month" else f"{cell.day.year}年"
    return as_text(cell)


def shown(cell: Any) -> str:
    """The cell for a preview or a message, at most 120 characters."""
    text = written(cell) if isinstance(cell, DateCell) else as_text(cell)
    return text if len(text) <= 120 else f"{text[:119]}…"


def is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_empty_mark(cell: Any) -> bool:
    return isinstance(cell, str) and plain(cell) in EMPTY_MARKS


def clean_text(cell: Any) -> tuple[str, Problem | None]:
    """Text for a field: control characters out; a formula that was never calculated is a problem."""
    text = as_text(cell)
    if not text.isprintable():
        text = "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) != "Cc")
    return text, None
