"""The file of a round (评选档案): one zip with a list of contents, every paper, the record to recount, and all scans.

What a scan holds decides who gets it: evidence and letters of objection are for officers and the auditor.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from intranet import clock
from intranet.access import audit
from intranet.papers.drawing import written_day
from intranet.papers.registry import Asked
from intranet.papers.rights import possible
from intranet.papers.services import draw_unfiled

from . import papers, record
from .disclosure import READERS, holds_record
from .exceptions import RoundError
from .models import Election, RoundFile
from .papers.notices import notice_over
from .phases import Phase
from .querysets import OFFICERS
from .services.files import is_superseded
from .services.officers import stands_in

NO_RECORD = "本期有票箱不足十人，计票记录含每一张选票，仅供监票人和审计人员查阅、复核。\r\n"
VERIFIER = settings.BASE_DIR / "docs" / "verify_election.py"
# From the notice on nothing in a round's record changes any more.
FILED_IN = (Phase.PUBLIC_NOTICE, Phase.PUBLISHED, Phase.ANNULLED)
KINDS = {
    RoundFile.Kind.RECOMMENDATION: "盖章推荐表",
    RoundFile.Kind.MINUTES: "会议纪要扫描件",
    RoundFile.Kind.NOTICE_PHOTO: "公示照片",
    RoundFile.Kind.SIGNED_RECORD: "监票人签字记录",
    RoundFile.Kind.EVIDENCE: "一票否决依据",
    RoundFile.Kind.OBJECTION: "异议来信",
}
# Read by whoever may read the archive; the others only by officers and the auditor.
FOR_ALL_READERS = (
    RoundFile.Kind.RECOMMENDATION,
    RoundFile.Kind.MINUTES,
    RoundFile.Kind.NOTICE_PHOTO,
    RoundFile.Kind.SIGNED_RECORD,
)
NOT_IN_A_NAME = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_") | {chr(code): "_" for code in range(32)})


@dataclass(frozen=True)
class Member:
    """One file of the archive. ``note`` is said beside it in the list of contents."""

    name: str
    content: bytes
    note: str = ""


def is_there(election: Election) -> bool:
    """Whether the round has come so far that its file can be put together."""
    return election.phase in FILED_IN and bool(election.record_root)


def takes(election: Election) -> dict[str, bool]:
    """What can be taken along of a round, or made of it, beside its papers."""
    published = election.phase == Phase.PUBLISHED
    return {
        "archive": is_there(election),
        "certificates": published,
        "news": published,
        "waits_for_notice": election.phase == Phase.PUBLIC_NOTICE and not notice_over(election),
    }


def write(*, election: Election, by: Any, to: Any) -> None:
    """Write the zip into ``to`` (a binary file), and into the log that it was read.

    Raises RoundError for who may not read it, stands in the round, or comes before the public notice.
    """
    if not by.has_role(*READERS):
        raise RoundError(_("The file of a round is for the union, scrutineers and the auditor. Please ask them."))
    if stands_in(election, by):
        raise RoundError(_("You stand in this round yourself, so somebody else must take its file along."))
    if not is_there(election):
        raise RoundError(_("The file of a round is put together when its public notice has begun."))
    listed = []
    # Like every paper of the hall, in Chinese, whoever takes it along.
    with override("zh-hans"), zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
        for member in _members(election, by):
            packed.writestr(_entry(member.name), member.content)
            listed.append((member.name, len(member.content), hashlib.sha256(member.content).hexdigest(), member.note))
        packed.writestr(_entry("目录.txt"), _contents(election, listed))
    audit.record("evaluations.archive", election, by=by, data={"files": len(listed)})


def _members(election: Election, by: Any) -> Iterator[Member]:
    """One after the other, so that no more than one file is held at a time."""
    for number, kind in enumerate(possible(papers.OF_A_ROUND, election, by), 1):
        content = draw_unfiled(kind=kind, asked=Asked(about=election, by=by))
        yield Member(f"1 文书/{number:02d} {kind.label}.docx", content)
    if holds_record(election, by):
        yield from _record(election)
    else:
        yield Member("2 计票记录/说明.txt", NO_RECORD.encode(), "票数较少，不附选票明细")
    yield from _scans(election, by)


def _record(election: Election) -> Iterator[Member]:
    """The record to recount, with the program that checks it."""
    with tempfile.TemporaryDirectory() as folder:
        root = record.write_bundle(election, Path(folder))
        for path in sorted(Path(folder).iterdir()):
            note = f"根值 {root}" if path.name == "manifest.json" else ""
            yield Member(f"2 计票记录/{election.slug}/{path.name}", path.read_bytes(), note)
    yield Member(f"2 计票记录/{VERIFIER.name}", VERIFIER.read_bytes(), "核验程序，仅需 Python 3")


def _scans(election: Election, by: Any) -> Iterator[Member]:
    """Each scan as it was filed; one that has changed or gone since is said to have, and does not stop the others."""
    kinds = list(KINDS) if by.has_role(*OFFICERS, "auditor") else list(FOR_ALL_READERS)
    if not holds_record(election, by):
        kinds.remove(RoundFile.Kind.SIGNED_RECORD)
    for number, scan in enumerate(election.files.filter(kind__in=kinds).order_by("created_at", "pk"), 1):
        title = scan.title.translate(NOT_IN_A_NAME).strip() or "scan"
        name = f"3 扫描件/{number:02d} {KINDS[RoundFile.Kind(scan.kind)]} {title[:60]}"
        try:
            with scan.file.open("rb") as held:
                content = held.read()
        except OSError:
            yield Member(f"{name}.缺失.txt", "存档文件已不在磁盘上。\n".encode(), "文件缺失")
            continue
        changed = hashlib.sha256(content).hexdigest() != scan.sha256
        note = "与存档时的指纹不一致" if changed else "已被更正后的纪要替代" if is_superseded(scan) else ""
        yield Member(f"{name}{Path(scan.file.name or '').suffix}", content, note)


def _contents(election: Election, listed: list[tuple[str, int, str, str]]) -> bytes:
    """The list of contents as text that any program opens: number, name, size, SHA-256, what there is to say."""
    head = [
        f"{election} 评选档案目录",
        f"{settings.HALL_NAME}，{written_day(clock.today())}，共{len(listed)}件",
        f"记录根值 {election.record_root}",
        "",
    ]
    rows = [
        f"{number}. {name}\n   {size} 字节  SHA-256 {digest}{f'  {note}' if note else ''}"
        for number, (name, size, digest, note) in enumerate(listed, 1)
    ]
    # The mark at the beginning tells old editors that this is UTF-8.
    return ("\ufeff" + "\r\n".join([*head, *rows]) + "\r\n").encode()


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry dated by the hall's clock, packed."""
    now = clock.now().astimezone(clock.HALL_ZONE)
    info = zipfile.ZipInfo(name, now.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
