"""Ways to damage a good file: bytes, members of a package, the XML inside, lines of text.

Each takes a ``random.Random`` and the good file's bytes. ``in_one_cell`` says which row it touched: all others must
come out as before.
"""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile

SHEET = "xl/worksheets/sheet1.xml"
CELL = re.compile(rb'<c r="([A-Z]+)(\d+)"[^>]*?(?:/>|>.*?</c>)')
TAG = re.compile(rb"<[^<>]+>")
STRANGE_VALUES = (
    b"NaN",
    b"INF",
    b"1e1000000",
    b"-1",
    b"99999999",
    b"2958466",
    b"1e308",
    b"0.1",
    b"",
    b"\xc3\x28",
    b"\xe4\xbd\xa0",
)
STRANGE_TEXTS = (
    "=1+1",
    "1e1000000",
    "9" * 50,
    "同上",
    "合计",
    "1985.1",
    "\ufeff",
    "－",
    "\u202e",
    "＃N/A",
    "𬱖",
    "'",
    "-",
    "NaN",
)
PIECES = (
    b"<",
    b">",
    b"&a;",
    b"&#0;",
    b"]]>",
    b"<![CDATA[x",
    b"<!-- ",
    b"\xff\xfe",
    b"\x00",
    b'r="ZZZ99999999"',
    b'r="A0"',
    b's="999999"',
)
PIECES += (
    b't="zz"',
    b"<c/>",
    b"<row>",
    b'<dimension ref="A1:XFD1048576"/>',
    b'<mergeCell ref="A1:"/>',
    b'<mergeCell ref="B9:A1"/>',
)
PIECES += (
    b'<mergeCell ref="A1:XFD1048576"/>',
    b'<!DOCTYPE x [<!ENTITY a "b">]>',
    b"<v>1e1000000</v>",
    b"<is><t>x</t></is>",
    b"<f>1/0</f>",
)


def in_bytes(draw: random.Random, good: bytes) -> bytes:
    data = bytearray(good)
    start, length = draw.randrange(len(data)), draw.randint(1, 2000)
    way = draw.randrange(5)
    if way == 0:
        for _ in range(draw.randint(1, 30)):
            data[draw.randrange(len(data))] = draw.randrange(256)
    elif way == 1:
        del data[start:]
    elif way == 2:
        del data[start : start + length]
    elif way == 3:
        data[start:start] = data[start : start + length]
    else:
        data[start:start] = draw.randbytes(draw.randint(1, 200))
    return bytes(data)


def members_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as package:
        for name, content in members:
            package.writestr(name, content)
    return held.getvalue()


def in_package(draw: random.Random, good: bytes) -> bytes:
    """Members missing, twice, renamed, stored otherwise, too good to be true; entries that lie; bytes around it."""
    members = list(members_of(good).items())
    at = draw.randrange(len(members))
    name, content = members[at]
    way = draw.randrange(9)
    if way == 0:
        del members[at]
    elif way == 1:
        members.append((name, draw.choice((content, b"<x/>", b""))))
    elif way == 2:
        members[at] = (
            draw.choice((name.upper(), f"../{name}", name.replace("/", "\\"), f"{name}x", "content.xml")),
            content,
        )
    elif way == 3:
        members.append(
            (
                draw.choice(("xl/vbaProject.bin", "xl/media/a.png", "xl/x.bin", "a.xlsx", SHEET + "/x")),
                draw.randbytes(500),
            )
        )
    elif way == 4:
        members.append(("xl/media/zeros.bin", bytes(draw.choice((10**6, 6 * 10**6, 30 * 10**6)))))
    elif way == 5:
        return packed(members, draw.choice((zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)))
    elif way == 6:
        return packed(members) + draw.randbytes(draw.randint(1, 5000))
    elif way == 7:
        return draw.randbytes(draw.randint(1, 500)) + packed(members)
    else:
        return _with_lying_entry(draw, packed(members))
    return packed(members)


