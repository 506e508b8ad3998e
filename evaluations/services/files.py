"""Scans and photos of a round: filed once, never changed, read by those whom their kind concerns."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from evaluations import scans
from evaluations.disclosure import has_few, holds_record
from evaluations.exceptions import RoundError
from evaluations.models import Election, Nomination, RoundFile
from evaluations.querysets import OFFICERS, OVERSEERS
from intranet import clock
from intranet.access import audit
from intranet.access.models import User

from .officers import require_officer, stands_in

Kind = RoundFile.Kind
PREFIX = "evaluations/"
# What hangs on the wall or is signed for everyone; read by all from the first day of the public notice.
PUBLIC = (Kind.MINUTES, Kind.NOTICE_PHOTO, Kind.SIGNED_RECORD)


@transaction.atomic
def file(*, election: Election, kind: str, upload: Any, title: str, by: User) -> RoundFile:
    """Keep an uploaded PDF, JPEG, PNG or WebP of at most 10 MB with its SHA-256; pictures lose their metadata.

    By an officer who does not stand; the signed record also by a scrutineer who does not. Raises RoundError.
    Called by other services after they checked their own rules, so that nothing is left on the disk by a refusal.
    """
    current = Election.objects.locked(election.pk)
    _check_filer(current, kind, by)
    title = title.strip()[:120]
    if not title:
        raise RoundError(_("Say in a few words what the file is."))
    content, ending = scans.cleaned(upload)
    kept = RoundFile(
        election=current,
        kind=kind,
        title=title,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        by=by,
        created_at=clock.now(),
    )
    kept.file.save(f"scan.{ending}", ContentFile(content), save=False)
    kept.save()
    audit.record("evaluations.file", kept, by=by, data={"kind": kind, "sha256": kept.sha256})
    return kept


def _check_filer(election: Election, kind: str, by: User) -> None:
    if kind not in Kind.values:
        raise RoundError(_("Say what kind of file this is."))
    if kind == Kind.SIGNED_RECORD and by.has_role("scrutineer") and not stands_in(election, by):
        return
    require_officer(by, election)


def may_read(user: Any, path: str) -> bool:
    """Whether a user may read the file at ``path`` below var/uploads; a path without its row is nobody's."""
    row = RoundFile.objects.filter(file=path).select_related("election__award").first()
    return row is not None and may_read_file(user, row)


def may_read_file(user: Any, row: RoundFile) -> bool:
    """Sealed forms: officers, overseers, whom they name. Evidence and letters: officers who do not stand, the
    auditor. What is public: everyone who may see the round once the notice began, before that officers and
    overseers who do not stand; a scan that a correction took out of the record stays with these. A signed record has
    numbers: where few could vote it is for scrutineers and auditors.
    """
    if row.kind in (Kind.EVIDENCE, Kind.OBJECTION):
        return reads_what_is_said(row.election, user)
    if row.kind == Kind.SIGNED_RECORD and has_few(row.election):
        return holds_record(row.election, user)
    if user.has_role(*OVERSEERS) and (row.kind not in PUBLIC or _is_told(row.election, user)):
        return True
    if row.kind == Kind.RECOMMENDATION:
        return Nomination.objects.filter(scan=row).naming(user).exists()
    public = row.kind in PUBLIC and row.election.notice_first is not None and not is_superseded(row)
    return public and Election.objects.visible_to(user).filter(pk=row.election_id).exists()


def _is_told(election: Election, user: Any) -> bool:
    """Whether an officer or overseer reads what becomes public already now: whoever stands waits for the notice."""
    return election.notice_first is not None or not stands_in(election, user)


def minutes_of(election: Election) -> RoundFile | None:
    """The scan that the recorded decision rests on; one filed by mistake before has another fingerprint."""
    told = election.decision.get("meeting") or {}
    return election.files.filter(kind=Kind.MINUTES, sha256=told.get("scan", "")).last()


def is_superseded(row: RoundFile) -> bool:
    """Whether this is a scan of minutes that the record was corrected away from."""
    told = row.election.decision.get("meeting") or {}
    return row.kind == Kind.MINUTES and "scan" in told and row.sha256 != told["scan"]


def reads_what_is_said(election: Election, user: Any) -> bool:
    """Who may read what speaks against somebody: the auditor, and officers who do not stand in the round."""
    return user.has_role("auditor") or (user.has_role(*OFFICERS) and not stands_in(election, user))
