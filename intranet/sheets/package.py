"""Looking into an .xlsx package before anything unpacks it: sizes, ratio, members, and what cells say of themselves.

Runs in the reader's child process. The scan of a sheet's XML is a scan for a few tags, not a parser:
it only finds bounds and hints (number formats, hidden rows), so nothing hostile can grow inside it.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape

from intranet.access import archives
from intranet.access.archives import BadArchive

from .bounds import ROOM_ABOVE, Bounds, Refused
from .number_formats import formats_of
from .xml_tags import TAG, attribute

# A cell: where it stands, when it says so first; its attributes (a last "/" closes it at once);
# and what comes first inside: "f" a formula, "/" nothing.
CELL = re.compile(rb'<(?:c|\w++:c)\b(?:\s++r="([A-Z]{1,3})(\d{1,7})")?+([^<>]*+)>(?:\s*+<(?:\w++:)?+(f\b|/))?+')
# The end of a cell, or the next one where the end is missing.
CELL_END = re.compile(rb"</?(?:\w+:)?c\b")
FORMULA = re.compile(rb"<(?:\w+:)?f\b[^<>]*>([^<]*)</")
CACHED = re.compile(rb"<(?:\w+:)?(?:v|is)\b[^<>]*>([^<]*)<")
JUST_TEXT = re.compile(r'"((?:[^"]|"")*)"')
REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
STYLE = re.compile(rb'\bs="(\d{1,6})"')
ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
COLUMN = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
WORKBOOK = "xl/workbook.xml"
DIMENSION = re.compile(rb'<(?:\w+:)?dimension\b[^<>]*\bref="[A-Z]{1,3}\d{1,7}:([A-Z]{1,3})(\d{1,7})"')
# A sheet may claim more cells than it holds (old generators do); a hundred times what may be read is no slip.
CLAIMED = 100
# More than any spreadsheet program keeps, or any hall has: the readers hold them all in memory.
MOST_TAGS = {b"xf ": 140_000, b"mergeCell ": 100_000, b"definedName ": 20_000, b"numFmt ": 10_000}


@dataclass
class SheetScan:
    """What one sheet's XML says: last value cell, hidden rows and columns (1-based), formats by cell."""

    last_row: int = 0
    last_column: int = 0
    uncalculated: bool = False
    # Cells that show an error or a formula that was never calculated, and what they show.
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    # ="138…" that was never calculated: nothing needs to be.
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)


@lru_cache(maxsize=1024)
def column_number(letters: bytes | str) -> int:
    """ "A" → 1, "XFD" → 16384."""
    text = letters.decode() if isinstance(letters, bytes) else letters
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number


def check_package(data: bytes, bounds: Bounds) -> dict[str, SheetScan]:
    """Scans of every sheet by name; raises Refused for what must not be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = _checked_members(package, bounds)
            return _scan_sheets(members, bounds)
    except BadArchive as error:
        if error.code == "too_large":
            raise Refused("unpacks_too_large", limit=bounds.unpacked // 1024 // 1024) from error
        raise Refused(error.code) from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
    ) as error:
        raise Refused("unreadable") from error


def _checked_members(package: zipfile.ZipFile, bounds: Bounds) -> dict[str, bytes]:
    """The XML members' bytes by name in small letters, after the directory was judged."""
    infos = archives.judged(
        package, archives.Limits(bounds.unpacked, bounds.members, bounds.ratio, bounds.ratio_from)
    )
    for name in infos:
        if name.endswith("vbaproject.bin") or name.startswith(("xl/macrosheets/", "xl/activex/")):
            raise Refused("macros")
        if name.startswith("xl/externallinks/"):
            raise Refused("external_links")
    if WORKBOOK not in infos:
        raise Refused("other_format" if "content.xml" in infos or "xl/workbook.bin" in infos else "unreadable")
    kept = {}
    for name, info in infos.items():
        if name.endswith((".xml", ".rels")):
            content = archives.inflated(package, info)
            _check_xml(name, content)
            kept[name] = content
    for tag, most in MOST_TAGS.items():
        if sum(content.count(tag) for content in kept.values()) > most:
            raise Refused("bomb")
    return kept


def _check_xml(name: str, content: bytes) -> None:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:200]:
        raise Refused("unreadable")
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refused("entities")
    if name.endswith(".rels"):
        for attributes in re.findall(TAG % b"Relationship", content):
            kind = attribute(attributes, b"Type")
            if attribute(attributes, b"TargetMode") == "External" and not kind.endswith("/hyperlink"):
                raise Refused("external_links")


