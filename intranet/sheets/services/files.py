"""The files people bring: kept under their hash, bound to person and kind, deleted after 30 days."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access.exceptions import NotAllowed

from ..exceptions import AlreadyImported, SheetError
from ..issues import sentence
from ..models import SheetJournal, SheetPreview, SheetUpload
from ..registry import SheetKind, kinds_for, sheet_kinds
from ..workbook import bounds_of_the_hall

FOLDER = "sheets"


def kind_for(key: str, by: Any) -> SheetKind:
    """The kind, if this user may use it. Raises NotAllowed otherwise, alike for an unknown one."""
    kind = sheet_kinds().get(key)
    if kind is None or not kind.open_to(by):
        raise NotAllowed(_("You may not import or export this kind of sheet. Ask the personnel office."))
    return kind


def file_path(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / sha256


def problems_path(upload: SheetUpload) -> Path:
    """Where a worker keeps the rows of a large sheet with what is wrong; goes with the sheet's own file."""
    return file_path(f"{upload.sha256}.problems-{upload.pk}")


def receive(
    *,
    kind: str,
    file_name: str,
    chunks: Iterable[bytes],
    by: Any,
    sheet: str = "",
    options: dict[str, Any] | None = None,
) -> SheetUpload:
    """Keep a file under its hash, bound to person and kind ("" when it is to be recognised).

    Raises NotAllowed for a kind that is not open to the person, SheetError when the file is too large or cannot
    be kept.
    """
    if kind:
        known = set(kind_for(kind, by).options)
    elif kinds_for(by):
        known = set()
    else:
        raise NotAllowed(_("You may not import or export this kind of sheet. Ask the personnel office."))
    sha256, size = _keep(chunks)
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


def remove_old_files(now: Any) -> int:
    """Delete the files of uploads older than 30 days, with what was shown of them and what could be undone.

    Gives how many files went. Safe to run twice; the receipts stay.
    """
    old = SheetUpload.objects.older_than_kept(now)
    hashes = set(old.values_list("sha256", flat=True))
    still = SheetUpload.objects.with_file().exclude(pk__in=old.values("pk")).filter(sha256__in=hashes)
    removable = hashes - set(still.values_list("sha256", flat=True))
    for kept in (SheetPreview, SheetJournal):
        kept._default_manager.filter(upload__in=old.values("pk")).delete()
    for upload in old.only("sha256"):
        problems_path(upload).unlink(missing_ok=True)
    old.update(file_removed_at=now, answers={})
    for sha256 in removable:
        file_path(sha256).unlink(missing_ok=True)
    return len(removable)


def discard(*, upload: SheetUpload, by: Any) -> None:
    """Forget an upload that was never imported; its file goes when no other upload holds it."""
    with transaction.atomic():
        row = SheetUpload.objects.select_for_update().get(pk=upload.pk)
        if row.imported:
            raise AlreadyImported(_("This sheet has already been imported; its receipt is kept."))
        row.delete()
    problems_path(upload).unlink(missing_ok=True)
    if not SheetUpload.objects.with_file().filter(sha256=upload.sha256).exists():
        file_path(upload.sha256).unlink(missing_ok=True)
