"""Strangers' files: what is read, and what is refused, fast and in a sentence."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from dataclasses import replace

import pytest
from django.conf import settings
from openpyxl import Workbook
from openpyxl.comments import Comment

from intranet.sheets import workbook
from intranet.sheets.bounds import Bounds, Refused
from intranet.sheets.issues import sentence
from intranet.sheets.workbook import DateCell, PaddedNumber, open_workbook

from .books import HEADINGS, person, register, repacked, write_book

BOUNDS = Bounds()
SHEET = "xl/worksheets/sheet1.xml"
WRAPPED = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}<sheetData>{}</sheetData></worksheet>'


@pytest.fixture
def good(tmp_path):
    return register(tmp_path / "good.xlsx", person())


def refusal(path, bounds=BOUNDS):
    with pytest.raises(Refused) as caught:
        open_workbook(path, bounds)
    assert sentence(caught.value.code, caught.value.about)
    return caught.value.code


def with_cells(good, tmp_path, cells, before=""):
    content = WRAPPED.format(before, cells).encode()
    return repacked(good, tmp_path / "changed.xlsx", {SHEET: content})


def cell(place, value):
    return f'<row r="{place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{place}"><v>{value}</v></c></row>'


@pytest.mark.parametrize(
    ("place", "code"), [("A1048576", "too_many_rows"), ("XFD1", "too_many_columns"), ("XFD1048576", "too_many_rows")]
)
def test_a_far_cell_is_never_reached(good, tmp_path, place, code):
    book = open_workbook(with_cells(good, tmp_path, cell("A1", 1) + cell(place, 1)))
    assert [(grid.problem, grid.rows) for grid in book.grids] == [(code, [])]
    assert book.peak_mb < 100


def test_a_far_cell_without_a_value_is_no_harm(good, tmp_path):
    cells = cell("A1", 1) + '<row r="1048576"><c r="A1048576" s="1"/></row>'
    assert open_workbook(with_cells(good, tmp_path, cells)).grids[0].rows == [[1.0]]


def test_a_dimension_that_claims_the_whole_world_is_refused(good, tmp_path):
    changed = with_cells(good, tmp_path, cell("B2", 7), '<dimension ref="A1:XFD1048576"/>')
    assert refusal(changed) == "bomb"


@pytest.mark.parametrize("claim", ["A1", "A1:IV65536", "A1:Z1048576", "B2:B2"])
def test_a_dimension_that_is_merely_wrong_changes_nothing(good, tmp_path, claim):
    """Old generators claim the largest sheet they know, others only the first cell."""
    changed = with_cells(good, tmp_path, cell("B2", 7), f'<dimension ref="{claim}"/>')
    assert open_workbook(changed).grids[0].rows == [[], [None, 7.0]]


def test_a_number_beyond_all_numbers_is_a_cell_like_any_other(good, tmp_path):
    rows = open_workbook(with_cells(good, tmp_path, cell("A1", "1e1000000"))).grids[0].rows
    assert len(rows) == 1


def test_a_package_that_grows_is_refused(good, tmp_path):
    assert refusal(repacked(good, tmp_path / "b.xlsx", {"xl/media/a.bin": b"\0" * 20_000_000})) == "bomb"


def test_more_than_may_be_unpacked(good, tmp_path):
    assert refusal(good, replace(BOUNDS, unpacked=1000)) == "unpacks_too_large"


def test_a_member_that_packs_well_but_is_small_is_no_bomb(good, tmp_path):
    open_workbook(repacked(good, tmp_path / "b.xlsx", {"xl/media/a.bin": b"\0" * 3_000_000}))


def test_too_many_members(good):
    assert refusal(good, replace(BOUNDS, members=3)) == "bomb"


def test_a_member_twice(good, tmp_path):
    path = tmp_path / "twice.xlsx"
    path.write_bytes(good.read_bytes())
    with zipfile.ZipFile(path, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr(SHEET, b"<worksheet/>")
    assert refusal(path) == "bomb"


@pytest.mark.parametrize(
    ("member", "content", "code"),
    [
        (SHEET, b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>', "entities"),
        ("xl/sharedStrings.xml", b'<?xml version="1.0"?><!DOCTYPE sst SYSTEM "http://x/"><sst/>', "entities"),
        (SHEET, "<worksheet/>".encode("utf-16"), "unreadable"),
        ("xl/vbaProject.bin", b"x", "macros"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "external_links"),
        (
            "xl/_rels/workbook.xml.rels",
            b'<Relationships><Relationship Id="r" Type="http://x/oleObject" Target="\\\\s\\x" TargetMode="External"/>'
            b"</Relationships>",
            "external_links",
        ),
    ],
)
def test_what_must_not_be_opened(good, tmp_path, member, content, code):
    assert refusal(repacked(good, tmp_path / "x.xlsx", {member: content})) == code


def test_a_link_to_a_web_page_in_a_cell_is_no_harm(tmp_path):
    book = Workbook()
    book.active["A1"] = "x"
    book.active["A1"].hyperlink = "http://example.test/"
    book.active["A1"].comment = Comment("y", "z")
    book.save(tmp_path / "link.xlsx")
    assert open_workbook(tmp_path / "link.xlsx").grids[0].rows == [["x"]]


def test_a_huge_text_is_refused(good, tmp_path):
    content = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 40_000}</t></is></c></row>'
    assert refusal(with_cells(good, tmp_path, content)) == "cell_too_long"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        ("<html><table><tr><td>姓名</td></tr></table></html>".encode(), "web_page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "web_page"),
        (b"%PDF-1.7", "unreadable"),
        (b"\x89PNG\r\n", "unreadable"),
        (b"PK\x03\x04 and no more", "unreadable"),
        (b"\xd0\xcf\x11\xe0 and no more", "unreadable"),
        (b"a\x00b\x01c", "unreadable"),
        (b"\xff\xff\xff\x80", "encoding"),
    ],
)
def test_what_is_no_sheet(tmp_path, content, code):
    path = tmp_path / "名单.xls"
    path.write_bytes(content)
    assert refusal(path) == code


def test_other_packages_are_named(tmp_path):
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("content.xml", "<x/>")
    assert refusal(path) == "other_format"


def test_a_missing_or_large_file(tmp_path, good):
    assert refusal(tmp_path / "none.xlsx") == "missing_file"
    size = good.stat().st_size
    assert refusal(good, replace(BOUNDS, upload=size - 1)) == "too_large"
    open_workbook(good, replace(BOUNDS, upload=size))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_plain_text(tmp_path, encoding):
    path = tmp_path / "x.csv"
    path.write_bytes('姓名,部门,手机,工号\r\n𬱖某,税务局,"=""13800001234""",0012\r\n'.encode(encoding))
    assert open_workbook(path).grids[0].rows == [
        ["姓名", "部门", "手机", "工号"],
        ["𬱖某", "税务局", "13800001234", "0012"],
    ]


