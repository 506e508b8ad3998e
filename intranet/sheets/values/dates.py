"""Dates as halls write them: with the precision they have, in the calendar they mean."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..headings import plain, visible
from ..issues import problem
from ..workbook import DateCell
from .cells import Context, Value, as_text, failed, precision_of

DAY, MONTH, YEAR = "day", "month", "year"
OPEN_ENDS = frozenset({"长期", "至今", "永久", "现在", "今"})
RELATIVE = frozenset({"今天", "昨天", "明天", "本月", "今年", "去年"})
DIGITS = {mark: str(value) for value, mark in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
# Serials from 1927-05-18 to 2099-12-31: outside it a bare number is not meant as a date.
SERIALS = (10_000, 73_050)
EPOCH = dt.date(1899, 12, 30)
LUNAR_MONTHS = {"正": 1, "一": 1, "冬": 11, "腊": 12, "十": 10, "十一": 11, "十二": 12} | {
    mark: number for number, mark in enumerate("二三四五六七八九", 2)
}
LUNAR = re.compile(
    r"(?:农历|阴历|旧历)?(?:(\d{4})年)?(闰)?(正|[一二三四五六七八九十冬腊]{1,2}|\d{1,2})月"
    r"(初[一二三四五六七八九十]|十[一二三四五六七八九]?|[二三]?十|廿[一二三四五六七八九]?|二十[一二三四五六七八九]|三十|卅|\d{1,2}日?)"
)


# The day of the week or the lunar day that stands behind a solar date: 2026年2月14日(腊月廿七) 星期六.
BESIDE = re.compile(
    r"(\((农历|阴历)?闰?[正一二三四五六七八九十冬腊]{1,2}月[初一二三四五六七八九十廿卅]{1,3}\))?(\(?(星期|周)[一二三四五六日天]\)?)?$"
)


@dataclass(frozen=True)
class DateValue:
    """A solar date; ``day`` is the first of the month or year when the precision is coarser."""

    day: dt.date
    precision: str = DAY


@dataclass(frozen=True)
class LunarText:
    """A lunar date as written; ``year`` None when the cell gives only month and day."""

    year: int | None
    month: int
    day: int
    leap: bool = False


def read_date(cell: Any, context: Context) -> Value:
    """DateValue or LunarText; None for 长期 and the like."""
    lunar = any(mark in context.heading for mark in ("农历", "阴历"))
    if isinstance(cell, DateCell):
        found: Any = _date_cell(cell)
    elif isinstance(cell, float):
        found = _number(cell)
    elif isinstance(cell, str):
        found = _text(unicodedata.normalize("NFKC", cell), context.plain_text, context.today.year)
    else:
        return failed("bad_date", value=as_text(cell))
    if isinstance(found, Value):
        return _as_lunar(found) if lunar else found
    return _as_lunar(Value(found)) if lunar else Value(found)


def _as_lunar(value: Value) -> Value:
    """Under a heading that says 农历, 1985-3-12 is the twelfth of the third lunar month."""
    date = value.value
    if isinstance(date, DateValue) and date.precision == DAY:
        return value._replace(value=LunarText(date.day.year, date.day.month, date.day.day))
    return value


def _date_cell(cell: DateCell) -> DateValue:
    precision = precision_of(cell.form)
    if precision == MONTH:
        return DateValue(cell.day.replace(day=1), MONTH)
    return DateValue(cell.day.replace(month=1, day=1), YEAR) if precision == YEAR else DateValue(cell.day)


def _number(value: float) -> Any:
    """A number in a date column: 19850312, 198503, 1985.03, a serial, a year."""
    if not 0 < value < 10**8:
        return failed("bad_date", value=repr(value))
    if value == int(value):
        return _digits(str(int(value)))
    year, months = divmod(round(value * 100), 100)
    if abs(value * 100 - round(value * 100)) > 1e-6 or not 1900 <= year <= 2100:
        return failed("bad_date", value=repr(value))
    # 1985.1: January, or October whose zero the spreadsheet dropped.
    if months == 10:
        return _january_or_october(f"{value:g}", year)
    # 1985.3 can only be March: there is no thirtieth month whose zero could have been dropped.
    return _built(f"{value:g}", year, months // 10 if months % 10 == 0 else months)


def _january_or_october(text: str, year: int) -> Value:
    """Asked, unless another column of the row says it."""
    choices = tuple((f"{year}-{month:02d}", f"{year}年{month}月") for month in (1, 10))
    return failed("ambiguous_date", value=text, choices=choices)


def _digits(text: str) -> Any:
    if len(text) == 8:
        return _built(text, int(text[:4]), int(text[4:6]), int(text[6:]))
    if len(text) == 6 and 1900 <= int(text[:4]) <= 2100:
        return _built(text, int(text[:4]), int(text[4:]))
    if len(text) == 4 and 1900 <= int(text) <= 2100:
        return DateValue(dt.date(int(text), 1, 1), YEAR)
    if SERIALS[0] <= int(text) <= SERIALS[1] and len(text) == 5:
        return DateValue(EPOCH + dt.timedelta(days=int(text)))
    return failed("bad_date", value=text)


@lru_cache(maxsize=4096)
def _text(text: str, plain_text: bool, this_year: int) -> Any:
    """Every written form; ``text`` is NFKC."""
    bare = plain(visible(text)).removeprefix("'")
    if bare in OPEN_ENDS:
        return Value(None)
    if bare in RELATIVE or len(bare) > 40:
        return failed("bad_date", value=text.strip())
    if (found := LUNAR.fullmatch(_year_digits(bare))) and (lunar := _lunar(found, "历" in bare)):
        return lunar
    if says_lunar := re.match(r"\(?(农历|阴历|旧历)\)?|.*\((农历|阴历)\)$", bare):
        date = _text(re.sub(r"\(?(农历|阴历|旧历)\)?", "", bare), plain_text, this_year)
        return _as_lunar(Value(date)).value if says_lunar and isinstance(date, DateValue) else date
    bare = re.sub(r"^(公历|阳历|新历)", "", _chinese_date(BESIDE.sub("", bare)))
    bare = re.sub(r"(出?生|起|止)$", "", bare)
    if re.fullmatch(r"\d+", bare):
        return _digits(bare) if len(bare) <= 8 else failed("bad_date", value=text.strip())
    if plain_text and (short := re.fullmatch(r"(\d{4})\.1", bare)):
        return _january_or_october(bare, int(short[1]))
    found = re.fullmatch(
        r"(\d{4}|\d{2})[-./年。、,·–—](\d{1,2})(?:[-./月。、,·–—](\d{1,2})[日号。]?|[-./月。]|月份)?(?:T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?",
        bare,
    )
    if found:
        return _parts(text.strip(), found, this_year)
    if only_year := re.fullmatch(r"(\d{4})年", bare):
        return _digits(only_year[1])
    return failed("bad_date", value=text.strip())


def _parts(text: str, found: re.Match[str], this_year: int) -> Any:
    year, month, day = int(found[1]), int(found[2]), int(found[3] or 0)
    short = len(found[1]) == 2
    if short:
        year += 2000 if year <= this_year % 100 else 1900
    read = _built(text, year, month, day)
    if short and isinstance(read, DateValue):
        return Value(read, None, (problem("two_digit_year", value=text, read=read.day.isoformat()),))
    return read


def _built(text: str, year: int, month: int, day: int = 0) -> Any:
    """Day 0 (1985.03.00) is month precision, month 0 year precision."""
    try:
        if not 1900 <= year <= 2100:
            return failed("bad_date", value=text)
        if month == 0 and day == 0:
            return DateValue(dt.date(year, 1, 1), YEAR)
        return DateValue(dt.date(year, month, day or 1), DAY if day else MONTH)
    except ValueError:
        return failed("bad_date", value=text)


def _year_digits(text: str) -> str:
    """一九八五年… → 1985年…; months and days stay as they are."""
    found = re.match(r"(农历|阴历|旧历)?([〇零○一二三四五六七八九]{4})年", text)
    if not found:
        return text
    return text.replace(found[2], "".join(DIGITS[mark] for mark in found[2]), 1)


def _chinese_date(text: str) -> str:
    """一九八五年三月十二日 → 1985年3月12日."""
    if not re.match(r"[〇零○一二三四五六七八九]{4}年", text):
        return text
    text = _year_digits(text)
    return re.sub(r"[一二三四五六七八九十]+(?=[月日])", lambda found: str(_small_number(found[0])), text)


def _small_number(text: str) -> int:
    """十二 → 12, 廿 is not handled here."""
    if "十" not in text:
        return int("".join(DIGITS[mark] for mark in text))
    tens, _ten, ones = text.partition("十")
    return (int(DIGITS[tens]) if tens else 1) * 10 + (int(DIGITS[ones]) if ones else 0)


def _lunar(found: re.Match[str], says_so: bool) -> LunarText | None:
    """None when the text is an ordinary solar date that merely looks alike (1985年3月12日)."""
    year, leap, month, day = found.groups()
    chinese = not month.isdigit() or not re.match(r"\d", day)
    if not says_so and not (leap or re.match(r"[初廿卅]", day) or month in ("正", "冬", "腊")):
        return None
    if not chinese and not says_so:
        return None
    number = int(month) if month.isdigit() else LUNAR_MONTHS.get(month, 0)
    date = int(day.removesuffix("日")) if day[0].isdigit() else _lunar_day(day)
    if not 1 <= number <= 12 or not 1 <= date <= 30:
        return None
    return LunarText(int(year) if year else None, number, date, bool(leap))


def _lunar_day(text: str) -> int:
    """初四 → 4, 廿八 → 28, 三十 → 30."""
    text = text.replace("卅", "三十")
    if text == "初十":
        return 10
    if text.startswith("初"):
        return int(DIGITS[text[1]])
    return _small_number(text.replace("廿", "二十"))
