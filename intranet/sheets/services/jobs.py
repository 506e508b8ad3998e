"""Large sheets are checked and imported by a worker, so that nobody waits in a request.

The ``SheetJob`` row is the record and the message only wakes a worker: a lost message, a worker that is killed and a
broker that is down cost time, never a row. ``sweep``, run by the clock, takes up what was left lying.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError

from intranet import clock
from intranet.access.audit import acting
from intranet.access.exceptions import RuleError

from .. import exports
from ..models import SheetJob, SheetPreview, SheetUpload
from ..presentation import document, pack, unpack
from ..querysets import CLAIM
from .checking import Report, recognised_kind
from .files import file_path, kind_for, problems_path
from .imports import check_upload, commit

logger = logging.getLogger(__name__)

MOST_TRIES = 3
AT_ONCE = 150 * 1024


def is_small(upload: SheetUpload) -> bool:
    """Whether checking it takes about a second at most, so that nobody need wait for a worker."""
    return upload.size <= getattr(settings, "SHEETS_AT_ONCE", AT_ONCE)


def ask(*, upload: SheetUpload, task: str, by: Any) -> SheetJob:
    """Have a worker check or import the upload; work on it that is still open is left to go on.

    Raises NotAllowed when the kind is not open to the person.
    """
    if upload.kind:
        kind_for(upload.kind, by)
    with transaction.atomic():
        SheetUpload.objects.select_for_update().get(pk=upload.pk)
        job = SheetJob.objects.filter(upload=upload).first() or SheetJob(upload=upload, stage=SheetJob.Stage.DONE)
        if job.open and job.task == task:
            return job
        job.task, job.stage, job.message, job.claimed_until = task, SheetJob.Stage.WAITING, "", None
        job.done = job.total = job.tries = 0
        job.language, job.asked_at = translation.get_language() or settings.LANGUAGE_CODE, clock.now()
        job.save()
        transaction.on_commit(lambda: _wake(job.pk))
    return job


def _wake(pk: int) -> None:
    from ..tasks import work_on_sheet

    try:
        work_on_sheet.delay(pk)
    except BrokerError:
        logger.warning("No broker: work on a sheet waits for the clock")


def work(*, job: int) -> None:
    """Do one piece of work, if nobody else is doing it. What goes wrong is said in the row, for the person."""
    if not SheetJob.objects.claim(job, clock.now()):
        return
    row = SheetJob.objects.select_related("upload__person").get(pk=job)
    if row.tries > MOST_TRIES:
        _end(row, SheetJob.Stage.FAILED, _given_up(row.language))
        return
    with translation.override(row.language), acting(user=row.upload.person):
        try:
            _do(row)
        except RuleError as error:
            _end(row, SheetJob.Stage.FAILED, str(error))
        except Exception as error:
            # The message of an exception may hold what stands in a cell; where it happened does not.
            where = "".join(traceback.format_tb(error.__traceback__))
            logger.error("Work on sheet %s ended with %s\n%s", row.upload_id, type(error).__name__, where)
            _end(
                row,
                SheetJob.Stage.FAILED,
                _("Something unexpected happened. Nothing was imported; tell the administrator."),
            )
        else:
            _end(row, SheetJob.Stage.DONE, "")


def _do(row: SheetJob) -> None:
    upload, by = row.upload, row.upload.person
    if row.task == SheetJob.Task.IMPORT:
        commit(upload=upload, by=by, tell=_teller(row))
        return
    if not upload.kind:
        upload.kind = recognised_kind(path=file_path(upload.sha256), by=by)
        SheetUpload.objects.filter(pk=upload.pk, kind="").update(kind=upload.kind)
    if upload.kind:
        report = check_upload(upload=upload, by=by, tell=_teller(row))
        keep_problems(upload, report)
        SheetPreview.objects.update_or_create(
            upload=upload, defaults={"language": row.language, "packed": pack(document(report))}
        )


def keep_problems(upload: SheetUpload, report: Report) -> None:
    """Write the rows with what is wrong beside the sheet's file, so that its download need not wait for them.

    In a file and not in the database: its cells are as secret as the sheet, which lies there too.
    """
    path = problems_path(upload)
    if not report.errors or report.table is None:
        path.unlink(missing_ok=True)
        return
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        exports.write_problems(report, file)
    unfinished.replace(path)


def _teller(row: SheetJob) -> Any:
    """Says in the row how far the work is, and holds the claim while it is heard of."""

    def tell(stage: str, done: int, total: int) -> None:
        SheetJob.objects.filter(pk=row.pk).update(
            stage=stage, done=done, total=total, claimed_until=clock.now() + CLAIM
        )

    return tell


def _end(row: SheetJob, stage: str, message: str) -> None:
    SheetJob.objects.filter(pk=row.pk).update(stage=stage, message=message, claimed_until=None)


def _given_up(language: str) -> str:
    with translation.override(language):
        return _("The work was broken off several times. Nothing was imported; try again, or tell the administrator.")


def shown_before(upload: SheetUpload) -> dict[str, Any] | None:
    """What a worker found when it last checked, in the language of whoever asks now; None when it must look again."""
    kept = SheetPreview.objects.filter(upload=upload, language=translation.get_language()).first()
    return unpack(kept.packed) if kept else None


def forget_shown(upload: SheetUpload) -> None:
    SheetPreview.objects.filter(upload=upload).delete()


def sweep(now: Any) -> int:
    """Take up work that nobody holds: its message was lost, or its worker was killed. Gives how many pieces."""
    left = list(SheetJob.objects.claimable(now).filter(asked_at__lt=now - CLAIM).values_list("pk", flat=True))
    for pk in left:
        work(job=pk)
    return len(left)
