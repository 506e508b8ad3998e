"""Import a checked sheet: all or nothing, once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit
from intranet.access.exceptions import NotAllowed

from ..answers import Answers
from ..exceptions import AlreadyImported, Outdated, SheetError
from ..journal import difference, images, pack
from ..models import SheetJournal, SheetUpload
from ..pause import no_collecting
from .checking import Report, Tell, check, evaluate, read, silently
from .files import file_path, kind_for, receive


def check_upload(*, upload: SheetUpload, by: Any, tell: Tell = silently) -> Report:
    """Check an uploaded sheet against the register as it is now, and remember what was shown."""
    report = check(
        kind=upload.kind,
        path=file_path(upload.sha256),
        by=by,
        file_name=upload.file_name,
        sheet=upload.sheet,
        options=upload.options,
        answers=Answers.of(upload.answers),
        tell=tell,
    )
    changes = {"counts": report.counts, "plan": report.plan if report.outcome == "clean" else ""}
    SheetUpload.objects.filter(pk=upload.pk, confirmed_at__isnull=True).update(
        state=SheetUpload.State.CHECKED if report.outcome == "clean" else SheetUpload.State.FAILED,
        checked_at=clock.now(),
        **changes,
    )
    upload.refresh_from_db()
    return report


@no_collecting()
def commit(*, upload: SheetUpload, by: Any, tell: Tell = silently) -> Report:
    """Import a checked upload: one transaction, all or nothing, once.

    Checks permission, the file's hash and every row again. Raises AlreadyImported on the second
    attempt, Outdated when the outcome is no longer the one that was shown, SheetError otherwise.
    """
    kind = kind_for(upload.kind, by)
    if upload.person_id != (by.pk if by is not None else None):
        raise NotAllowed(_("Only the person who uploaded the sheet may import it."))
    started = time.perf_counter()
    answers = Answers.of(upload.answers)
    report = read(kind, file_path(upload.sha256), upload.file_name, upload.sheet, answers, tell)
    if report.sha256 != upload.sha256:
        raise Outdated(_("The file is no longer there or has changed. Upload it again."))
    if report.table is None:
        raise SheetError(report.errors[0].message)
    tell("writing", 0, 0)
    try:
        with transaction.atomic():
            _commit_locked(upload, report, answers, by)
    except IntegrityError as error:
        raise Outdated(
            _("Somebody else changed the same entries just now. Nothing was imported; check again.")
        ) from error
    except (OperationalError, OSError) as error:
        raise SheetError(
            _("The register could not be written (disk full or busy). Nothing was imported; try again later.")
        ) from error
    upload.refresh_from_db()
    report.seconds = round(time.perf_counter() - started, 3)
    return report


def _commit_locked(upload: SheetUpload, report: Report, answers: Answers, by: Any) -> None:
    row = SheetUpload.objects.select_for_update().get(pk=upload.pk)
    _refuse_second(row)
    # What the person said may have changed in another window since the file was read for this import.
    if row.answers != upload.answers or row.sheet != upload.sheet or row.kind != upload.kind:
        raise Outdated(_("The entries have changed since you checked. Look at the preview again before you import."))
    evaluate(report, by, row.options, answers, lock=True)
    if report.errors:
        raise SheetError(_("The sheet has problems. Nothing was imported; look at the list and correct the file."))
    if row.plan != report.plan:
        raise Outdated(_("The entries have changed since you checked. Look at the preview again before you import."))
    _write(row, report)
    row.state, row.confirmed_at, row.counts = SheetUpload.State.CONFIRMED, clock.now(), report.counts
    row.save(update_fields=["state", "confirmed_at", "counts"])
    audit.record("sheets.import", row, by=by, data={"kind": row.kind, "sha256": row.sha256, **report.counts})


def _write(row: SheetUpload, report: Report) -> None:
    """The rows, and beside them what stood there before."""
    handler = report.handler
    assert handler is not None
    before = images(handler.footprint())
    handler.save()
    written = difference(before, images(handler.footprint()))
    SheetJournal.objects.create(upload=row, packed=pack(written, handler.final()))


def _refuse_second(row: SheetUpload) -> None:
    """Under the row's lock: whoever comes second finds it confirmed."""
    if row.imported:
        raise AlreadyImported(_("This sheet has already been imported. Nothing was written a second time."))


def import_file(
    *,
    kind: str,
    path: Path,
    by: Any,
    sheet: str = "",
    options: dict[str, Any] | None = None,
    check_only: bool = False,
) -> Report:
    """Check a file and, when nothing is wrong, import it: the way of commands and of the demo hall.

    Gives the report; a report with errors means that nothing was written.
    """
    report = check(kind=kind, path=path, by=by, sheet=sheet, options=options)
    if check_only or report.outcome != "clean":
        return report
    with path.open("rb") as file:
        upload = receive(
            kind=kind,
            file_name=path.name,
            chunks=iter(lambda: file.read(1 << 20), b""),
            by=by,
            sheet=sheet,
            options=options,
        )
    SheetUpload.objects.filter(pk=upload.pk).update(
        state=SheetUpload.State.CHECKED, plan=report.plan, counts=report.counts, checked_at=clock.now()
    )
    seconds = report.seconds
    done = commit(upload=upload, by=by)
    done.seconds = round(done.seconds + seconds, 3)
    return done
