"""Any sheet in: receive a file, check it, import it; all or nothing."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit
from intranet.access.exceptions import NotAllowed

from .bounds import Refused
from .exceptions import AlreadyImported, Outdated, SheetError
from .finder import find, recognise
from .issues import Issue, sentence
from .models import SheetUpload
from .registry import SheetKind, kinds_for, sheet_kinds
from .rows import Row, SheetRows, read_rows
from .table import Table
from .workbook import Workbook, bounds_of_the_hall, open_workbook

FOLDER = "sheets"


@dataclass
class Report:
    """What a sheet would do, or did. ``outcome``: "clean", "errors" or "refused" (then one error without row)."""

    kind: SheetKind
    file: str
    sha256: str
    outcome: str
    rows: list[Row] = field(default_factory=list)
    warnings: list[Issue] = field(default_factory=list)
    errors: list[Issue] = field(default_factory=list)
    table: Table | None = None
    plan: str = ""
    seconds: float = 0.0
    peak_mb: float = 0.0
    handler: SheetRows | None = None
    # The sheets to choose from when several fit.
    sheet_names: list[str] = field(default_factory=list)

    def _count(self, outcome: str) -> int:
        return sum(1 for row in self.rows if row.outcome == outcome)

    @property
    def created(self) -> int:
        return self._count("create")

    @property
    def updated(self) -> int:
        return self._count("update")

    @property
    def unchanged(self) -> int:
        return self._count("unchanged")

    @property
    def counts(self) -> dict[str, int]:
        return {
            "rows": len(self.rows),
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "warnings": len(self.warnings),
            "errors": len(self.errors),
        }


def kind_for(key: str, by: Any) -> SheetKind:
    """The kind, if this user may use it. Raises NotAllowed otherwise, alike for an unknown one."""
    kind = sheet_kinds().get(key)
    if kind is None or not kind.open_to(by):
        raise NotAllowed(_("You may not import or export this kind of sheet. Ask the personnel office."))
    return kind


def file_path(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / sha256


def receive(
    *,
    kind: str,
    file_name: str,
    chunks: Iterable[bytes],
    by: Any,
    sheet: str = "",
    options: dict[str, Any] | None = None,
) -> SheetUpload:
    """Keep a file under its hash, bound to person and kind. Raises SheetError when it is too large."""
    chosen = kind_for(kind, by)
    sha256, size = _keep(chunks)
    known = set(chosen.options)
    upload = SheetUpload(
        person=by,
        kind=kind,
        sheet=sheet[:60],
        file_name=Path(file_name).name[:200] or sha256[:12],
        sha256=sha256,
        size=size,
        options={key: value for key, value in (options or {}).items() if key in known},
        uploaded_at=clock.now(),
    )
    upload.save()
    return upload


def _keep(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write the bytes to var/uploads/sheets/<sha256>; the name appears only when all of it is on disk."""
    folder = Path(settings.MEDIA_ROOT) / FOLDER
    limit = bounds_of_the_hall().upload
    digest, size = hashlib.sha256(), 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".receiving-")
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise SheetError(sentence("too_large", {"limit": limit // 1024 // 1024}))
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, folder / digest.hexdigest())
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise SheetError(
            _("The file could not be kept: the disk is full or not writable. Tell the administrator.")
        ) from error
    return digest.hexdigest(), size


def recognised_kind(*, path: Path, by: Any) -> str:
    """Key of the kind that the sheet's headings fit best among those the person may use; "" when unclear."""
    try:
        return recognise(open_workbook(path), kinds_for(by))
    except Refused:
        return ""


def check(
    *, kind: str, path: Path, by: Any, file_name: str = "", sheet: str = "", options: dict[str, Any] | None = None
) -> Report:
    """Read and check a sheet; writes nothing. A file that cannot be used gives a refused report, not an exception."""
    chosen = kind_for(kind, by)
    started = time.perf_counter()
    report = _read(chosen, path, file_name or path.name, sheet)
    if report.table is not None:
        _evaluate(report, by, options or {}, lock=False)
    report.seconds = round(time.perf_counter() - started, 3)
    return report


def _read(kind: SheetKind, path: Path, file_name: str, sheet: str) -> Report:
    """File → table → rows with their cells read. No database."""
    report = Report(kind, file_name, "", "refused")
    try:
        report.sha256 = _sha256(path)
        book = open_workbook(path)
        report.peak_mb = book.peak_mb
        report.table = find(book, kind, sheet)
        report.rows = _rows(report.table, book)
    except Refused as refusal:
        report.table, report.rows = None, []
        report.sheet_names = list(refusal.about.get("choices", ()))  # type: ignore[call-overload]
        report.errors = [Issue(refusal.code, sentence(refusal.code, refusal.about))]
    return report


def _rows(table: Table, book: Workbook) -> list[Row]:
    rows = read_rows(table, clock.today(), book.form == "text")
    limit = bounds_of_the_hall().rows
    if len(rows) > limit:
        raise Refused("too_many_rows", limit=limit)
    if not rows:
        raise Refused("no_rows")
    return rows


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Refused("missing_file") from error


def _evaluate(report: Report, by: Any, options: dict[str, Any], *, lock: bool) -> None:
    """Match and check the rows against the database."""
    handler = report.kind.handler(report.kind, report.rows, by=by, today=clock.today(), options=options)
    handler.check(lock=lock)
    report.handler, report.plan = handler, handler.digest()
    assert report.table is not None
    report.warnings = [Issue(found.code, found.message) for found in report.table.warnings]
    report.warnings += [issue for row in report.rows for issue in row.warnings]
    report.errors = [issue for row in report.rows for issue in sorted(row.errors, key=_place)]
    report.outcome = "errors" if report.errors else "clean"


def _place(issue: Issue) -> tuple[int, str]:
    """Columns from left to right: B before AA."""
    return len(issue.column), issue.column


def check_upload(*, upload: SheetUpload, by: Any) -> Report:
    """Check an uploaded sheet against the register as it is now, and remember what was shown."""
    report = check(
        kind=upload.kind,
        path=file_path(upload.sha256),
        by=by,
        file_name=upload.file_name,
        sheet=upload.sheet,
        options=upload.options,
    )
    changes = {"counts": report.counts, "plan": report.plan if report.outcome == "clean" else ""}
    SheetUpload.objects.filter(pk=upload.pk, confirmed_at__isnull=True).update(
        state=SheetUpload.State.CHECKED if report.outcome == "clean" else SheetUpload.State.FAILED,
        checked_at=clock.now(),
        **changes,
    )
    upload.refresh_from_db()
    return report


def commit(*, upload: SheetUpload, by: Any) -> Report:
    """Import a checked upload: one transaction, all or nothing, once.

    Checks permission, the file's hash and every row again. Raises AlreadyImported on the second
    attempt, Outdated when the outcome is no longer the one that was shown, SheetError otherwise.
    """
    kind = kind_for(upload.kind, by)
    if upload.person_id != (by.pk if by is not None else None):
        raise NotAllowed(_("Only the person who uploaded the sheet may import it."))
    started = time.perf_counter()
    report = _read(kind, file_path(upload.sha256), upload.file_name, upload.sheet)
    if report.sha256 != upload.sha256:
        raise Outdated(_("The file is no longer there or has changed. Upload it again."))
    if report.table is None:
        raise SheetError(report.errors[0].message)
    try:
        with transaction.atomic():
            _commit_locked(upload, report, by)
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


def _commit_locked(upload: SheetUpload, report: Report, by: Any) -> None:
    row = SheetUpload.objects.select_for_update().get(pk=upload.pk)
    _refuse_second(row)
    _evaluate(report, by, row.options, lock=True)
    if report.errors:
        raise SheetError(_("The sheet has problems. Nothing was imported; look at the list and correct the file."))
    if row.plan != report.plan:
        raise Outdated(_("The entries have changed since you checked. Look at the preview again before you import."))
    assert report.handler is not None
    report.handler.save()
    row.state, row.confirmed_at, row.counts = SheetUpload.State.CONFIRMED, clock.now(), report.counts
    row.save(update_fields=["state", "confirmed_at", "counts"])
    audit.record("sheets.import", row, by=by, data={"kind": row.kind, "sha256": row.sha256, **report.counts})


def _refuse_second(row: SheetUpload) -> None:
    """Under the row's lock: whoever comes second finds it confirmed."""
    if row.state == SheetUpload.State.CONFIRMED:
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


def remove_old_files(now: Any) -> int:
    """Delete the files of uploads older than 30 days; gives how many files went. Safe to run twice."""
    old = SheetUpload.objects.older_than_kept(now)
    hashes = set(old.values_list("sha256", flat=True))
    still = SheetUpload.objects.with_file().exclude(pk__in=old.values("pk")).filter(sha256__in=hashes)
    removable = hashes - set(still.values_list("sha256", flat=True))
    old.update(file_removed_at=now)
    for sha256 in removable:
        file_path(sha256).unlink(missing_ok=True)
    return len(removable)


def name_kind(*, upload: SheetUpload, kind: str, by: Any) -> None:
    """Say what an upload is, before it has been imported."""
    kind_for(kind, by)
    upload.kind = kind
    upload.save(update_fields=["kind"])


def choose_sheet(*, upload: SheetUpload, sheet: str, by: Any) -> None:
    """Which sheet of the workbook is meant, when several fit."""
    kind_for(upload.kind, by)
    named = sheet.replace("\0", "")[:60]
    SheetUpload.objects.filter(pk=upload.pk, confirmed_at__isnull=True).update(sheet=named, plan="")


def discard(*, upload: SheetUpload, by: Any) -> None:
    """Forget an upload that was never imported; its file goes when no other upload holds it."""
    if upload.state == SheetUpload.State.CONFIRMED:
        raise AlreadyImported(_("This sheet has already been imported; its receipt is kept."))
    upload.delete()
    if not SheetUpload.objects.with_file().filter(sha256=upload.sha256).exists():
        file_path(upload.sha256).unlink(missing_ok=True)
