"""The doors: import_sheet and export_sheet."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from intranet.people.models import Person
from intranet.sheets import issues
from intranet.sheets.models import SheetUpload
from tests.people_of_the_hall import make_user

from .books import person, register

pytestmark = pytest.mark.django_db


def run(*arguments):
    """(exit, lines of JSON)."""
    out, code = io.StringIO(), 0
    try:
        call_command("import_sheet", *map(str, arguments), "--json", stdout=out)
    except SystemExit as exit_:
        code = exit_.code
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_clean_errors_and_refused_in_one_run(hall, tmp_path):
    good = register(tmp_path / "good.xlsx", person())
    bad = register(tmp_path / "bad.xlsx", person("HW0002", "李四", 所在单位="火星局"))
    none = tmp_path / "none.xlsx"
    none.write_bytes(b"<html>")
    code, lines = run("staff_register", good, bad, none)
    assert code == 2
    assert [line["outcome"] for line in lines] == ["clean", "errors", "refused"]
    first, second, third = lines
    assert {
        "file",
        "sha256",
        "rows",
        "created",
        "updated",
        "unchanged",
        "warnings",
        "errors",
        "seconds",
        "peak_mb",
    } <= set(first)
    assert (first["rows"], first["created"], first["file"]) == (1, 1, str(good))
    assert (second["errors"][0]["row"], second["errors"][0]["column"]) == (3, "F")
    assert second["errors"][0]["code"] == "unknown_department"
    assert [error["code"] for error in third["errors"]] == ["web_page"]
    assert "row" not in third["errors"][0]
    assert Person.objects.count() == 1


@pytest.mark.parametrize(("unit", "code"), [("税务局", 0), ("火星局", 1)])
def test_check_writes_nothing(hall, tmp_path, unit, code):
    found, _lines = run("staff_register", register(tmp_path / "r.xlsx", person(所在单位=unit)), "--check")
    assert found == code
    assert not Person.objects.exists()
    assert not SheetUpload.objects.exists()


def test_rights_of_the_person_named(hall, tmp_path):
    path = register(tmp_path / "r.xlsx", person())
    make_user("ST01", person=False)
    code, (line,) = run("staff_register", path, "--as", "ST01")
    assert (code, line["outcome"], line["errors"][0]["code"]) == (2, "refused", "not_allowed")
    assert not Person.objects.filter(staff_number="HW0001").exists()
    officer = make_user("HR01", "hr_admin", person=False)
    assert run("staff_register", path, "--as", "HR01")[0] == 0
    assert SheetUpload.objects.get().person == officer


@pytest.mark.parametrize("arguments", [("nonsense", "x.xlsx"), ("windows", "x.xlsx", "--as", "nobody")])
def test_what_the_command_does_not_know(hall, arguments):
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert caught.value.returncode == 2


def test_export_and_template(hall, tmp_path):
    run("staff_register", register(tmp_path / "r.xlsx", person()))
    call_command("export_sheet", "staff_register", str(tmp_path / "out.csv"))
    assert "王小明" in (tmp_path / "out.csv").read_text("utf-8-sig")
    call_command("export_sheet", "staff_register", str(tmp_path / "t.xlsx"), "--template")
    assert (tmp_path / "t.xlsx").read_bytes()[:2] == b"PK"
    make_user("ST01", person=False)
    with pytest.raises(CommandError):
        call_command("export_sheet", "staff_register", str(tmp_path / "no.csv"), "--as", "ST01")
    assert not (tmp_path / "no.csv").exists()


def test_every_code_is_published():
    from django.conf import settings

    page = (settings.BASE_DIR / "docs" / "sheets.md").read_text("utf-8")
    codes = [*issues.FILE_SENTENCES, *issues.ROW_SENTENCES, *issues.WARNING_SENTENCES]
    assert [code for code in codes if f"`{code}`" not in page] == []
    assert len(codes) == len(set(codes))
