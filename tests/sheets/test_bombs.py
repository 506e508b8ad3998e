"""Files built to hurt: each is refused, or read without harm, in less than two seconds of processor time."""

from __future__ import annotations

import io
import random
import resource
import struct
import time
import zipfile
import zlib
from dataclasses import replace

import pytest
import xlwt

from intranet.access import archives
from intranet.sheets import package, reader
from intranet.sheets.bounds import Bounds, Refused
from intranet.sheets.issues import FILE_SENTENCES
from intranet.sheets.services import check

from .books import person, register, repacked

pytestmark = pytest.mark.django_db
SECONDS = 2.0
SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
BOMBS = {}


def bomb(*codes):
    """``codes``: how it may be refused; "read" when it may be read without harm."""

    def named(make):
        BOMBS[make.__name__] = (make, set(codes))
        return make

    return named


def sheet(cells, before="", after=""):
    return f"<worksheet {MAIN}>{before}<sheetData>{cells}</sheetData>{after}</worksheet>".encode()


def numbers(pattern, count):
    """Text that packs less than a hundred times, so that the ratio alone does not give it away."""
    draw = random.Random(1)
    return "".join(pattern.format(draw.randrange(10**9), at) for at in range(count))


def cells_of(good):
    with zipfile.ZipFile(io.BytesIO(good)) as package:
        return package.read(SHEET)


@bomb("too_many_rows")
def far_row(good):
    return {
        SHEET: sheet('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>')
    }


@bomb("too_many_columns")
def far_column(good):
    return {SHEET: sheet('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>')}


@bomb("bomb")
def ratio(good):
    return {"xl/media/zeros.bin": bytes(45 * 1024 * 1024)}


@bomb("unpacks_too_large")
def many_large_members(good):
    noise = random.Random(1).randbytes(20_000) * 200
    return {f"xl/media/{number}.bin": noise for number in range(14)}


@bomb("entities")
def entities(good):
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    return {SHEET: head.encode() + sheet('<row r="1"><c t="inlineStr"><is><t>&l9;</t></is></c></row>')}


@bomb("cell_too_long", "bomb")
def huge_shared_string(good):
    text = numbers("{}", 900_000)
    shared = f"<sst {MAIN}><si><t>{text}</t></si></sst>".encode()
    return {SHEET: sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), "xl/sharedStrings.xml": shared}


@bomb("unpacks_too_large", "bomb")
def one_long_text_everywhere(good):
    row = "".join(f'<c r="{letter}{{0}}" t="s"><v>0</v></c>' for letter in "ABCDEFGHIJ")
    rows = "".join(f'<row r="{n}">{row.format(n)}</row>' for n in range(1, 601))
    return {SHEET: sheet(rows), "xl/sharedStrings.xml": f"<sst {MAIN}><si><t>{'字' * 32_000}</t></si></sst>".encode()}


@bomb("bomb")
def lying_dimension(good):
    return {SHEET: cells_of(good).replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>', 1)}


@bomb("read")
def number_beyond_numbers(good):
    more = b'<row r="9"><c r="B9"><v>1e1000000</v></c><c r="C9"><v>-1e1000000</v></c></row></sheetData>'
    return {SHEET: cells_of(good).replace(b"</sheetData>", more)}


@bomb("read")
def package_in_package(good):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as inner:
        inner.writestr("a.zip", bytes(3_000_000))
    return {"xl/embeddings/a.zip": held.getvalue(), "xl/b.xlsx": good}


@bomb("bomb")
def million_styles(good):
    styles = numbers('<xf numFmtId="{}"/>', 800_000)
    return {"xl/styles.xml": f"<styleSheet {MAIN}><cellXfs>{styles}</cellXfs></styleSheet>".encode()}


@bomb("bomb")
def million_merges(good):
    merges = numbers('<mergeCell ref="A{1}:B{1}"/>', 10**6)
    return {SHEET: cells_of(good).replace(b"</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>".encode())}


@bomb("bomb")
def overlapping_merges(good):
    merges = '<mergeCell ref="A1:XFD1048576"/>' * 50_000
    return {SHEET: cells_of(good).replace(b"</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>".encode())}


@bomb("bomb")
def defined_names(good):
    with zipfile.ZipFile(io.BytesIO(good)) as package:
        book = package.read("xl/workbook.xml")
    names = numbers('<definedName name="n{1}">Sheet!$A${0}</definedName>', 500_000).encode()
    return {
        "xl/workbook.xml": book.replace(b"</workbook>", b"<definedNames>" + names + b"</definedNames></workbook>")
    }


@bomb("read", "bomb")
def drawings(good):
    shape = numbers('<v:shape id="s{}" style="x{}"/>', 150_000)
    return {
        "xl/drawings/vmlDrawing1.vml": f"<xml>{shape}</xml>".encode(),
        "xl/drawings/drawing1.xml": f"<x>{shape}</x>".encode(),
    }


@bomb("unreadable", "bomb", "empty")
def nested_without_end(good):
    return {SHEET: sheet("<row>" * 500_000)}


@bomb("unreadable", "bomb", "no_headings", "empty", "too_many_columns")
def errors_without_end(good):
    return {SHEET: sheet('<row r="1">' + '<c r="A1" t="e"><v>' * 400_000)}


@bomb("unreadable", "bomb", "no_headings")
def styles_without_end(good):
    return {"xl/styles.xml": f"<styleSheet {MAIN}>{'<cellXfs>' * 300_000}".encode(), SHEET: sheet("")}


@bomb("bomb")
def hidden_columns(good):
    columns = "".join('<col min="1" max="60" hidden="1"/>' for _number in range(100_000))
    return {SHEET: sheet("", f"<cols>{columns}</cols>")}


@bomb("too_many_sheets")
def one_sheet_named_often(good):
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 5000))
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return {
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{relations}"><sheets>{sheets}</sheets></workbook>'.encode()
    }