def _scan_sheets(members: dict[str, bytes], bounds: Bounds) -> dict[str, SheetScan]:
    targets = {}
    for attributes in re.findall(TAG % b"Relationship", members.get("xl/_rels/workbook.xml.rels", b"")):
        path = attribute(attributes, b"Target").replace("\\", "/").lower()
        path = path.lstrip("/") if path.startswith("/") else posixpath.normpath(f"xl/{path}")
        targets[attribute(attributes, b"Id")] = path
    sheets = re.findall(TAG % b"sheet", members[WORKBOOK])
    if len(sheets) > bounds.sheets:
        raise Refused("too_many_sheets", limit=bounds.sheets)
    formats = formats_of(members.get("xl/styles.xml", b""))
    scans = {}
    for attributes in sheets:
        # Each sheet is taken out: one that was not looked at, or was looked at already, is not opened.
        content = members.pop(targets.get(attribute(attributes, b"id"), ""), None)
        if content is None:
            raise Refused("unreadable")
        _check_claim(content, bounds)
        scans[attribute(attributes, b"name")] = scan_sheet(content, formats, bounds)
    return scans


def _check_claim(content: bytes, bounds: Bounds) -> None:
    """Refuse a sheet that says it is so large that a reader which believes it would make room without end."""
    begin = content.find(b"<sheetData")
    for claim in DIMENSION.finditer(content, 0, begin if begin >= 0 else len(content)):
        if column_number(claim[1]) * int(claim[2]) > CLAIMED * bounds.rows * bounds.columns:
            raise Refused("bomb")


def scan_sheet(content: bytes, formats: dict[int, str], bounds: Bounds) -> SheetScan:
    """Bounds and hints of one sheet. Stops early when a value stands further out than may be."""
    scan = SheetScan()
    row = column = 0
    far = bounds.rows + ROOM_ABOVE
    for match in CELL.finditer(content):
        letters, digits, attributes, inside = match.groups()
        if letters is None and (reference := REFERENCE.search(attributes)):
            letters, digits = reference.groups()
        if letters is None:
            column += 1
        else:
            row, column = int(digits), column_number(letters)
        if inside == b"/" or attributes.endswith(b"/"):
            continue
        if row > scan.last_row:
            scan.last_row = row
        if column > scan.last_column:
            scan.last_column = column
        if row > far or column > bounds.columns:
            return scan
        if inside or b't="e"' in attributes:
            _scan_broken(content, match, scan, (row, column))
        if formats and (style := STYLE.search(attributes)) and (code := formats.get(int(style.group(1)))):
            scan.formats[row, column] = code
    _scan_hidden(content, scan, bounds)
    return scan


def _scan_broken(content: bytes, match: re.Match[bytes], scan: SheetScan, place: tuple[int, int]) -> None:
    """The readers give a blank for these; who sent the sheet sees #N/A, or will see a value once it is opened."""
    end = CELL_END.search(content, match.end())
    inside = content[match.end(3) + 1 : end.start() if end else match.end()]
    cached = CACHED.search(inside)
    if b't="e"' in match[3]:
        scan.broken[place] = unescape(cached[1].decode("utf-8", "replace"))[:60] if cached else "#"
        return
    # A blank value is what some programs write for "not yet"; the blank that a formula gives is a text.
    if cached and (cached[1] or b't="str"' in match[3]):
        return
    formula = FORMULA.search(inside)
    text = unescape(formula[1].decode("utf-8", "replace")) if formula else ""
    if just_text := JUST_TEXT.fullmatch(text.strip()):
        scan.texts[place] = just_text[1].replace('""', '"')
    else:
        scan.uncalculated = True
        scan.broken[place] = f"={text}"[:60]


def _scan_hidden(content: bytes, scan: SheetScan, bounds: Bounds) -> None:
    if b"hidden=" not in content:
        return
    hidden = re.compile(rb'\bhidden="(1|true)"')
    for attributes in filter(hidden.search, ROW.findall(content)):
        number = attribute(attributes, b"r")
        if number.isascii() and number.isdigit() and len(number) < 8:
            scan.hidden_rows.append(int(number))
    for attributes in filter(hidden.search, COLUMN.findall(content)):
        first, last = attribute(attributes, b"min"), attribute(attributes, b"max")
        if first.isascii() and first.isdigit() and last.isascii() and last.isdigit():
            scan.hidden_columns.extend(range(int(first[:6]), min(int(last[:6]), bounds.columns) + 1))
        if len(scan.hidden_columns) > bounds.columns:
            raise Refused("bomb")
