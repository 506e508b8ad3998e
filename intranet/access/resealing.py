"""After a new secret: every sealed value is sealed with it, and every keyed hash made with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import transaction

from .registry import SealedField, sealed_fields
from .sealed import SealBroken, is_current, keyed_hash, seal, unseal

BATCH = 200


def reseal() -> Iterator[tuple[str, int, int]]:
    """For each sealed field its name, how many rows were sealed anew, and how many no key opens (left as they are).

    A transaction a batch: it may be stopped and begun again, and nobody waits for it.
    """
    for field in sealed_fields().values():
        done, lost = 0, 0
        for keys in _batches(field):
            changed, broken = _reseal(field, keys)
            done, lost = done + changed, lost + broken
        yield field.key, done, lost


def _objects(field: SealedField) -> Any:
    return apps.get_model(field.model)._base_manager


def _batches(field: SealedField) -> Iterator[list[Any]]:
    last: Any = None
    while True:
        rows = _objects(field).exclude(**{field.field: ""}).order_by("pk")
        keys = list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", flat=True)[:BATCH])
        if not keys:
            return
        yield keys
        last = keys[-1]


@transaction.atomic
def _reseal(field: SealedField, keys: list[Any]) -> tuple[int, int]:
    changed, broken = [], 0
    for row in _objects(field).select_for_update().filter(pk__in=keys):
        kept = getattr(row, field.field)
        if not kept:
            continue
        try:
            text = unseal(kept)
        except SealBroken:
            broken += 1
            continue
        found = {field.field: kept if is_current(kept) else seal(text)}
        if field.hash_field:
            found[field.hash_field] = keyed_hash(text)
        if any(getattr(row, name) != value for name, value in found.items()):
            for name, value in found.items():
                setattr(row, name, value)
            changed.append(row)
    names = [field.field, *([field.hash_field] if field.hash_field else [])]
    # Not through save(): nobody changed what the row says.
    _objects(field).bulk_update(changed, names)
    return len(changed), broken
