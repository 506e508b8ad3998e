"""Two confirmations of one upload at the same moment: it is imported once, and the second is told."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from intranet.access.models import AuditEntry
from intranet.people.models import Person
from intranet.people.sheets.staff_rows import RegisterRows
from intranet.sheets import services
from intranet.sheets.exceptions import AlreadyImported, Outdated, SheetError
from intranet.sheets.models import SheetUpload
from intranet.sheets.services import imports
from tests.machine import PATIENCE

from .books import person, register
from .conftest import make_hall


@pytest.fixture
def upload(own_database, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    make_hall()
    path = register(tmp_path / "r.xlsx", person("HW0001", "王小明"), person("HW0002", "李四"))
    received = services.receive(kind="staff_register", file_name="r.xlsx", chunks=[path.read_bytes()], by=None)
    services.check_upload(upload=received, by=None)
    return received


def both(upload, monkeypatch):
    """Outcome of two commits that have both read the file before either writes."""
    line, outcomes = threading.Barrier(2), []
    original = imports.read

    def read_together(*arguments):
        report = original(*arguments)
        line.wait(PATIENCE)
        return report

    monkeypatch.setattr(imports, "read", read_together)

    def attempt():
        try:
            services.commit(upload=SheetUpload.objects.get(pk=upload.pk), by=None)
            outcomes.append("imported")
        except SheetError as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_two_confirmations_import_once(upload, monkeypatch):
    assert both(upload, monkeypatch) == ["AlreadyImported", "imported"]
    assert Person.objects.count() == 2


@pytest.mark.control
def test_without_the_guards_it_is_imported_twice(upload, monkeypatch):
    """The guards are the state under the lock, the plan that was shown, and the one journal an import has."""
    monkeypatch.setattr(imports, "_refuse_second", lambda row: None)
    monkeypatch.setattr(imports, "_write", lambda row, report: report.handler.save())
    monkeypatch.setattr(RegisterRows, "digest", lambda self: "the same")
    SheetUpload.objects.update(plan="the same")
    assert both(upload, monkeypatch) == ["imported", "imported"]
    assert AuditEntry.objects.filter(action="sheets.import").count() == 2


def test_a_second_confirmation_later_is_told(upload):
    services.commit(upload=upload, by=None)
    with pytest.raises(AlreadyImported):
        services.commit(upload=upload, by=None)
    assert Person.objects.count() == 2


def test_what_was_shown_no_longer_holds(upload):
    Person.objects.create(staff_number="X9", name="别人")
    SheetUpload.objects.filter(pk=upload.pk).update(plan="something else")
    with pytest.raises(Outdated):
        services.commit(upload=upload, by=None)
    assert Person.objects.count() == 1


def test_another_file_under_the_same_name_is_noticed(upload):
    services.file_path(upload.sha256).write_bytes(b"x")
    with pytest.raises(Outdated):
        services.commit(upload=upload, by=None)


def test_a_failure_midway_leaves_nothing(upload, monkeypatch):
    def broken(self):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RegisterRows, "_write_groups", broken)
    with pytest.raises(SheetError):
        services.commit(upload=upload, by=None)
    assert not Person.objects.exists()
    assert SheetUpload.objects.get().state == SheetUpload.State.CHECKED
