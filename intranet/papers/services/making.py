"""Making a paper: data and template together, the file on disk, the entry in the list and in the log."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from intranet import clock
from intranet.access import audit
from intranet.access.exceptions import NotAllowed

from .. import drawing
from ..exceptions import PaperError
from ..models import Paper
from ..registry import Asked, PaperKind
from . import files
from .templates import own_kind, template_for

LONGEST_SPAN = 5 * 366


def make(*, kind: str, by: Any, about: Any = None, first: Any = None, last: Any = None, columns: Any = ()) -> Paper:
    """Make a paper of a kind and file it with its object; gives its entry. Two people who ask at once get two papers.

    ``about`` an object the kind is about, ``first``/``last`` days, ``columns`` names. Raises NotAllowed for a kind or
    object that is not this person's, PaperError when something is missing or the template cannot be filled.
    """
    chosen = own_kind(kind, by)
    if not chosen.filed:
        raise PaperError(_("This paper is made where its object is, and is not kept here."))
    asked = Asked(about, first, last, tuple(columns), by)
    _check(chosen, asked)
    title, data = _drawn(chosen, asked)
    kept = files.keep(data, files.FOLDER)
    try:
        with transaction.atomic():
            paper = Paper.objects.create(
                kind=kind,
                title=title,
                about_model=about._meta.label_lower if about is not None else "",
                about_key=about.pk if about is not None else None,
                first=first,
                last=last,
                made_by=by,
                made_at=clock.now(),
                file=kept.file,
                sha256=kept.sha256,
                size=kept.size,
            )
            audit.record("papers.make", paper, by=by, data={"kind": kind, "about": paper.about})
    except BaseException:
        files.discard(kept.file)
        raise
    return paper


def draw_unfiled(*, kind: PaperKind, asked: Asked) -> bytes:
    """The bytes of a paper that holds secrets and is kept nowhere; whoever calls records what was done."""
    return _drawn(kind, asked)[1]


def _check(kind: PaperKind, asked: Asked) -> None:
    if asked.about is None and kind.subjects is not None and not kind.optional:
        raise PaperError(_("Choose what the paper is about."))
    if asked.about is not None:
        seen = kind.subjects(asked.by) if kind.subjects is not None else None
        if seen is None or not isinstance(asked.about, seen.model) or not seen.filter(pk=asked.about.pk).exists():
            raise NotAllowed(_("You do not make papers of this kind."))
    if kind.spans:
        if asked.first is None or asked.last is None or asked.last < asked.first:
            raise PaperError(_("Give the first and the last day; the last cannot be before the first."))
        if (asked.last - asked.first).days > LONGEST_SPAN:
            raise PaperError(_("Choose at most five years."))
    if set(asked.columns) - {column.name for column in kind.columns}:
        raise PaperError(_("Choose columns from the list."))


def _drawn(kind: PaperKind, asked: Asked) -> tuple[str, bytes]:
    """Title and bytes. In Chinese, whoever asks; before any transaction, for it may take a second."""
    template = template_for(kind, asked)
    with override("zh-hans"):
        data = kind.data(asked)
    return drawing.one_line(data["title"])[:200], drawing.draw(template, kind, data)


def remove_file(*, paper: Paper, by: Any) -> None:
    """Delete a paper's file; its entry stays and says so. Twice does nothing twice. Raises NotAllowed."""
    own_kind(paper.kind, by)
    with transaction.atomic():
        row = Paper.objects.select_for_update().get(pk=paper.pk)
        if row.removed_at is not None:
            return
        row.removed_at, row.removed_by = clock.now(), by
        row.save(update_fields=["removed_at", "removed_by"])
        audit.record("papers.remove_file", row, by=by, data={"kind": row.kind})
        transaction.on_commit(lambda: files.discard(row.file))


def remove_old_files(now: Any) -> int:
    """Delete the files that are kept for a time only; gives how many. Safe to run twice; the entries stay."""
    gone = list(Paper.objects.past_keeping(now).values_list("pk", "file"))
    Paper.objects.filter(pk__in=[pk for pk, _file in gone]).update(removed_at=now)
    for _pk, file in gone:
        files.discard(file)
    return len(gone)
