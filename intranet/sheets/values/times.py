"""Times of day as halls write them."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

from ..headings import plain
from ..issues import problem
from ..workbook import DateCell
from .cells import Context, Value, as_text, failed
from .numerals import chinese_number

AFTERNOON = ("下午", "傍晚", "晚上", "夜间", "PM")
PARTS_OF_DAY = re.compile(r"^(上午|早上|早晨|凌晨|中午|下午|傍晚|晚上|夜间|AM|PM)|(AM|PM)$")
# 8:30, 8.30, 8:30:00, 8点, 8时30分, 8点半, 8点3刻; the mark between hour and minute decides nothing.
WRITTEN = re.compile(
    r"(\d{1,2}|[一二三四五六七八九十两]{1,3})(?:[:.]|点钟?|时)(?:(\d{1,2}|[零一二三四五六七八九十]{1,3})(分?)|(半)|([一三13])刻)?(?::(\d{2})(?:\.\d+)?)?"
)
DIGITS = re.compile(r"(\d{1,2})(\d{2})")


def time_of_day(cell: Any, context: Context) -> Value:
    """A ``datetime.time`` to the minute: 8:30, 8：30, 8点半, 下午2时, 0830, a spreadsheet's fraction of a day."""
    if isinstance(cell, DateCell):
        # A time the spreadsheet kept with the day it was typed on.
        return Value(cell.time.replace(second=0)) if cell.time else failed("bad_time", value=as_text(cell))
    if isinstance(cell, float):
        return _number(cell)
    text = plain(as_text(cell))
    part = PARTS_OF_DAY.search(text)
    bare = PARTS_OF_DAY.sub("", text)
    if found := WRITTEN.fullmatch(bare):
        hour, minute = chinese_number(found[1]), _minute(found)
    elif found := DIGITS.fullmatch(bare):
        hour, minute = int(found[1]), int(found[2])
    elif re.fullmatch(r"\d{1,2}", bare):
        hour, minute = int(bare), 0
    else:
        return failed("bad_time", value=as_text(cell))
    return _built(hour, minute, part.group() if part else "", cell)


def _minute(found: re.Match[str]) -> int | None:
    _hour, minute, _word, half, quarters, _seconds = found.groups()
    if half:
        return 30
    if quarters:
        return 15 * (chinese_number(quarters) or 0)
    return chinese_number(minute) if minute else 0


def _built(hour: int | None, minute: int | None, part: str, cell: Any) -> Value:
    if hour is None or minute is None:
        return failed("bad_time", value=as_text(cell))
    if (part in AFTERNOON and hour < 12) or (part == "中午" and hour in (1, 2)):
        hour += 12
    if part in ("AM", "凌晨") and hour == 12:
        hour = 0
    if not (hour < 24 and minute < 60):
        return failed("bad_time", value=as_text(cell))
    return Value(dt.time(hour, minute))


def _number(value: float) -> Value:
    """A fraction of a day; 830 and 8 as typed; 8.3 may be 8:30 whose zero was lost, or 8:03."""
    if not math.isfinite(value) or not 0 <= value < 2400:
        return failed("bad_time", value=as_text(value))
    if value < 1:
        minutes = round(value * 24 * 60)
        return (
            Value(dt.time(minutes // 60, minutes % 60))
            if minutes < 24 * 60
            else failed("bad_time", value=repr(value))
        )
    hour, minute = int(value), round((value - int(value)) * 100)
    if value == hour:
        return _built(hour // 100, hour % 100, "", value) if hour >= 100 else _built(hour, 0, "", value)
    if abs(value * 100 - round(value * 100)) > 1e-6:
        return failed("bad_time", value=repr(value))
    if minute % 10 == 0 and minute < 60 and hour < 24:
        readings = (f"{hour}:{minute:02d}", f"{hour}:{minute // 10:02d}")
        return Value(
            None, problem("ambiguous_time", value=f"{value:g}", choices=tuple((text, text) for text in readings))
        )
    return _built(hour, minute, "", value)
