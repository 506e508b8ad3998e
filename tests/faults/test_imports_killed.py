"""Killing the worker while it writes an import: no row or all rows, never some; the next one finishes the work."""

from __future__ import annotations

import errno
import os
import signal
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, connections

from intranet import clock
from intranet.people.models import Person, Posting
from intranet.sheets.exceptions import SheetError
from intranet.sheets.models import SheetJob, SheetJournal, SheetUpload
from intranet.sheets.querysets import SheetUploadQuerySet
from intranet.sheets.services import check_upload, commit, imports, jobs, receive
from tests.reminders.processes import Worker
from tests.sheets.books import person, register
from tests.sheets.conftest import make_hall

ROWS = 12
IMPORTS = 50 if os.environ.get("FULL") == "1" else 24
LATER = clock.dt.timedelta(minutes=2)


def brought(folder, first: int, count: int = ROWS) -> SheetUpload:
    """A checked upload of people nobody knows yet."""
    numbers = range(first, first + count)
    people = [person(f"HW{number:05d}", f"张{chr(0x4E00 + number)}") for number in numbers]
    path = register(folder / f"{first}.xlsx", *people)
    upload = receive(kind="staff_register", file_name="r.xlsx", chunks=[path.read_bytes()], by=None)
    check_upload(upload=upload, by=None)
    return upload


def queued(upload: SheetUpload) -> SheetJob:
    return SheetJob.objects.create(upload=upload, task="import", language="zh-hans", asked_at=clock.now())


def killed_while_writing(job: SheetJob, statement: int) -> bool:
    """A worker's process that stops before its n-th statement in the transaction and is killed by its pid.

    False if it had fewer statements and came to its end.
    """
    connections.close_all()
    hear, say = os.pipe()
    child = os.fork()
    if child == 0:
        run = [0]

        def stop(execute, sql, params, many, context):
            run[0] += connection.in_atomic_block and not sql.startswith("SELECT")
            if run[0] == statement:
                os.write(say, b"x")
                signal.pause()
            return execute(sql, params, many, context)

        with connection.execute_wrapper(stop):
            jobs.work(job=job.pk)
        os._exit(0)
    os.close(say)
    writing = os.read(hear, 1) == b"x"
    os.close(hear)
    if writing:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return writing


def rows() -> tuple[int, int]:
    return Person.objects.count(), Posting.objects.count()


@pytest.fixture
def hall_of_its_own(own_database, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    make_hall()
    return own_database


def test_killed_in_the_transaction_none_or_all_are_there_and_the_next_worker_finishes(hall_of_its_own, tmp_path):
    deaths, whole = 0, 0
    for at in range(IMPORTS):
        upload = brought(tmp_path, 1 + at * ROWS)
        job = queued(upload)
        # At every statement in turn, from the first to the one after the last.
        if killed_while_writing(job, 1 + at % 6):
            deaths += 1
            assert rows() == (whole, whole), f"killed before statement {1 + at % 6}"
            assert not SheetUpload.objects.get(pk=upload.pk).imported
            assert not SheetJournal.objects.filter(upload=upload).exists()
            with clock.at(clock.now() + LATER):
                jobs.sweep(clock.now())
        whole += ROWS
        assert rows() == (whole, whole)
        assert SheetJob.objects.get(pk=job.pk).stage == "done"
    print(f"{IMPORTS} imports, {deaths} workers killed inside a transaction")
    assert deaths >= 20


@pytest.mark.control
def test_without_one_transaction_some_rows_are_left(hall_of_its_own, tmp_path, monkeypatch):
    original = imports.evaluate
    monkeypatch.setattr(imports, "transaction", SimpleNamespace(atomic=nullcontext))
    monkeypatch.setattr(SheetUploadQuerySet, "select_for_update", lambda self: self)
    monkeypatch.setattr(imports, "evaluate", lambda *given, lock: original(*given, lock=False))
    job = queued(brought(tmp_path, 1))
    # People are written in a transaction of their own, and their postings in the next.
    assert killed_while_writing(job, 2)
    assert rows() == (ROWS, 0)


@pytest.mark.xdist_group("processes")
def test_a_real_worker_killed_at_work_leaves_nothing_and_the_next_one_finishes(hall_of_its_own, tmp_path):
    upload = brought(tmp_path, 1, 3000)
    job = queued(upload)
    # Asked for long enough ago that the clock takes it up at its first tick.
    SheetJob.objects.update(asked_at=clock.now() - LATER)
    with Worker(hall_of_its_own.url, tmp_path) as worker:
        worker.start()
        worker.until(lambda: SheetJob.objects.get(pk=job.pk).stage == "writing")
        worker.signal(signal.SIGKILL)
        worker.process.wait()
        assert rows() in ((0, 0), (3000, 3000))
        SheetJob.objects.filter(claimed_until__isnull=False).update(claimed_until=clock.now() - LATER)
        worker.start()
        worker.until(lambda: SheetJob.objects.get(pk=job.pk).stage == "done")
        worker.stop()
    assert rows() == (3000, 3000)
    assert SheetUpload.objects.get().imported


class TestFullDisk:
    def test_of_the_database_nothing_is_written_and_it_is_said(self, hall_of_its_own, tmp_path):
        upload = brought(tmp_path, 1, 600)
        with full_disk(), pytest.raises(SheetError) as refused:
            commit(upload=upload, by=None)
        assert "磁盘" in str(refused.value)
        assert rows() == (0, 0)
        assert not SheetUpload.objects.get().imported
        commit(upload=upload, by=None)
        assert rows() == (600, 600)

    def test_of_the_files_nothing_is_kept_and_it_is_said(self, hall_of_its_own, tmp_path, monkeypatch):
        def full(handle):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(SheetError, match="磁盘"):
            receive(kind="staff_register", file_name="r.xlsx", chunks=[b"x"], by=None)
        assert not SheetUpload.objects.exists()
        assert not [path for path in (tmp_path / "uploads" / "sheets").iterdir() if path.is_file()]


@contextmanager
def full_disk():
    """SQLite really runs out of pages; PostgreSQL is said to have (its error of a full disk)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            pages = cursor.execute("PRAGMA page_count").fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {pages}")
            yield
            cursor.execute("PRAGMA max_page_count = 1073741823")
        return

    def full(execute, sql, params, many, context):
        if sql.startswith("INSERT"):
            raise OperationalError("could not extend file: No space left on device")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(full):
        yield