def as_package(members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return held.getvalue()


@bomb("other_format")
def xlsb_named_xlsx(good):
    return as_package({"[Content_Types].xml": "<x/>", "xl/workbook.bin": bytes(500)})


@bomb("other_format")
def ods_named_xlsx(good):
    return as_package({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"})


@bomb("bomb")
def more_than_its_entry_says(good):
    """The directory promises a hundred bytes; the stream goes on for forty megabytes."""
    data = bytearray(as_package({"xl/workbook.xml": b" " * 40_000_000}))
    place = data.index(b"PK\x01\x02")
    data[place + 16 : place + 20] = struct.pack("<I", zlib.crc32(b" " * 100))
    data[place + 24 : place + 28] = struct.pack("<I", 100)
    return bytes(data)


@bomb("password")
def encrypted(good):
    """As Excel writes a package with a password: an OLE file whose directory names the encrypted stream."""
    entry = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + bytes(64)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + entry


@bomb("too_many_rows")
def far_cell_of_an_old_workbook(good):
    book = xlwt.Workbook()
    page = book.add_sheet("x")
    page.write(0, 0, 1)
    page.write(65_535, 255, 1)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


@bomb("too_many_columns", "cell_too_long")
def million_columns_of_text(good):
    return b"\xe5\xa7\x93\xe5\x90\x8d" + b",x" * 10**6


@bomb("cell_too_long")
def one_cell_of_five_megabytes(good):
    return b"a,b\n" + b"x" * (5 * 1024 * 1024 - 10)


@bomb("open_quote", "cell_too_long")
def one_quote_before_five_megabytes(good):
    return b'a,b\n"' + b"x,y\n" * 1_300_000


@bomb("too_many_rows")
def million_lines_of_text(good):
    return b"a,b\n" * 1_250_000


def processor_time():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_built_to_hurt_costs_little(hall, tmp_path, name):
    make, codes = BOMBS[name]
    good, path = register(tmp_path / "good.xlsx", person()), tmp_path / "bomb.xlsx"
    content = make(good.read_bytes())
    if isinstance(content, dict):
        repacked(good, path, content)
    else:
        path.write_bytes(content)
    began = processor_time()
    report = check(kind="staff_register", path=path, by=None)
    spent = processor_time() - began
    said = {issue.code for issue in report.errors}
    print(f"{name}: {spent:.2f} s of processor time, {path.stat().st_size:,} bytes, {report.outcome} {sorted(said)}")
    assert (said <= codes & FILE_SENTENCES.keys() and report.outcome == "refused") or (
        "read" in codes and report.outcome != "refused"
    )
    assert spent < SECONDS


@pytest.mark.control
def test_without_looking_at_the_stream_an_entry_may_lie(monkeypatch):
    """What the guard knows is what the archive's own reader does not ask: whether the stream ends where it should."""
    lying, said = more_than_its_entry_says(b""), {}
    for guard in ("on", "off"):
        if guard == "off":
            monkeypatch.setattr(archives, "inflated", lambda archive, info: archive.read(info))
        try:
            reader.read(lying, Bounds())
        except Refused as refusal:
            said[guard] = refusal.code
    assert said["on"] == "bomb"
    assert said.get("off") != "bomb"


@pytest.mark.control
@pytest.mark.parametrize("name", ["million_styles", "million_merges", "defined_names", "lying_dimension"])
def test_without_its_guard_the_package_would_be_opened(tmp_path, monkeypatch, name):
    path, said = tmp_path / "bomb.xlsx", {}
    repacked(register(tmp_path / "good.xlsx", person()), path, BOMBS[name][0]((tmp_path / "good.xlsx").read_bytes()))
    for guard in ("on", "off"):
        if guard == "off":
            monkeypatch.setattr(package, "MOST_TAGS", {})
            monkeypatch.setattr(package, "_check_claim", lambda content, bounds: None)
        try:
            package.check_package(path.read_bytes(), Bounds())
        except Refused as refusal:
            said[guard] = refusal.code
    assert said == {"on": "bomb"}


@pytest.mark.control
def test_without_the_bound_on_texts_one_text_would_stand_everywhere(tmp_path):
    path, said = tmp_path / "bomb.xlsx", {}
    texts = [person(f"HW{number:04d}", "字" * 300) for number in range(20)]
    data = register(path, *texts).read_bytes()
    for guard, bounds in (("on", replace(Bounds(), text=5_000)), ("off", Bounds())):
        try:
            reader.read(data, bounds)
        except Refused as refusal:
            said[guard] = refusal.code
    assert said == {"on": "unpacks_too_large"}
