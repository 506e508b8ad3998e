"""Large sheets by a worker: progress, failure in words, a broker that is down, and work left lying."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
from django.urls import reverse
from kombu.exceptions import OperationalError as BrokerError
from openpyxl import load_workbook

from intranet import clock
from intranet.people.models import Person
from intranet.people.sheets.staff_rows import RegisterRows
from intranet.sheets import services, tasks
from intranet.sheets.models import SheetJob, SheetPreview, SheetUpload
from intranet.sheets.services import file_path, jobs, problems_path, remove_old_files
from tests.people_of_the_hall import make_user

from .books import person, register
from .test_pages import send

pytestmark = pytest.mark.django_db(transaction=False)

LATER = dt.timedelta(minutes=2)


@pytest.fixture
def desk(client, officer, settings):
    settings.SHEETS_AT_ONCE = 0
    client.force_login(officer)
    return client


@pytest.fixture
def asleep(monkeypatch):
    """No worker takes what it is sent."""
    monkeypatch.setattr(tasks.work_on_sheet, "delay", lambda pk: None)


def people(count: int) -> list:
    return [person(f"HW{number:04d}", f"张{chr(0x4E00 + number)}") for number in range(1, count + 1)]


def test_the_whole_way_of_a_large_sheet(desk, tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sent = send(desk, register(tmp_path / "r.xlsx", *people(60)))
    upload = SheetUpload.objects.get()
    assert (upload.state, upload.job.stage, upload.job.task) == ("checked", "done", "check")
    page = desk.get(sent.url)
    assert len(page.context["lines"]) == 50
    assert len(desk.get(f"{sent.url}?page=2").context["lines"]) == 10
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.post(f"{sent.url}confirm/").url == sent.url
    assert desk.get(sent.url).url == reverse("sheets:receipt", args=[upload.pk])
    assert Person.objects.count() == 60


def test_the_page_shows_how_far_it_is_and_leads_on(desk, asleep, tmp_path):
    sent = send(desk, register(tmp_path / "r.xlsx", person()))
    upload = SheetUpload.objects.get()
    waiting = desk.get(sent.url).content.decode()
    assert "<progress" in waiting
    assert reverse("sheets:progress", args=[upload.pk]) in waiting
    SheetJob.objects.update(stage="checking", done=4, total=8)
    piece = desk.get(f"{sent.url}progress/", headers={"HX-Request": "true"})
    assert 'value="50"' in piece.content.decode()
    assert "<html" not in piece.content.decode()
    # Whoever has no htmx is led to the page.
    assert desk.get(f"{sent.url}progress/").url == sent.url
    jobs.work(job=upload.job.pk)
    assert desk.get(f"{sent.url}progress/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == sent.url
    assert desk.get(sent.url).context["counts"]["rows"] == 1


def test_a_kind_nobody_named_is_recognised_by_the_worker_or_asked(desk, tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sent = send(desk, register(tmp_path / "r.xlsx", person()), kind="")
    assert SheetUpload.objects.get().kind == "staff_register"
    assert desk.get(sent.url).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        unclear = desk.post(reverse("sheets:upload"), {"kind": "", "pasted": "甲\t乙\r\n1\t2"})
    assert 'value="windows"' in desk.get(unclear.url).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(unclear.url, {"kind": "windows"})
    assert desk.get(unclear.url).context["outcome"] == "refused"


def test_a_plan_that_no_longer_holds_is_said_and_can_be_checked_again(
    desk, tmp_path, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        sent = send(desk, register(tmp_path / "r.xlsx", person()))
    Person.objects.create(staff_number="HW0001", name="王小明")
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"{sent.url}confirm/")
    page = desk.get(sent.url).content.decode()
    assert SheetJob.objects.get().message in page
    assert not SheetUpload.objects.get().imported
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(sent.url, {"check": "1"})
    assert desk.get(sent.url).context["outcome"] == "errors"


def test_the_rows_with_the_problems_are_made_by_the_worker_and_go_with_the_file(
    desk, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        send(desk, register(tmp_path / "r.xlsx", person(), person("HW0002", "李四", 所在单位="火星局")))
    upload = SheetUpload.objects.get()

    def never(**given):
        raise AssertionError("a large sheet is never checked in a request")

    monkeypatch.setattr(services, "check_upload", never)
    answer = desk.get(reverse("sheets:problems", args=[upload.pk]))
    (tmp_path / "p.xlsx").write_bytes(answer.content)
    sheet = load_workbook(tmp_path / "p.xlsx").active
    assert "火星局" in sheet.cell(3, sheet.max_column).value
    assert sheet.cell(2, sheet.max_column).value in (None, "")
    assert problems_path(upload).exists()
    remove_old_files(clock.now() + dt.timedelta(days=31))
    assert not problems_path(upload).exists()
    assert desk.get(reverse("sheets:problems", args=[upload.pk])).status_code in (302, 404)


def test_another_language_is_checked_anew(desk, tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sent = send(desk, register(tmp_path / "r.xlsx", person(所在单位="火星局")))
    assert "火星局" in desk.get(sent.url).context["errors"][0]["message"]
    desk.cookies["django_language"] = "en"
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.get(sent.url).status_code == 302
    assert desk.get(sent.url).context["errors"][0]["message"].startswith("The hall knows no unit")


def test_an_unexpected_end_is_said_and_its_log_holds_no_cell(
    desk, tmp_path, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def broken(self, row):
        raise ValueError(f"cannot do {row.values['name']}")

    monkeypatch.setattr(RegisterRows, "fill", broken)
    with caplog.at_level(logging.DEBUG), django_capture_on_commit_callbacks(execute=True):
        sent = send(desk, register(tmp_path / "r.xlsx", person()))
    job = SheetJob.objects.get()
    assert job.stage == "failed"
    assert job.message in desk.get(sent.url).content.decode()
    assert "ValueError" in caplog.text
    assert "王小明" not in caplog.text


def test_a_broker_that_is_down_only_costs_time(desk, tmp_path, monkeypatch, django_capture_on_commit_callbacks):
    def down(pk):
        raise BrokerError("no broker")

    monkeypatch.setattr(tasks.work_on_sheet, "delay", down)
    with django_capture_on_commit_callbacks(execute=True):
        send(desk, register(tmp_path / "r.xlsx", person()))
    assert SheetJob.objects.get().stage == "waiting"
    assert jobs.sweep(clock.now()) == 0
    assert jobs.sweep(clock.now() + LATER) == 1
    assert SheetJob.objects.get().stage == "done"
    assert jobs.sweep(clock.now() + LATER) == 0


def test_work_that_somebody_holds_is_left_to_them_until_they_are_not_heard_of(desk, asleep, tmp_path):
    send(desk, register(tmp_path / "r.xlsx", person()))
    pk = SheetJob.objects.get().pk
    assert SheetJob.objects.claim(pk, clock.now())
    assert not SheetJob.objects.claim(pk, clock.now())
    jobs.work(job=pk)
    assert SheetJob.objects.get().stage == "waiting"
    with clock.at(clock.now() + LATER):
        jobs.work(job=pk)
    assert SheetJob.objects.get().stage == "done"


def test_what_is_broken_off_again_and_again_is_given_up_in_words(desk, asleep, tmp_path):
    sent = send(desk, register(tmp_path / "r.xlsx", person()))
    SheetJob.objects.update(tries=jobs.MOST_TRIES)
    jobs.sweep(clock.now() + LATER)
    job = SheetJob.objects.get()
    assert job.stage == "failed"
    assert job.message in desk.get(sent.url).content.decode()


def test_a_right_taken_away_meanwhile(desk, officer, asleep, tmp_path):
    from intranet.access.services import take_role

    send(desk, register(tmp_path / "r.xlsx", person()))
    take_role(officer, "hr_admin", by=None)
    jobs.work(job=SheetJob.objects.get().pk)
    assert SheetJob.objects.get().stage == "failed"
    assert not SheetPreview.objects.exists()


def test_what_was_shown_goes_with_the_file(desk, tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send(desk, register(tmp_path / "r.xlsx", person()))
    upload = SheetUpload.objects.get()
    assert SheetPreview.objects.filter(upload=upload).exists()
    remove_old_files(clock.now() + dt.timedelta(days=31))
    assert not SheetPreview.objects.exists()
    assert not file_path(upload.sha256).exists()


def test_progress_and_undo_are_for_who_brought_it(desk, client, tmp_path, asleep):
    sent = send(desk, register(tmp_path / "r.xlsx", person()))
    client.force_login(make_user("HR02", "hr_admin", person=False))
    assert client.get(f"{sent.url}progress/", headers={"HX-Request": "true"}).status_code == 404
    assert client.post(f"{sent.url}undo/").status_code == 404
