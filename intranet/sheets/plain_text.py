"""Reading .csv and the tab text that Excel and WPS save: which encoding, which separator, which cells.

Order of guesses: byte order mark, strict UTF-8, GB18030. Never UTF-16 without a mark (short GBK text
"decodes" to Korean-looking rubbish), never a charset guesser.
"""

from __future__ import annotations

import codecs
import csv
import io
import re

from .bounds import ROOM_ABOVE, Bounds, Refused

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
AS_TEXT_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
# What no text file of a sheet holds; a file full of them is a picture or a program.
BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes) -> str:
    """The text of the file; raises Refused when no encoding fits."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(data, "gb18030")
    return _strict(data, "utf-8")


def _strict(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refused("encoding") from error
    if BINARY.search(text):
        raise Refused("unreadable")
    return text


def separator_of(text: str) -> str:
    """Tab, comma or semicolon: the one that parts the first lines into most cells."""
    head = text[:20_000].splitlines()[:20]

    def cells(mark: str) -> int:
        return sum(sorted((line.count(mark) for line in head), reverse=True)[:5])

    return max("\t,;", key=cells)


def read_cells(data: bytes, bounds: Bounds) -> list[list[str]]:
    """Every record as the spreadsheet program would number it (blank lines count, quoted breaks do not)."""
    text = decode(data)
    csv.field_size_limit(bounds.cell)
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    try:
        for record in reader:
            if len(rows) >= bounds.rows + ROOM_ABOVE and any(record):
                raise Refused("too_many_rows", limit=bounds.rows)
            while len(record) > bounds.columns and not record[-1].strip():
                record.pop()
            if len(record) > bounds.columns:
                raise Refused("too_many_columns", limit=bounds.columns)
            rows.append([_cell(value) for value in record])
    except csv.Error as error:
        raise Refused("cell_too_long" if "field larger" in str(error) else "unreadable") from error
    return rows


def _cell(value: str) -> str:
    """``="138…"`` is how people keep Excel from making a number of a phone."""
    match = AS_TEXT_FORMULA.fullmatch(value.strip()) if value[:2] == '="' or value.lstrip()[:2] == '="' else None
    return match.group(1).replace('""', '"') if match else value
