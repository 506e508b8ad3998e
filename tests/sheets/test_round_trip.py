"""Every kind goes out and comes back unchanged, and no spreadsheet program finds anything to calculate."""

from __future__ import annotations

import csv
import io

import pytest
from openpyxl import load_workbook

from intranet.people.models import Person
from intranet.sheets import exports
from intranet.sheets.registry import sheet_kinds
from intranet.sheets.services import check, import_file
from tests.machine import need
from tests.people_of_the_hall import make_user

from . import calculated, nasty

pytestmark = pytest.mark.django_db
FORMS = ("xlsx", "csv")
KINDS = sorted(set(sheet_kinds()) - nasty.ELSEWHERE)


@pytest.fixture
def awkward(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.NATIONAL_IDS = True
    nasty.make()
    roles = ("hr_admin", "system_admin", "union_chair", "union_officer", "inspection")
    return make_user("HR01", *roles, person=False)


def taken_out(kind, form, folder, by, **more):
    path = folder / f"{kind}.{form}"
    with path.open("wb") as file:
        exports.export(kind=kind, form=form, file=file, by=by, **more)
    return path


def cells_of(path):
    """The texts of a file as a spreadsheet program would show them, whichever form it has."""
    if path.suffix == ".csv":
        rows = csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
        return [[cell.removesuffix("\t") for cell in row] for row in rows]
    return [[str(cell.value or "") for cell in row] for row in load_workbook(path).active.iter_rows()]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_out_comes_back_unchanged(awkward, kind, form, tmp_path):
    path = taken_out(kind, form, tmp_path, awkward)
    before = cells_of(path)
    assert len(before) > 3, f"give {kind} rows in tests/sheets/nasty.py"
    report = import_file(kind=kind, path=path, by=awkward)
    assert not report.errors, report.errors[:5]
    changed = [(row.number, row.outcome, row.changes) for row in report.rows if row.outcome != "unchanged"]
    assert not changed
    assert len(report.rows) == len(before) - 1
    again = cells_of(taken_out(kind, form, tmp_path, awkward))
    differing = [
        (line, old, new)
        for line, (was, now) in enumerate(zip(before, again, strict=True), 1)
        for old, new in zip(was, now, strict=True)
        if old != new
    ]
    assert differing == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_spreadsheet_program_finds_no_formula(awkward, kind, form, tmp_path):
    path = taken_out(kind, form, tmp_path, awkward)
    assert (calculated.in_csv(path.read_bytes()) if form == "csv" else calculated.in_xlsx(path)) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_gnumeric_shows_no_formula(awkward, kind, form, tmp_path):
    need("gnumeric")
    assert calculated.in_gnumeric(taken_out(kind, form, tmp_path, awkward)) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_heading_that_begins_a_formula_is_text_too(form, tmp_path):
    rows = [["=1+1", "+a", "-b", "@c"], ["1", "2", "3", "4"]]
    path = tmp_path / f"h.{form}"
    if form == "csv":
        path.write_bytes(exports.csv_bytes(rows))
        assert calculated.in_csv(path.read_bytes()) == []
    else:
        with path.open("wb") as file:
            exports._write_xlsx("=x", rows, [9] * 4, file)
        assert calculated.in_xlsx(path) == []


@pytest.mark.control
def test_the_look_for_formulas_finds_them(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["=1+1", 5, "text"])
    book.save(tmp_path / "f.xlsx")
    assert len(calculated.in_xlsx(tmp_path / "f.xlsx")) == 2 + 1
    assert calculated.in_csv('\ufeff=1+1,ok,\t=2,＋3,"=""007"""\r\n'.encode()) == ["=1+1", "\t=2", "＋3", '="007"']


@pytest.mark.control
def test_gnumeric_finds_formulas_where_there_are_some(tmp_path):
    need("gnumeric")
    (tmp_path / "f.csv").write_bytes('\ufeff"ok"\r\n"=1+1","\'=2","=""007"""\r\n'.encode())
    assert calculated.in_gnumeric(tmp_path / "f.csv") == ["=1+1", '="007"']


@pytest.mark.control
def test_a_change_in_the_file_is_noticed(awkward, tmp_path):
    path = taken_out("staff_register", "xlsx", tmp_path, awkward)
    book = load_workbook(path)
    head = [cell.value for cell in book.active[1]]
    book.active.cell(2, head.index("备注") + 1).value = "改过"
    book.save(path)
    report = check(kind="staff_register", path=path, by=awkward)
    assert (report.updated, report.created) == (1, 0)


@pytest.mark.parametrize("form", FORMS)
def test_whole_numbers_come_back_too(awkward, form, tmp_path):
    path = taken_out("staff_register", form, tmp_path, awkward, with_private=True, reason="报送社保部门")
    assert any("********" not in "".join(row) and "11990019850312" in "".join(row) for row in cells_of(path))
    report = import_file(kind="staff_register", path=path, by=awkward)
    assert (report.errors, report.updated, report.created) == ([], 0, 0)
    assert report.unchanged == Person.objects.count()
