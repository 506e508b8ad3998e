"""Taking back the last import of a kind, while nothing else has touched what it wrote."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intranet import clock
from intranet.access import audit
from intranet.access.exceptions import NotAllowed

from ..exceptions import CannotUndo
from ..journal import Written, columns_of, fingerprint, unpack
from ..models import SheetJournal, SheetUpload
from ..rows import BATCH, batches
from .files import kind_for

NAMED = 10


def undo(*, upload: SheetUpload, by: Any) -> SheetUpload:
    """Put everything back as it was before this import; one transaction, all or nothing, once.

    Raises CannotUndo, which names what stands in the way: a later import of the kind, rows that somebody has
    changed since, rows that something else refers to, or consequences that are final.
    """
    kind_for(upload.kind, by)
    if upload.person_id != (by.pk if by is not None else None):
        raise NotAllowed(_("Only the person who imported the sheet may undo it."))
    try:
        with transaction.atomic():
            row = SheetUpload.objects.select_for_update().get(pk=upload.pk)
            written = _journal_of(row)
            _take_back(written)
            row.state, row.undone_at, row.undone_by = SheetUpload.State.UNDONE, clock.now(), by
            row.save(update_fields=["state", "undone_at", "undone_by"])
            counts = {"created": 0, "changed": 0}
            for one in written:
                counts["created"] += len(one.created)
                counts["changed"] += len(one.changed)
            audit.record("sheets.undo", row, by=by, data={"kind": row.kind, "sha256": row.sha256, **counts})
    except IntegrityError as error:
        raise CannotUndo(
            _("Something that has been entered since refers to rows of this sheet. Nothing was undone.")
        ) from error
    return row


def may_be_undone(upload: SheetUpload) -> bool:
    """Whether it is worth offering: the last import of its kind, with its journal still kept."""
    return (
        upload.state == SheetUpload.State.CONFIRMED
        and SheetJournal.objects.filter(upload=upload).exists()
        and _last_of(upload.kind) == upload.pk
    )


def _last_of(kind: str) -> int | None:
    return (
        SheetUpload.objects.imports()
        .filter(kind=kind, state=SheetUpload.State.CONFIRMED)
        .values_list("pk", flat=True)
        .first()
    )


def _journal_of(row: SheetUpload) -> list[Written]:
    """What is to be taken back; raises CannotUndo when that is already clear to be impossible."""
    if row.state == SheetUpload.State.UNDONE:
        raise CannotUndo(_("This import has already been undone."))
    if row.state != SheetUpload.State.CONFIRMED:
        raise CannotUndo(_("This sheet has not been imported; there is nothing to undo."))
    if _last_of(row.kind) != row.pk:
        raise CannotUndo(_("A later sheet of this kind has been imported. Undo that one first."))
    kept = SheetJournal.objects.filter(upload=row).first()
    if kept is None:
        raise CannotUndo(_("What stood there before is kept for 30 days only. Correct the entries by hand."))
    try:
        written, final = unpack(kept.packed)
    except LookupError as error:
        raise CannotUndo(_program_changed()) from error
    if any(one.columns != columns_of(one.model) for one in written):
        raise CannotUndo(_program_changed())
    if final:
        raise CannotUndo(_("This cannot be taken back: %(what)s") % {"what": " ".join(final[:NAMED])})
    return written


def _program_changed() -> str:
    return _("The program has been updated since this import. Correct the entries by hand.")


def _take_back(written: list[Written]) -> None:
    for one in written:
        _refuse_touched(one)
    _refuse_referred_to(written)
    # New rows go first: what was there before may need their place (one open posting a person).
    for one in reversed(written):
        for batch in batches(one.created):
            # Nothing refers to them, so nothing hangs on them; deferred constraints hold to the end.
            rows = one.model._base_manager.filter(pk__in=batch)
            rows._raw_delete(rows.db)  # type: ignore[attr-defined]
    for one in written:
        one.model._base_manager.bulk_create([one.instance(before) for before in one.removed], batch_size=BATCH)
        names = [column.name for column in one.model._meta.concrete_fields if not column.primary_key]
        changed = [one.instance(before) for before, _after in one.changed.values()]
        if changed:
            one.model._base_manager.bulk_create(
                changed, batch_size=BATCH, update_conflicts=True, unique_fields=["pk"], update_fields=names
            )


def _refuse_touched(one: Written) -> None:
    """Every row must still stand as the import left it."""
    standing = one.standing
    at = [column.primary_key for column in one.model._meta.concrete_fields].index(True)
    now: dict[Any, str] = {}
    for batch in batches(standing):
        rows = one.model._base_manager.filter(pk__in=batch).select_for_update().order_by("pk")
        now.update((image[at], fingerprint(image)) for image in rows.values_list(*columns_of(one.model)))
    touched = [pk for pk, mark in standing.items() if now.get(pk) != mark]
    if touched:
        raise CannotUndo(
            _("Changed since the import: %(rows)s. Nothing was undone; correct the entries by hand.")
            % {"rows": _named(one.model, touched)}
        )


def _refuse_referred_to(written: list[Written]) -> None:
    """Nothing may point to a row that would go, but what goes with it or gets back what it was."""
    restored = {one.model: one.standing for one in written}
    for one in written:
        for relation in one.model._meta.get_fields(include_hidden=True):
            if not (
                relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
            ):
                continue
            pointing: Any = relation.field  # type: ignore[union-attr]
            other: type[models.Model] = pointing.model
            for batch in batches(one.created):
                found = other._base_manager.filter(**{f"{pointing.name}__in": batch})
                for pk, target in found.values_list("pk", pointing.attname):
                    if pk not in restored.get(other, {}):
                        raise CannotUndo(
                            _("%(row)s has been used since (%(where)s). Nothing was undone; correct it by hand.")
                            % {"row": _named(one.model, [target]), "where": other._meta.verbose_name}
                        )


def _named(model: type[models.Model], keys: list[Any]) -> str:
    """The first rows by name, the rest by number."""
    found = [str(row) for row in model._base_manager.filter(pk__in=keys[:NAMED])]
    text = "、".join(found) or str(model._meta.verbose_name)
    rest = len(keys) - NAMED
    return text if rest <= 0 else text + ngettext(" and %(n)d more", " and %(n)d more", rest) % {"n": rest}