def test_unicode_text_of_excel(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes(b"\xff\xfe" + "姓名\t部门\r\n张三\t税务局,二楼\r\n".encode("utf-16-le"))
    assert open_workbook(path).grids[0].rows == [["姓名", "部门"], ["张三", "税务局,二楼"]]


def test_short_gbk_text_is_not_read_as_utf_16(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes("姓名,部门\n张三,税务局\n".encode("gbk"))
    assert open_workbook(path).grids[0].rows[0] == ["姓名", "部门"]


def test_rows_of_plain_text_are_numbered_as_the_program_does(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text('a;b\n\n"1\n2";3\n', encoding="utf-8")
    assert open_workbook(path).grids[0].rows == [["a", "b"], [], ["1\n2", "3"]]


@pytest.mark.parametrize(
    ("line", "code"),
    [("," * 60, ""), ("x," * 60 + "x", "too_many_columns"), ('"' + "x" * 40_000 + '"', "cell_too_long")],
)
def test_plain_text_has_the_same_bounds(tmp_path, line, code):
    path = tmp_path / "x.csv"
    path.write_text(f"a,b\n{line}\n", encoding="utf-8")
    if code:
        assert refusal(path) == code
    else:
        open_workbook(path)


def test_number_formats_that_mean_something(tmp_path):
    import datetime as dt

    rows = [[12, dt.date(1985, 3, 12), dt.date(1985, 3, 12), True, dt.time(9, 30)]]
    path = write_book(tmp_path / "x.xlsx", rows, formats={"A1": "0000", "B1": 'yyyy"年"m"月"'})
    number, month, day, yes, time = open_workbook(path).grids[0].rows[0]
    assert number == PaddedNumber(12.0, "0000")
    assert (month.day, day.day) == (dt.date(1985, 3, 12), dt.date(1985, 3, 12))
    assert "d" not in month.form
    assert isinstance(day, DateCell)
    assert (yes, time) == (True, "09:30:00")


def test_hidden_rows_columns_and_sheets_are_told(tmp_path):
    book = Workbook()
    book.active.append(["a", "b"])
    book.active.row_dimensions[1].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.create_sheet("藏").sheet_state = "hidden"
    book.save(tmp_path / "x.xlsx")
    grids = open_workbook(tmp_path / "x.xlsx").grids
    assert [grid.hidden for grid in grids] == [False, True]
    assert (grids[0].hidden_rows, grids[0].hidden_columns) == ([1], [2])


def test_a_formula_never_calculated_is_told(tmp_path):
    path = write_book(tmp_path / "x.xlsx", [["a", "=COUNTA(A1)"]])
    assert open_workbook(path).grids[0].uncalculated


def test_the_child_is_limited_and_has_no_secrets(tmp_path, monkeypatch):
    seen = {}

    def run(command, **options):
        seen.update(options)
        return subprocess.CompletedProcess(command, -9, b"", b"")

    monkeypatch.setattr(workbook.subprocess, "run", run)
    (tmp_path / "x.csv").write_text("a,b")
    assert refusal(tmp_path / "x.csv") == "bomb"
    assert set(seen["env"]) == {"PATH", "LC_ALL", "PYTHONDONTWRITEBYTECODE"}
    assert seen["timeout"] <= 12


@pytest.mark.control
def test_without_its_limit_the_child_takes_the_memory():
    """The guard is the limit itself: with it a large allocation fails, without it the same one succeeds."""
    code = (
        "import sys; from intranet.sheets import reader; from intranet.sheets.bounds import Bounds\n"
        "if sys.argv[1] == 'on': reader.limit_myself(Bounds())\n"
        "bytearray(600 * 1024 * 1024)"
    )
    done = {
        guard: subprocess.run(
            [sys.executable, "-c", code, guard], cwd=settings.BASE_DIR, capture_output=True, check=False
        ).returncode
        for guard in ("on", "off")
    }
    assert done == {"on": 1, "off": 0}


def test_headings_survive_the_way_through_the_child(good):
    grid = open_workbook(good).grids[0]
    assert grid.rows[1] == HEADINGS
    assert grid.merges == [(1, 1, 1, 11)]
    assert io.BytesIO(good.read_bytes()).getvalue()[:2] == b"PK"
