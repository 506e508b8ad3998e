"""From the chosen file to the receipt, in the browser's words; and whose pages these are."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from intranet.access.models import AuditEntry
from intranet.access.services import take_role
from intranet.people.models import Person
from intranet.sheets.models import SheetUpload
from intranet.sheets.rights import may_read_file
from intranet.sheets.services import file_path, remove_old_files
from tests.people_of_the_hall import make_user

from .books import person, register, write_book

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


def send(client, path: Path, kind="staff_register"):
    with path.open("rb") as file:
        return client.post(reverse("sheets:upload"), {"kind": kind, "file": file})


def test_the_whole_way(desk, officer, tmp_path):
    page = desk.get(reverse("sheets:upload"))
    assert "严禁" in page.content.decode()
    sent = send(desk, register(tmp_path / "花名册.xlsx", person()))
    upload = SheetUpload.objects.get()
    assert sent.url == reverse("sheets:preview", args=[upload.pk])
    preview = desk.get(sent.url)
    assert "王小明" in preview.content.decode()
    assert not Person.objects.filter(staff_number="HW0001").exists()
    done = desk.post(reverse("sheets:confirm", args=[upload.pk]))
    assert done.url == reverse("sheets:receipt", args=[upload.pk])
    receipt = desk.get(done.url).content.decode()
    assert upload.sha256 in receipt
    assert "花名册.xlsx" in receipt
    assert Person.objects.get(staff_number="HW0001").name == "王小明"
    upload.refresh_from_db()
    assert (upload.state, upload.counts["created"], upload.person) == ("confirmed", 1, officer)
    assert AuditEntry.objects.filter(action="sheets.import", user=officer).count() == 1


def test_what_is_wrong_stands_first_and_at_the_cell(desk, tmp_path):
    sent = send(desk, register(tmp_path / "r.xlsx", person(), person("HW0002", "李四", 所在单位="火星局")))
    page = desk.get(sent.url)
    text = page.content.decode()
    assert text.count("火星局") >= 3
    assert reverse("sheets:confirm", args=[SheetUpload.objects.get().pk]) not in text
    refused = desk.post(reverse("sheets:confirm", args=[SheetUpload.objects.get().pk]), follow=True)
    assert refused.redirect_chain[-1][0] == sent.url
    assert not Person.objects.filter(staff_number="HW0001").exists()
    problems = desk.get(reverse("sheets:problems", args=[SheetUpload.objects.get().pk]))
    (tmp_path / "p.xlsx").write_bytes(problems.content)
    sheet = load_workbook(tmp_path / "p.xlsx").active
    assert "火星局" in sheet.cell(3, sheet.max_column).value
    assert sheet.cell(2, sheet.max_column).value is None


def test_changes_are_shown_old_and_new(desk, bring, tmp_path):
    bring(register(tmp_path / "r.xlsx", person()))
    sent = send(desk, register(tmp_path / "s.xlsx", person(手机号码="13900000000")))
    text = desk.get(sent.url).content.decode()
    assert "<del>13800001234</del>" in text
    assert "<ins>13900000000</ins>" in text


def test_a_file_that_is_no_sheet_gets_a_sentence(desk, tmp_path):
    path = tmp_path / "x.xls"
    path.write_bytes(b"<html>")
    sent = send(desk, path)
    page = desk.get(sent.url)
    assert page.status_code == 200
    assert page.context["errors"][0]["message"] in page.content.decode()


def test_nothing_chosen_and_too_large(desk, settings):
    assert desk.post(reverse("sheets:upload"), {"kind": "windows"}).status_code == 422
    settings.SHEETS_UPLOAD = 10
    large = SimpleUploadedFile("x.csv", b"x" * 11)
    assert desk.post(reverse("sheets:upload"), {"kind": "windows", "file": large}).status_code == 422
    assert not SheetUpload.objects.exists()


def test_pasted_cells_and_a_kind_told_by_its_headings(desk):
    cells = "窗口号\t窗口名称\t进驻单位\r\n0012\t医保\t税务局\r\n"
    sent = desk.post(reverse("sheets:upload"), {"kind": "", "pasted": cells})
    upload = SheetUpload.objects.get()
    assert (sent.status_code, upload.kind) == (302, "windows")
    unclear = desk.post(reverse("sheets:upload"), {"kind": "", "pasted": "甲\t乙\r\n1\t2"})
    # Not thrown away: the page asks what it is.
    asked = desk.get(unclear.url)
    assert 'name="kind" value="windows"' in asked.content.decode()
    desk.post(unclear.url, {"kind": "departments"})
    assert SheetUpload.objects.order_by("pk").last().kind == "departments"
    assert "没有找到" in desk.get(unclear.url).content.decode()


def test_of_several_sheets_one_is_chosen(desk, tmp_path):
    from .test_finder import two_sheets

    sent = send(desk, two_sheets(tmp_path / "x.xlsx"))
    assert desk.get(sent.url).context["sheet_names"] == ["在职", "离职"]
    # Confirming without having chosen imports nothing and leads back to the choice.
    assert desk.post(f"{sent.url}confirm/").url == sent.url
    assert SheetUpload.objects.get().confirmed_at is None
    desk.post(sent.url, {"sheet": "离\0职"})
    lines = desk.get(sent.url).context["lines"]
    assert [[cell["text"] for cell in line["cells"] if cell["heading"] == "姓名"] for line in lines] == [["乙"]]


def test_a_file_can_be_thrown_away_before_it_is_imported(desk, tmp_path):
    first = send(desk, register(tmp_path / "r.xlsx", person())).url
    second = send(desk, tmp_path / "r.xlsx").url
    kept = file_path(SheetUpload.objects.first().sha256)
    desk.post(first, {"discard": "1"})
    assert desk.get(first).status_code == 404
    assert kept.exists()
    desk.get(second)
    desk.post(f"{second}confirm/")
    desk.post(second, {"discard": "1"})
    assert SheetUpload.objects.count() == 1
    third = send(desk, register(tmp_path / "s.xlsx", person("HW0002", "李四"))).url
    assert file_path(SheetUpload.objects.first().sha256).exists()
    gone = file_path(SheetUpload.objects.first().sha256)
    desk.post(third, {"discard": "1"})
    assert not gone.exists()


def test_another_officer_finds_nothing_and_others_may_not_enter(desk, client, tmp_path):
    send(desk, register(tmp_path / "r.xlsx", person()))
    upload = SheetUpload.objects.get()
    names = ("preview", "confirm", "receipt", "problems")
    client.force_login(make_user("HR02", "hr_admin", person=False))
    for name in names:
        address = reverse(f"sheets:{name}", args=[upload.pk])
        missing = reverse(f"sheets:{name}", args=[upload.pk + 1000])
        ask = client.post if name == "confirm" else client.get
        assert (ask(address).status_code, ask(missing).status_code) == (404, 404)
    client.force_login(make_user("ST01", person=False))
    for name in names:
        ask = client.post if name == "confirm" else client.get
        assert ask(reverse(f"sheets:{name}", args=[upload.pk])).status_code == 403
    assert client.get(reverse("sheets:upload")).status_code == 403
    assert client.get(reverse("sheets:export", args=["staff_register"])).status_code == 403
    assert not Person.objects.filter(staff_number="HW0001").exists()


def test_a_right_taken_away_before_confirming(desk, officer, tmp_path):
    send(desk, register(tmp_path / "r.xlsx", person()))
    officer.groups.clear()
    assert desk.post(reverse("sheets:confirm", args=[SheetUpload.objects.get().pk])).status_code == 403
    assert not Person.objects.filter(staff_number="HW0001").exists()


def test_one_kind_opens_no_other(client, hall):
    client.force_login(make_user("SY01", "system_admin", person=False))
    assert client.get(reverse("sheets:upload")).status_code == 200
    assert client.get(reverse("sheets:template", args=["workdays"])).status_code == 200
    assert client.get(reverse("sheets:export", args=["staff_register"])).status_code == 404
    sent = client.post(reverse("sheets:upload"), {"kind": "staff_register", "pasted": "姓名\t单位\r\n甲\t税务局"})
    assert sent.status_code == 422


def test_the_file_is_read_by_its_owner_only(desk, officer, tmp_path):
    send(desk, register(tmp_path / "r.xlsx", person()))
    path = f"sheets/{SheetUpload.objects.get().sha256}"
    assert may_read_file(officer, path)
    assert not may_read_file(make_user("HR02", "hr_admin", person=False), path)
    # Whoever gives up the office gives up the lists they once brought.
    take_role(officer, "hr_admin")
    assert not may_read_file(officer, path)


def test_files_go_after_thirty_days_and_receipts_stay(desk, tmp_path):
    import datetime as dt

    path = register(tmp_path / "r.xlsx", person())
    send(desk, path)
    first = SheetUpload.objects.get()
    assert remove_old_files(first.uploaded_at + dt.timedelta(days=30)) == 0
    assert file_path(first.sha256).exists()
    assert remove_old_files(first.uploaded_at + dt.timedelta(days=30, seconds=1)) == 1
    assert not file_path(first.sha256).exists()
    assert SheetUpload.objects.get().file_removed_at
    assert remove_old_files(first.uploaded_at + dt.timedelta(days=40)) == 0


def test_export_and_template_are_downloads(desk, bring, tmp_path):
    bring(register(tmp_path / "r.xlsx", person()))
    listed = desk.get(reverse("sheets:export", args=["staff_register"]) + "?form=csv")
    assert listed.content.startswith(b"\xef\xbb\xbf")
    assert "王小明" in listed.content.decode()
    assert "attachment" in listed["Content-Disposition"]
    assert AuditEntry.objects.filter(action="sheets.export").count() == 1
    template = desk.get(reverse("sheets:template", args=["windows"]))
    assert template.content[:2] == b"PK"
    assert unquote(template["Content-Disposition"]).endswith("_模板.xlsx")


def test_a_name_in_a_sheet_is_never_markup(desk, tmp_path):
    rows = [["姓名", "单位", "备注"], ["<script>alert(1)</script>", "<b>x</b>", "<i>"]]
    sent = send(desk, write_book(tmp_path / "x.xlsx", rows))
    text = desk.get(sent.url).content.decode()
    assert "<script>alert" not in text
    assert "<b>x</b>" not in text
    assert settings.LANGUAGE_CODE == "zh-hans"