def _with_lying_entry(draw: random.Random, data: bytes) -> bytes:
    """One field of one entry in the directory changed: method, flags, checksum, sizes (also the mark of zip64)."""
    changed = bytearray(data)
    entries = [found.start() for found in re.finditer(rb"PK\x01\x02", data)]
    offset, size = draw.choice(((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (42, 4)))
    value = draw.choice((0, 1, 8, 99, 2**31 - 1, 2**32 - 1, draw.randrange(5000))) % 2 ** (8 * size)
    place = draw.choice(entries) + offset
    changed[place : place + size] = struct.pack("<H" if size == 2 else "<I", value)
    return bytes(changed)


def in_xml(draw: random.Random, good: bytes) -> bytes:
    members = members_of(good)
    name = draw.choice([name for name in members if name.endswith((".xml", ".rels"))] + [SHEET] * 8)
    members[name] = _changed_xml(draw, members[name])
    return packed(list(members.items()))


def _changed_xml(draw: random.Random, content: bytes) -> bytes:
    tags = list(TAG.finditer(content))
    tag = draw.choice(tags)
    way = draw.randrange(7)
    if way == 0:
        return content[: tag.start()] + content[tag.end() :]
    if way == 1:
        return content[: tag.end()] + tag.group() * draw.choice((1, 2, 3000)) + content[tag.end() :]
    if way == 2:
        return content[: tag.end()] + b"<a>" * 5000 + b"</a>" * draw.choice((5000, 0)) + content[tag.end() :]
    if way == 3:
        return (
            content[: tag.end() - 1] + b' x="' + b"y" * draw.choice((10, 100_000)) + b'"' + content[tag.end() - 1 :]
        )
    if way == 4:
        return re.sub(rb'"\d+"', lambda found: draw.choice((found[0], b'"4294967296"', b'"-1"')), content)
    start = draw.randrange(len(content))
    return content[:start] + draw.choice(PIECES) + content[start + draw.choice((0, 0, 5, 40)) :]


def in_one_cell(draw: random.Random, good: bytes) -> tuple[bytes, int]:
    """Another value in one cell of one row; never in the columns that tell people apart."""
    members = members_of(good)
    cells = [found for found in CELL.finditer(members[SHEET]) if found[1] not in (b"B", b"C") and int(found[2]) > 2]
    cell = draw.choice(cells)
    value = draw.choice(STRANGE_VALUES)
    kind = draw.choice((b"", b' t="s"', b' t="str"', b' t="e"', b' t="b"', b' t="d"', b' t="zz"', b' t="inlineStr"'))
    style = draw.choice((b"", b' s="0"', b' s="99999"'))
    formula = draw.choice((b"", b"", b"<f>1/0</f>", b"<f></f>"))
    new = b'<c r="%s%s"%s%s>%s<v>%s</v></c>' % (cell[1], cell[2], style, kind, formula, value)
    content = members[SHEET]
    members[SHEET] = content[: cell.start()] + new + content[cell.end() :]
    return packed(list(members.items())), int(cell[2])


def in_text(draw: random.Random, text: str) -> bytes:
    """Quotes, separators, marks and encodings where nobody expects them."""
    at = draw.randrange(len(text))
    piece = draw.choice(
        ('"', "'", ",", "\t", ";", "\r", "\n", "\r\n\r\n", "\x00", "\x1a", "\ufeff", '""', '","', *STRANGE_TEXTS)
    )
    changed = text[:at] + piece * draw.choice((1, 1, 3, 200)) + text[at + draw.choice((0, 0, 1, 20)) :]
    encoding = draw.choice(("utf-8", "gb18030", "utf-16", "utf-16-le", "utf-8-sig", "utf-32", "big5", "shift_jis"))
    data = changed.encode(encoding, "replace")
    return data if draw.random() < 0.7 else data[: draw.randrange(1, len(data))]


def in_one_text_cell(draw: random.Random, text: str) -> tuple[bytes, int]:
    lines = text.split("\n")
    at = draw.randrange(2, len(lines))
    cells = lines[at].split(",")
    column = draw.choice([column for column in range(len(cells)) if column not in (1, 2)])
    cells[column] = draw.choice(STRANGE_TEXTS)
    lines[at] = ",".join(cells)
    return "\n".join(lines).encode(draw.choice(("utf-8", "gb18030", "utf-16"))), at + 1
