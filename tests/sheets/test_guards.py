"""Who may confirm, change and throw away what; and that a preview holds only for what it showed."""

from __future__ import annotations

import datetime as dt

import pytest

from intranet.access.exceptions import NotAllowed
from intranet.people.models import Person, Unit
from intranet.people.sheets.staff_rows import RegisterRows
from intranet.sheets import services
from intranet.sheets.exceptions import AlreadyImported, Outdated, SheetError
from intranet.sheets.models import SheetUpload
from intranet.sheets.services import check
from tests.people_of_the_hall import make_user

from .books import person, register

pytestmark = pytest.mark.django_db


def received(tmp_path, by, *people, name="r.xlsx"):
    path = register(tmp_path / name, *(people or (person(),)))
    upload = services.receive(kind="staff_register", file_name=name, chunks=[path.read_bytes()], by=by)
    services.check_upload(upload=upload, by=by)
    return upload


def test_only_who_brought_a_sheet_confirms_it(officer, tmp_path):
    upload = received(tmp_path, officer)
    for other in (make_user("HR02", "hr_admin", person=False), None):
        with pytest.raises(NotAllowed):
            services.commit(upload=upload, by=other)
    assert not Person.objects.exists()
    assert services.commit(upload=upload, by=officer).created == 1


def test_an_unchecked_sheet_or_another_choice_of_sheet_is_not_confirmed(officer, tmp_path):
    upload = received(tmp_path, officer)
    services.choose_sheet(upload=upload, sheet="", by=officer)
    upload.refresh_from_db()
    with pytest.raises(Outdated):
        services.commit(upload=upload, by=officer)


def test_a_register_that_changed_since_makes_a_problem_or_another_plan(officer, tmp_path):
    upload = received(tmp_path, officer, person("", "李四"))
    Person.objects.create(staff_number="0001", name="别人")
    with pytest.raises(Outdated):
        # The number that was shown went to somebody else.
        services.commit(upload=upload, by=officer)
    Unit.objects.filter(short_name="税务局").update(retired_on=dt.date(2020, 1, 1))
    with pytest.raises(SheetError, match="问题"):
        services.commit(upload=upload, by=officer)
    assert Person.objects.count() == 1


def test_rows_out_of_reach_are_refused_whatever_the_file_says(officer, tmp_path, monkeypatch):
    services.commit(upload=received(tmp_path, officer, person("A1", "甲某"), person("A2", "乙某")), by=officer)
    monkeypatch.setattr(RegisterRows, "scope", lambda self: Person.objects.exclude(staff_number="A1"))
    path = register(tmp_path / "s.xlsx", person("A1", "丙某"), person("A2", "丁某"))
    report = check(kind="staff_register", path=path, by=officer)
    assert [(issue.row, issue.column, issue.code) for issue in report.errors] == [(3, "B", "not_allowed")]
    assert report.updated == 1


def test_the_bound_of_rows_is_exact(hall, settings, tmp_path):
    path = register(tmp_path / "r.xlsx", person("A1", "甲某"), person("A2", "乙某"))
    settings.SHEETS_ROWS = 2
    assert check(kind="staff_register", path=path, by=None).outcome == "clean"
    settings.SHEETS_ROWS = 1
    assert [issue.code for issue in check(kind="staff_register", path=path, by=None).errors] == ["too_many_rows"]


def test_a_file_two_uploads_hold_stays_until_the_younger_one_is_old(officer, tmp_path):
    data = register(tmp_path / "r.xlsx", person()).read_bytes()
    first, second = (
        services.receive(kind="staff_register", file_name="r.xlsx", chunks=[data], by=officer) for _time in range(2)
    )
    SheetUpload.objects.filter(pk=first.pk).update(uploaded_at=first.uploaded_at - dt.timedelta(days=20))
    assert services.remove_old_files(second.uploaded_at + dt.timedelta(days=15)) == 0
    assert services.file_path(second.sha256).exists()
    services.discard(upload=SheetUpload.objects.get(pk=second.pk), by=officer)
    assert not services.file_path(first.sha256).exists()


def test_what_was_imported_is_not_thrown_away(officer, tmp_path):
    upload = received(tmp_path, officer)
    services.commit(upload=upload, by=officer)
    with pytest.raises(AlreadyImported):
        services.discard(upload=upload, by=officer)
    assert SheetUpload.objects.get().state == SheetUpload.State.CONFIRMED
