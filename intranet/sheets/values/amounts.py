"""Amounts of money, percentages, and votes counted in 正."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from ..headings import plain
from ..issues import problem
from ..workbook import PercentCell
from .cells import Context, Value, as_text, failed
from .numerals import chinese_number

FEN = Decimal("0.01")
LARGEST = Decimal(10) ** 10
CURRENCY = re.compile(r"^(人民币|RMB|CNY|[¥￥])+|(元整?|圆整?|RMB|CNY)$")
FIGURES = re.compile(r"[-+]?\d{1,13}(\.\d{1,6})?")
WITH_FEN = re.compile(r"(\d{1,9})(?:元|块)(?:([0-9])角)?(?:([0-9])分)?整?")
TEN_THOUSANDS = ("万元", "万圆")
CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬贰两", "一二三四五六七八九十百千万二二")
IN_CAPITALS = re.compile(
    r"([一二三四五六七八九十百千万亿零〇]+)[元圆](?:([一二三四五六七八九])角)?零?(?:([一二三四五六七八九])分)?[整正]?"
)
SHARE = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)%")
TENTHS = re.compile(r"([一二三四五六七八九十\d])成([一二三四五六七八九半])?")
# Strokes of what stands for a 正 not yet complete; halls type whatever looks like it.
STROKES = {
    "正": 5,
    "\U0001d376": 5,
    "一": 1,
    "\U0001d372": 1,
    "丄": 2,
    "丅": 2,
    "⊥": 2,
    "丁": 2,
    "T": 2,
    "\U0001d373": 2,
}
STROKES |= {"上": 3, "下": 3, "\U0001d374": 3, "止": 4, "\U0001d375": 4}


def money(cell: Any, context: Context) -> Value:
    """Yuan with fen as Decimal: ¥1,234.50, 300元, 12元5角, 1.2万元, 叁佰元整; the heading may say 万元."""
    said = "" if isinstance(cell, float) else re.sub(r"[,，\s]", "", plain(as_text(cell)))
    written = CURRENCY.sub("", said)
    # The unit of the cell itself goes before the heading's.
    times = 10_000 if written == said and any(unit in context.heading for unit in TEN_THOUSANDS) else 1
    if isinstance(cell, float):
        amount = _figures(cell) if math.isfinite(cell) and abs(cell) < 10**13 else None
    elif written.endswith(("万", "万元")) and FIGURES.fullmatch(bare := written.rstrip("万元")):
        amount, times = Decimal(bare), 10_000
    elif FIGURES.fullmatch(written):
        amount = Decimal(written)
    else:
        amount, times = _spelt_out(said), 1
    if amount is None or not _whole_fen(amount * times):
        return failed("bad_money", value=as_text(cell))
    return Value((amount * times).quantize(FEN))


def _figures(number: float) -> Decimal:
    """12.3 as people typed it; what calculating left behind the sixth decimal goes."""
    return Decimal(repr(round(number, 6)))


def _whole_fen(amount: Decimal) -> bool:
    return abs(amount) < LARGEST and amount == amount.quantize(FEN)


def _spelt_out(text: str) -> Decimal | None:
    """12元5角, 叁佰元整."""
    if found := WITH_FEN.fullmatch(text.removeprefix("人民币")):
        yuan, jiao, fen = (int(part or 0) for part in found.groups())
    elif found := IN_CAPITALS.fullmatch(text.removeprefix("人民币").removeprefix(":").translate(CAPITALS)):
        counted = chinese_number(found[1])
        if counted is None:
            return None
        yuan, jiao, fen = counted, chinese_number(found[2] or "零") or 0, chinese_number(found[3] or "零") or 0
    else:
        return None
    return Decimal(yuan) + Decimal(jiao * 10 + fen) / 100


def percentage(cell: Any, context: Context) -> Value:
    """A share as Decimal, 0.95 for 95%: also 95.5％, 百分之九十五, 九成五, and figures of one meaning."""
    if isinstance(cell, PercentCell):
        return (
            _share(_figures(cell.value), cell)
            if math.isfinite(cell.value)
            else failed("bad_share", value=as_text(cell))
        )
    text = plain(as_text(cell)).replace("％", "%")
    if found := SHARE.fullmatch(text):
        return _share(Decimal(found[1]) / 100, cell)
    if text.startswith("百分之") and (number := _spoken(text.removeprefix("百分之"))) is not None:
        return _share(number / 100, cell)
    if found := TENTHS.fullmatch(text):
        more = "5" if found[2] == "半" else str(chinese_number(found[2] or "零"))
        return _share(Decimal(f"{chinese_number(found[1])}.{more}") / 10, cell)
    if not FIGURES.fullmatch(text):
        return failed("bad_share", value=as_text(cell))
    return _bare_share(Decimal(text), cell, "%" in context.heading)


def _bare_share(number: Decimal, cell: Any, heading_says_percent: bool) -> Value:
    """0.95 is a share and 95 a number of percent; what may be either is asked, unless the heading says %."""
    if heading_says_percent and (number >= 1 or number == 0):
        return _share(number / 100, cell)
    if number == 1 or (heading_says_percent and 0 < number < 1):
        shown = f"{number:f}"
        choices = ((f"{number * 100:f}%", f"{number * 100:g}%"), (f"{number:f}%", f"{number:g}%"))
        return Value(None, problem("ambiguous_share", choices=choices, value=shown))
    return _share(number if number < 1 else number / 100, cell)


def _share(share: Decimal, cell: Any) -> Value:
    if not 0 <= share <= 10:
        return failed("bad_share", value=as_text(cell))
    return Value(share.normalize() if share else Decimal(0))


def _spoken(text: str) -> Decimal | None:
    """九十五 → 95, 九十五点五 → 95.5, 95.5 → 95.5."""
    if FIGURES.fullmatch(text):
        return Decimal(text)
    whole, _point, rest = text.partition("点")
    number, more = chinese_number(whole), [chinese_number(mark) for mark in rest]
    if number is None or None in more:
        return None
    return Decimal(f"{number}.{''.join(map(str, more)) or 0}")


def tally(cell: Any, context: Context) -> Value:
    """Votes counted in 正 (正正丅 is 12), or written as a number; a number in brackets must say the same."""
    text = plain(as_text(cell)).removesuffix("票")
    if re.fullmatch(r"\d{1,6}(\.0)?", text):
        return Value(int(text.partition(".")[0]))
    found = re.fullmatch(r"(正*)(.?)(?:[(=](\d{1,6})票?\)?)?", text.replace("\U0001d376", "正"))
    if found is None or not (found[1] or found[2]) or (found[2] and found[2] not in STROKES):
        return failed("bad_tally", value=as_text(cell))
    count = 5 * len(found[1]) + (STROKES[found[2]] if found[2] else 0)
    if found[3] and int(found[3]) != count:
        return failed("tally_differs", value=as_text(cell), read=count)
    return Value(count)
