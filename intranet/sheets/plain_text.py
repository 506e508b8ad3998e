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
# No text of a sheet holds this mark (see BINARY).
END = "\x01end"
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
        # Programs of old end a text with Ctrl-Z.
        text = data.decode(encoding).removesuffix("\x1a")
    except UnicodeDecodeError as error:
        raise Refused("encoding") from error
    if text.lstrip()[:1] == "<" or text.startswith("MIME-Version:"):
        raise Refused("web_page")
    if BINARY.search(text):
        raise Refused("unreadable")
    return text


def separator_of(text: str) -> str:
    """Tab, comma or semicolon: the one that most of the first lines hold; of two alike, the more frequent one."""
    head = text[:20_000].splitlines()[:20]

    def cells(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in head]
        return sum(1 for count in counts if count), sum(sorted(counts, reverse=True)[:5])

    return max("\t,;", key=cells)


def read_cells(data: bytes, bounds: Bounds) -> list[list[str]]:
    """Every record as the spreadsheet program would number it (blank lines count, quoted breaks do not)."""
    text = decode(data)
    # Excel's own line that names the separator; it shows and counts as no row.
    named = re.match(r"sep=([,;\t|])\r?\n", text)
    text = text[named.end() :] if named else text
    csv.field_size_limit(bounds.cell)
    rows: list[list[str]] = []
    # The last line tells whether every quote mark was closed: an open one would swallow all rows after it.
    lines = io.StringIO(f"{text.rstrip(chr(13) + chr(10))}\n{END}", newline="")
    reader = csv.reader(lines, delimiter=named[1] if named else separator_of(text))
    try:
        for record in reader:
            if record and record[-1].endswith(END):
                if record == [END]:
                    break
                raise Refused("open_quote", row=len(rows) + 1)
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
