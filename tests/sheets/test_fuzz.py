"""Damaged files: whatever is in them, the answer is sentences, never an exception; and good rows still pass."""

from __future__ import annotations

import datetime as dt
import os
import random
import time

import pytest
import xlwt
from django.conf import settings
from django.utils import translation

from intranet.sheets.issues import FILE_SENTENCES, ROW_SENTENCES
from intranet.sheets.services import check

from . import mutations
from .books import HEADINGS, person, write_book

pytestmark = pytest.mark.django_db
PARTS = 4
FILES = int(os.environ.get("FUZZ_FILES", "10000" if os.environ.get("FULL") == "1" else "208"))
NAMES = ("王小明", "李四", "买买提·艾力", "赵六六")
PEOPLE = [person(f"HW{number:04d}", name) for number, name in enumerate(NAMES, 1)]
TEXT = "\n".join([",".join(["花名册"]), *(",".join(map(str, row)) for row in (HEADINGS, *PEOPLE))])


@pytest.fixture
def seed(request):
    """The seed of the run (--randomly-seed), or FUZZ_SEED."""
    given = os.environ.get("FUZZ_SEED") or getattr(request.config.option, "randomly_seed", None)
    return str(given if isinstance(given, int | str) else 20261127)


@pytest.fixture
def good(tmp_path):
    """The same four people as .xlsx, as .xls and as text."""
    people = [[*row] for row in PEOPLE]
    people[1][4] = dt.date(1985, 3, 12)
    xlsx = write_book(tmp_path / "g.xlsx", [["花名册"], HEADINGS, *people], ("A1:K1",), {"E4": 'yyyy"年"m"月"'})
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("名册")
    for number, row in enumerate([["花名册"], HEADINGS, *PEOPLE]):
        for column, value in enumerate(row):
            sheet.write(number, column, value)
    book.save(str(tmp_path / "g.xls"))
    return {"xlsx": xlsx.read_bytes(), "xls": (tmp_path / "g.xls").read_bytes(), "text": TEXT.encode()}


def damaged(draw, good):
    """(way, bytes, row that was touched or None when anything may have been)."""
    way = draw.choice(("bytes", "xls", "package", "package", "xml", "xml", "xml", "cell", "cell", "text", "line"))
    if way in ("cell", "line"):
        data, row = (
            mutations.in_one_cell(draw, good["xlsx"]) if way == "cell" else mutations.in_one_text_cell(draw, TEXT)
        )
        return way, data, row
    makers = {"package": mutations.in_package, "xml": mutations.in_xml}
    if way == "text":
        return way, mutations.in_text(draw, TEXT), None
    if way in makers:
        return way, makers[way](draw, good["xlsx"]), None
    return (
        way,
        mutations.in_bytes(draw, good["xls"] if way == "xls" else draw.choice((good["xlsx"], good["text"]))),
        None,
    )


def assert_said_well(report):
    assert report.outcome in ("clean", "errors", "refused")
    known = FILE_SENTENCES if report.outcome == "refused" else ROW_SENTENCES
    assert (report.outcome == "clean") == (not report.errors)
    for issue in report.errors:
        assert issue.code in known
        assert issue.message
        assert "%(" not in issue.message
    assert report.peak_mb <= 512


def assert_others_unharmed(report, touched):
    """Rows beside the changed cell are there and right."""
    if report.outcome == "refused":
        return
    read = {row.number: row.values.get("name") for row in report.rows}
    for number, name in enumerate(NAMES, 3):
        if number != touched:
            assert read.get(number) == name
            assert not [issue for issue in report.errors if issue.row == number]


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_no_damaged_file_is_more_than_a_sentence(hall, tmp_path, good, seed, part):
    outcomes: dict[tuple[str, str], int] = {}
    slowest, largest = 0.0, 0.0
    path = tmp_path / "x.xlsx"
    for number in range(part, FILES, PARTS):
        draw = random.Random(f"{seed} {number}")
        untouched = number % 100 < PARTS
        way, data, touched = ("good", draw.choice(list(good.values())), 0) if untouched else damaged(draw, good)
        path.write_bytes(data)
        told = f"FUZZ_SEED={seed} file {number}, {way}"
        began = time.perf_counter()
        try:
            with translation.override(settings.LANGUAGES[number // PARTS % 2][0]):
                report = check(kind="staff_register", path=path, by=None)
            assert_said_well(report)
            if touched is not None:
                assert_others_unharmed(report, touched)
            assert not untouched or report.outcome == "clean"
        except Exception as error:
            raise AssertionError(told) from error
        slowest, largest = max(slowest, time.perf_counter() - began), max(largest, report.peak_mb)
        assert slowest < 15, told
        outcomes[way, report.outcome] = outcomes.get((way, report.outcome), 0) + 1
    print(f"FUZZ_SEED={seed} part {part}: slowest {slowest:.2f} s, largest {largest} MB, {sorted(outcomes.items())}")
    refused = sum(count for (_way, outcome), count in outcomes.items() if outcome == "refused")
    assert refused > FILES / PARTS / 10
    assert outcomes["good", "clean"] >= FILES / PARTS / 100
