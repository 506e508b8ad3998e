"""The identity number in a register: matches, is masked, and is said to nobody."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from intranet.access.models import AuditEntry
from intranet.people import identity
from intranet.people.models import Person
from intranet.people.sheets import staff_numbers
from intranet.people.sheets.staff_rows import RegisterRows
from intranet.sheets import exports
from intranet.sheets.exceptions import SheetError
from intranet.sheets.models import SheetExport, SheetUpload
from intranet.sheets.services import check
from intranet.sheets.values import with_check_digit
from tests.people_of_the_hall import PASSWORD

from .books import write_book

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = (with_check_digit(f"1199001985031200{n}") for n in (1, 2, 3))
MASK = f"119900********{ONE[14:]}"


@pytest.fixture(autouse=True)
def numbers_are_kept(settings):
    settings.NATIONAL_IDS = True


def sheet(tmp_path, *rows):
    return write_book(tmp_path / "r.xlsx", [["工号", "姓名", "所在单位", "身份证号"], *map(list, rows)])


@pytest.fixture
def known(bring, tmp_path):
    bring(
        sheet(tmp_path, ("A1", "王小明", "税务局", ONE), ("A2", "李四", "税务局", TWO), ("A3", "赵六", "税务局", ""))
    )


def codes(report):
    return [(issue.row, issue.code) for issue in report.errors]


def test_a_row_without_staff_number_is_who_its_identity_number_says(known, bring, tmp_path):
    report = bring(sheet(tmp_path, ("", "王小明", "自然资源局", ONE)))
    assert (report.updated, report.created, report.errors) == (1, 0, [])
    assert Person.objects.get(staff_number="A1").place is not None
    assert report.rows[0].changes.keys() == {"unit"}


@pytest.mark.control
def test_without_the_match_the_name_is_asked(known, tmp_path, monkeypatch):
    monkeypatch.setattr(staff_numbers, "settle_identities", lambda rows, scope: None)
    report = check(kind="staff_register", path=sheet(tmp_path, ("", "王小明", "税务局", ONE)), by=None)
    assert codes(report) == [(2, "same_name")]


def test_one_number_is_one_person(known, tmp_path):
    for rows, expected in (
        ([("A3", "赵六", "税务局", ONE)], [(2, "id_belongs")]),
        (
            [("B1", "新人", "税务局", THREE), ("B2", "又一", "税务局", THREE)],
            [(2, "duplicate_number"), (3, "duplicate_number")],
        ),
        (
            [("", "王小明", "税务局", ONE), ("A1", "王小明", "税务局", "")],
            [(2, "duplicate_number"), (3, "duplicate_number")],
        ),
        ([("A1", "王小明", "税务局", f"119900********{TWO[14:16]}0{TWO[17]}")], [(2, "masked_id")]),
        ([("B1", "新人", "税务局", MASK)], [(2, "masked_id")]),
        ([("A1", "王小明", "税务局", "119900850312001")], [(2, "old_id")]),
    ):
        report = check(kind="staff_register", path=sheet(tmp_path, *rows), by=None)
        assert codes(report) == expected
        said = " ".join(issue.message for issue in report.errors)
        assert not any(number in said or number[6:14] in said for number in (ONE, TWO, THREE))
        assert "119900850312001" not in said


def test_a_change_shows_masks_and_nothing_that_is_kept_holds_a_number(known, officer, bring, tmp_path):
    report = bring(sheet(tmp_path, ("A1", "王小明", "税务局", THREE), ("A2", "李四", "税务局", "—")), by=officer)
    assert report.rows[0].changes == {"national_id": (MASK, f"119900********{THREE[14:]}")}
    assert report.rows[1].changes["national_id"][1] == ""
    assert identity.number_of(Person.objects.get(staff_number="A1")) == THREE
    assert Person.objects.get(staff_number="A2").national_id_hash is None
    kept = [list(model.objects.values()) for model in (SheetUpload, AuditEntry, Person)]
    text = json.dumps(kept, default=str)
    assert not any(number in text for number in (ONE, TWO, THREE))


def test_the_preview_shows_the_mask(known, officer, client, tmp_path):
    client.force_login(officer)
    with sheet(tmp_path, ("A1", "王小明", "税务局", THREE)).open("rb") as file:
        answer = client.post(reverse("sheets:upload"), {"kind": "staff_register", "file": file}, follow=True)
    text = answer.content.decode()
    assert MASK in text
    assert THREE not in text
    assert ONE not in text


def test_somebody_out_of_reach_is_not_named(known, officer, tmp_path, monkeypatch):
    monkeypatch.setattr(RegisterRows, "scope", lambda self: Person.objects.exclude(staff_number="A1"))
    for number in ("", "A3"):
        report = check(kind="staff_register", path=sheet(tmp_path, (number, "赵六", "税务局", ONE)), by=officer)
        assert codes(report) == [(2, "id_taken")]
        said = report.errors[0].message
        assert not any(value in said for value in ("A1", "王小明", ONE))


def test_queries_for_identities_grow_with_batches(known, tmp_path, django_assert_max_num_queries):
    rows = [(f"C{n:03d}", "新人", "税务局", with_check_digit(f"11990019900101{n:03d}")) for n in range(400)]
    with django_assert_max_num_queries(30):
        assert check(kind="staff_register", path=sheet(tmp_path, *rows), by=None).created == 400


# Out


def test_the_list_is_masked_unless_a_reason_is_given(known, officer, tmp_path):
    out = tmp_path / "o.csv"
    with out.open("wb") as file:
        exports.export(kind="staff_register", form="csv", file=file, by=officer)
    assert MASK in out.read_text(encoding="utf-8-sig")
    assert ONE not in out.read_text(encoding="utf-8-sig")
    with out.open("wb") as file, pytest.raises(SheetError):
        exports.export(kind="staff_register", form="csv", file=file, by=officer, with_private=True, reason="  要 ")
    with out.open("wb") as file:
        exports.export(
            kind="staff_register", form="csv", file=file, by=officer, with_private=True, reason="报送社保部门"
        )
    assert ONE in out.read_text(encoding="utf-8-sig")
    record = SheetExport.objects.get(with_private=True)
    assert record.reason == "报送社保部门"
    logged = AuditEntry.objects.get(action="sheets.export_private")
    assert "社保" not in json.dumps(logged.data, ensure_ascii=False)
    with out.open("wb") as file, pytest.raises(SheetError):
        exports.export(kind="windows", form="csv", file=file, by=officer, with_private=True, reason="报送社保部门")


def test_the_page_asks_for_password_and_reason(known, officer, client):
    client.force_login(officer)
    page = reverse("sheets:export_private", args=["staff_register"])
    assert page in client.get(reverse("sheets:upload")).content.decode()
    given = {"reason": "报送社保部门", "form": "csv"}
    assert client.post(page, given).status_code == 302
    assert not SheetExport.objects.exists()
    client.post(reverse("access:confirm_password"), {"password": PASSWORD})
    assert client.post(page, {"form": "csv"}).status_code == 422
    assert ONE in client.post(page, given).content.decode("utf-8-sig")
    assert client.get(reverse("sheets:export_private", args=["windows"])).status_code == 404


def test_a_hall_that_keeps_none_has_no_such_column(known, officer, settings, client, bring, tmp_path):
    settings.NATIONAL_IDS = False
    client.force_login(officer)
    assert (
        "身份证" not in client.get(reverse("sheets:export", args=["staff_register"]) + "?form=csv").content.decode()
    )
    client.post(reverse("access:confirm_password"), {"password": PASSWORD})
    assert client.get(reverse("sheets:export_private", args=["staff_register"])).status_code == 404
    before = Person.objects.get(staff_number="A3").national_id_hash
    assert bring(sheet(tmp_path, ("A3", "赵六", "税务局", THREE))).updated == 0
    assert Person.objects.get(staff_number="A3").national_id_hash == before
