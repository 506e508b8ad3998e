"""Numbers that are names (staff numbers, phones, windows, identity numbers) and numbers that count."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from ..headings import plain, visible
from ..workbook import PaddedNumber
from .cells import EXACT, Context, Value, as_text, clean_text, failed
from .masks import MASKED, MaskedNumber, masked_number

DAMAGED = re.compile(r"\d(\.\d+)?E\+\d+", re.I)
MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(0\d{2,3})?[1-9]\d{6,7}(转\d{1,6})?|(0\d{2,3})?[1-9]\d{6,7}-\d{1,6}|[1-9]\d{2,5}|[48]00\d{7}")
BETWEEN_PHONES = re.compile(r"[/、;,,\n|]|或|和|\s{2,}|(?<=\d{11})\s(?=1[3-9]\d{9})")
# 13800001234(微信同号): what stands in brackets is no number; (0475)8212345 is.
WORDS_IN_BRACKETS = re.compile(r"\([^()\d]*\)")
BEFORE_PHONE = re.compile(
    r"^\s*(手机|移动|联系|办公|本人)?(电话|号码)?(座机|宅电|内线|分机|短号|小号|TEL)?\s*:?\s*(?=[\d+(])", re.I
)
WINDOW_WORDS = re.compile(r"(综合|服务|办事)?(窗口|号窗口|号窗|号台|号|窗|台|#)")
NOTE_AFTER_NUMBER = re.compile(r"^([A-Za-z]{0,2}\d{1,4}\s*(?:号窗口|号窗|号|窗口|窗)?)\s*\([^()]*\)$")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"


def _as_written(cell: Any) -> str:
    return unicodedata.normalize("NFKC", visible(as_text(cell))).strip().strip("'‘’`").strip()


def _number_lost(cell: Any) -> bool:
    """A number too large for a spreadsheet to keep exactly, not whole, or not finite."""
    value = cell.value if isinstance(cell, PaddedNumber) else cell
    return isinstance(value, float) and not (abs(value) < EXACT and value == int(value))


def staff_number(cell: Any, context: Context) -> Value:
    """A staff number as text: leading zeros stay, 12.0 is "12", spaces inside go."""
    if _number_lost(cell):
        return failed("number_as_float", value=as_text(cell))
    written = "".join(_as_written(cell).split())
    if DAMAGED.fullmatch(written):
        return failed("number_damaged", value=written)
    if re.fullmatch(r"\d{1,15}\.0+", written):
        written = written.partition(".")[0]
    if not re.fullmatch(r"[0-9A-Za-z一-鿿_./-]{1,20}", written):
        return failed("bad_number", value=as_text(cell))
    return Value(written)


def phones(cell: Any, context: Context) -> Value:
    """Telephone numbers of one cell, in order, digits only (landlines keep 转 and area code): a list of texts."""
    if _number_lost(cell):
        return failed("number_as_float", value=as_text(cell))
    written = WORDS_IN_BRACKETS.sub("", re.sub(r"\.0$", "", _as_written(cell)))
    found: list[str] = []
    for part in BETWEEN_PHONES.split(written):
        if not part.strip():
            continue
        if DAMAGED.fullmatch(part.strip()):
            return failed("number_damaged", value=part.strip())
        part = BEFORE_PHONE.sub("", part)
        digits = re.sub(r"[\s()]", "", re.sub(r"^\s*((\+|00)86|86(?=[\s-]*1[3-9]))", "", part))
        joined = re.sub(r"[-–—]", "", digits)
        if MOBILE.fullmatch(joined):
            found.append(joined)
        elif LANDLINE.fullmatch(joined) or LANDLINE.fullmatch(digits):
            found.append(digits)
        else:
            return failed("bad_phone", value=as_text(cell))
    return Value(found) if found else failed("bad_phone", value=as_text(cell))


def office_phone(cell: Any, context: Context) -> Value:
    """Telephone numbers as one text; what is none ("0475-8101转2", "见通讯录") stays as it was written.

    Nothing is dialled from it, so nothing is refused but a number the spreadsheet has spoilt.
    """
    read = phones(cell, context)
    if read.problem is None:
        return Value("、".join(read.value))
    if read.problem.code != "bad_phone":
        return read
    return Value(clean_text(cell)[0])


def bare_window(text: str) -> str:
    """Number or name of a window without 第, 号, 窗口; as it is when nothing else stands there (综合窗口)."""
    whole = plain(text)
    return WINDOW_WORDS.sub("", whole.replace("第", "")).strip() or whole


def windows(cell: Any, context: Context) -> Value:
    """Window numbers of one cell: "12、13号" → ["12", "13"], "12-14号" → three, "A01窗口" → ["A01"].

    What stands in brackets after a number is a note: "12(税务)" is window 12.
    """
    if _number_lost(cell):
        return failed("bad_number", value=as_text(cell))
    found: list[str] = []
    for part in re.split(r"[、,,;/\n]|和|及", NOTE_AFTER_NUMBER.sub(r"\1", _as_written(cell))):
        bare = bare_window(part)
        span = re.fullmatch(r"(\d{1,3})[-–~至到](\d{1,3})", bare)
        if span and int(span[1]) < int(span[2]) <= int(span[1]) + 50:
            found += [str(number) for number in range(int(span[1]), int(span[2]) + 1)]
        elif bare:
            found.append(bare if len(bare) <= 60 else bare[:60])
    return Value(found) if found else failed("bad_value", value=as_text(cell), reason="")


def whole_number(cell: Any, context: Context) -> Value:
    """A count from 0 to 999,999,999."""
    written = re.sub(r"\.0+$", "", _as_written(cell).replace(",", ""))
    return Value(int(written)) if re.fullmatch(r"\d{1,9}", written) else failed("bad_number", value=as_text(cell))


def identity_number(cell: Any, context: Context) -> Value:
    """An 18-character identity number, or a MaskedNumber as exports write it. No sentence repeats the number.

    One stored as a number is refused, never repaired: its end is invented.
    """
    if isinstance(cell, float | int | PaddedNumber) and not isinstance(cell, bool):
        return failed("number_as_float", value=masked_number(as_text(cell)))
    written = "".join(_as_written(cell).split()).upper()
    if MASKED.fullmatch(written):
        return Value(MaskedNumber(written))
    if DAMAGED.fullmatch(written):
        return failed("number_damaged", value=masked_number(written))
    if re.fullmatch(r"[1-9]\d{14}", written):
        return failed("old_id", value=masked_number(written))
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", written) or not _check_digit_holds(written):
        return failed("bad_id", value=masked_number(written))
    return Value(written)


def with_check_digit(number: str) -> str:
    """Seventeen digits and the character that follows from them (GB 11643)."""
    return number + CHECK[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=True)) % 11]


def _check_digit_holds(number: str) -> bool:
    """GB 11643: the last character follows from the seventeen before it."""
    return with_check_digit(number[:17]) == number
