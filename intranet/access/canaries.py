"""Canaries: unique values written into private fields, so that a crawl as every role can look for leaks."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from django.apps import apps
from django.db import models, transaction

from intranet import clock

from .registry import PrivateField, private_fields

SHORTEST = 8


@transaction.atomic
def plant(rng: random.Random) -> list[dict[str, Any]]:
    """Write one canary for every registered private field into a row of its model.

    Gives ``{"canary": text, "model": "people.Person", "field": name, "object": key, "allowed":
    [username, …]}`` for each, where ``object`` is the row's key; a model without rows has none. The same
    generator and rows give the same canaries. Raises ValueError for a field that can hold no unique value.
    """
    planted = [_plant(field, rng) for _key, field in sorted(private_fields().items())]
    return [line for line in planted if line is not None]


def _plant(private: PrivateField, rng: random.Random) -> dict[str, Any] | None:
    model = apps.get_model(private.model)
    rows = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
    if not rows:
        return None
    pk = rng.choice(rows)
    canary: Any
    if private.canary is not None:
        canary, values = private.canary(rng)
    else:
        canary = canary_for(model._meta.get_field(private.field), rng)
        values = {private.field: canary}
    # Not through save(): a canary is no change that anybody made.
    model._default_manager.filter(pk=pk).update(**values)
    allowed = sorted(set(private.readers(model._default_manager.get(pk=pk))))
    return {"canary": str(canary), "model": private.model, "field": private.field, "object": pk, "allowed": allowed}


def canary_for(field: models.Field, rng: random.Random) -> Any:
    """A value that fits the field and that nobody would write."""
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        # Older than anybody the demo invents, and still within the ages a register may hold.
        return dt.date(clock.today().year - 73, 1, 1) + dt.timedelta(days=rng.randrange(3600))
    if isinstance(field, models.EmailField):
        return f"canary{rng.randrange(10**9):09d}@canary.test"
    if isinstance(field, models.CharField | models.TextField) and not isinstance(field, models.FileField):
        digits = f"199{rng.randrange(10**8):08d}"
        text = digits if _is_a_telephone(field) else f"canary{rng.getrandbits(64):016x}"
        length = field.max_length or len(text)
        if length >= SHORTEST:
            return text[:length]
    raise ValueError(f"{field.model._meta.label}.{field.name} can hold no canary")


def _is_a_telephone(field: models.Field) -> bool:
    return any(part in field.name for part in ("mobile", "phone"))
