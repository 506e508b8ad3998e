"""What only the person can say about a sheet: what it is, where the table stands, what a cell means."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit

from ..exceptions import AlreadyImported, SheetError
from ..headings import spellings
from ..meanings import alias_index
from ..models import KnownHeading, SheetUpload
from .files import kind_for

LONGEST_ANSWER = 200
MOST_ANSWERS = 2000


def _open(upload: SheetUpload) -> SheetUpload:
    """The row, locked, unless it has been imported. Call inside a transaction."""
    row = SheetUpload.objects.select_for_update().get(pk=upload.pk)
    if row.imported:
        raise AlreadyImported(_("This sheet has already been imported. Nothing was written a second time."))
    return row


def name_kind(*, upload: SheetUpload, kind: str, by: Any) -> None:
    """Say what an upload is, before it has been imported. What was answered for another kind is forgotten."""
    kind_for(kind, by)
    with transaction.atomic():
        row = _open(upload)
        if row.kind != kind:
            row.kind, row.answers, row.plan = kind, {}, ""
            row.save(update_fields=["kind", "answers", "plan"])
    upload.refresh_from_db()


def choose_sheet(*, upload: SheetUpload, sheet: str, by: Any) -> None:
    """Which sheet of the workbook is meant, when several fit. Answers about another sheet are forgotten."""
    kind_for(upload.kind, by)
    with transaction.atomic():
        row = _open(upload)
        row.sheet, row.answers, row.plan = sheet.replace("\0", "")[:60], {}, ""
        row.save(update_fields=["sheet", "answers", "plan"])
    upload.refresh_from_db()


def choose_heading_row(*, upload: SheetUpload, number: int, by: Any) -> None:
    """Which row holds the headings, when they were not found or two tables fit; 0 lets the program look again."""
    kind_for(upload.kind, by)
    with transaction.atomic():
        row = _open(upload)
        row.answers, row.plan = ({"heading_row": number} if number > 0 else {}), ""
        row.save(update_fields=["answers", "plan"])
    upload.refresh_from_db()


def answer(*, upload: SheetUpload, offered: Mapping[str, Collection[str]], given: Mapping[str, str], by: Any) -> int:
    """Keep answers, as "cells:C5" → one of the values offered for it; gives how many.

    What was not asked, or not offered, is left out: an answer cannot put anything into the sheet.
    """
    kind_for(upload.kind, by)
    taken = {key: value for key, value in given.items() if value in offered.get(key, ())}
    with transaction.atomic():
        row = _open(upload)
        for key, value in taken.items():
            asks, _colon, place = key.partition(":")
            row.answers.setdefault(asks, {})[place] = value[:LONGEST_ANSWER]
        if sum(len(kept) for kept in row.answers.values() if isinstance(kept, dict)) > MOST_ANSWERS:
            raise SheetError(_("So many open questions are answered faster in the file itself. Correct it there."))
        row.plan = ""
        row.save(update_fields=["answers", "plan"])
    upload.refresh_from_db()
    return len(taken)


def forget_answers(*, upload: SheetUpload, by: Any) -> None:
    """Ask everything again."""
    kind_for(upload.kind, by)
    with transaction.atomic():
        row = _open(upload)
        row.answers, row.plan = {}, ""
        row.save(update_fields=["answers", "plan"])
    upload.refresh_from_db()


def say_heading(*, kind: str, heading: str, column: str, by: Any) -> KnownHeading:
    """Remember what a heading means, for everyone who imports this kind.

    Raises SheetError for a heading that means something already, and for a column the kind does not have.
    """
    chosen = kind_for(kind, by)
    spelling = next(iter(spellings(heading)), "")
    if not spelling or len(spelling) > 120:
        raise SheetError(_("This heading cannot be remembered. Give the column a short heading in the file."))
    if spelling in alias_index(chosen):
        raise SheetError(_("“%(heading)s” already has a meaning in this kind of sheet.") % {"heading": heading})
    if column not in {known.name for known in chosen.columns}:
        raise SheetError(_("This kind of sheet has no such column. Choose one from the list."))
    with transaction.atomic():
        known, _new = KnownHeading.objects.update_or_create(
            kind=kind,
            spelling=spelling,
            defaults={"heading": heading[:120], "column": column, "said_by": by, "said_at": clock.now()},
        )
        audit.record("sheets.know_heading", known, by=by, data={"kind": kind, "column": column})
    return known


def forget_heading(*, known: KnownHeading, by: Any) -> None:
    """The heading is unknown again; what was imported stays."""
    kind_for(known.kind, by)
    with transaction.atomic():
        audit.record("sheets.forget_heading", known, by=by, data={"kind": known.kind, "column": known.column})
        known.delete()
