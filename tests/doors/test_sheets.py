"""The doors `import_sheet` and `export_sheet`: exits, lines, and that what goes out comes in unchanged."""

from __future__ import annotations

import hashlib
import re

import openpyxl
import pytest

from demo.running import ROOT

from .conftest import lines

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("doors")]

# What takes out each kind and brings it back, by whose hands.
OF_PERSONNEL = ["departments", "windows", "union_groups", "staff_register", "postings", "workdays"]
OF_INSPECTION = ["monthly_scores", "window_figures"]
OF_AWARDS = ["client_votes", "paper_ballots", "past_honours", "recommendations"]
FIELDS = {
    "file": str,
    "outcome": str,
    "sha256": str,
    "rows": int,
    "created": int,
    "updated": int,
    "unchanged": int,
    "warnings": list,
    "errors": list,
}


def check_form(line: dict) -> None:
    for field, kind in FIELDS.items():
        assert type(line[field]) is kind, field
    assert line["outcome"] in ("clean", "errors", "refused")
    assert float(line["seconds"]) >= 0
    assert float(line["peak_mb"]) > 0
    published = (ROOT / "docs" / "sheets.md").read_text()
    for issue in (*line["errors"], *line["warnings"]):
        assert set(issue) >= {"column", "code", "message"} if "row" in issue else {"code", "message"}
        assert f"`{issue['code']}`" in published
        assert issue["message"]


def test_the_kinds_of_this_hall(hall):
    said = hall.manage("import_sheet", "no_such_kind", "x.xlsx", check=False)
    assert said.returncode == 2
    known = re.split(r"Known: ", said.stderr.strip())[-1].split(", ")
    assert sorted(known) == sorted([*OF_PERSONNEL, *OF_INSPECTION, *OF_AWARDS])


@pytest.mark.parametrize(
    ("form", "role", "kinds"),
    [
        ("xlsx", "hr_admin", OF_PERSONNEL),
        ("csv", "hr_admin", ["staff_register"]),
        ("xlsx", "inspection", OF_INSPECTION),
    ],
)
def test_what_goes_out_comes_in_and_changes_nothing(still, firsts, tmp_path, form, role, kinds):
    """Written, and for the register checked before: every row is recognised as unchanged."""
    personnel = firsts[role]["username"]
    for kind in kinds:
        file = tmp_path / f"{kind}.{form}"
        still.manage("export_sheet", kind, str(file), "--as", personnel)
        for words in (("--check",), ()) if kind == "staff_register" else ((),):
            done = still.manage("import_sheet", kind, str(file), *words, "--json", "--as", personnel, check=False)
            (line,) = lines(done.stdout)
            check_form(line)
            assert (done.returncode, line["outcome"], line["errors"]) == (0, "clean", []), kind
            assert (line["created"], line["updated"], line["unchanged"]) == (0, 0, line["rows"]), kind
            assert line["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
            assert line["rows"] > 0, kind
            assert line["file"] == str(file)


def test_three_files_three_outcomes_and_the_worst_is_the_exit(still, firsts, tmp_path):
    personnel = firsts["hr_admin"]["username"]
    good, wrong, foreign = (tmp_path / name for name in ("good.xlsx", "wrong.xlsx", "foreign.xlsx"))
    still.manage("export_sheet", "windows", str(good), "--as", personnel)
    book = openpyxl.load_workbook(good)
    heads = {cell.value: cell.column for row in book.active.iter_rows(max_row=5) for cell in row if cell.value}
    column = next(heads[name] for name in heads if "单位" in str(name))
    last = max(row[0].row for row in book.active.iter_rows() if row[column - 1].value)
    book.active.cell(last, column).value = "火星探测局"
    book.save(wrong)
    foreign.write_bytes(b"<html>")
    listed = still.manage("export_sheet", "windows", str(tmp_path / "before.csv"))
    assert listed.stdout == ""

    done = still.manage("import_sheet", "windows", str(good), str(wrong), "--json", "--as", personnel, check=False)
    clean, errors = lines(done.stdout)
    assert (done.returncode, clean["outcome"], errors["outcome"]) == (1, "clean", "errors")
    assert errors["errors"][0]["row"] == last, "rows are numbered as the spreadsheet program numbers them"
    assert "火星探测局" in errors["errors"][0]["message"]

    done = still.manage("import_sheet", "windows", str(wrong), str(foreign), "--json", check=False)
    assert done.returncode == 2
    refused = lines(done.stdout)[1]
    assert (refused["outcome"], len(refused["errors"]), refused["errors"][0].get("row")) == ("refused", 1, None)
    for line in lines(done.stdout):
        check_form(line)
    still.manage("export_sheet", "windows", str(tmp_path / "after.csv"))
    assert (tmp_path / "after.csv").read_bytes() == (tmp_path / "before.csv").read_bytes()


def test_a_template_has_the_headings_of_the_list(still, firsts, tmp_path):
    empty, full = tmp_path / "template.xlsx", tmp_path / "list.xlsx"
    assert still.manage("export_sheet", "staff_register", str(empty), "--template").stdout == ""
    still.manage("export_sheet", "staff_register", str(full), "--as", firsts["hr_admin"]["username"])
    words = [headings(file) for file in (empty, full)]
    assert {"工号", "姓名", "出生日期"} <= words[0] & words[1]
    assert len(words[0] & words[1]) >= 15


def headings(file) -> set[str]:
    """What stands in the first rows; required columns carry a star in the template."""
    rows = openpyxl.load_workbook(file).worksheets[0].iter_rows(max_row=4, values_only=True)
    return {str(cell).rstrip(" *") for row in rows for cell in row if cell}


def test_people_export_and_import_what_they_may(still, firsts, tmp_path):
    clerk, personnel = firsts["staff"]["username"], firsts["hr_admin"]["username"]
    file = tmp_path / "register.xlsx"
    refused = still.manage("export_sheet", "staff_register", str(file), "--as", clerk, check=False)
    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
    still.manage("export_sheet", "staff_register", str(file), "--as", personnel)
    done = still.manage("import_sheet", "staff_register", str(file), "--json", "--as", clerk, check=False)
    assert done.returncode == 2
    assert lines(done.stdout)[0]["outcome"] == "refused"
    for name in ("export_sheet", "import_sheet"):
        assert still.manage(name, "staff_register", str(file), "--as", "nobody", check=False).returncode == 2
