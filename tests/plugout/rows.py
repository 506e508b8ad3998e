"""A row for any model, made from its fields: enough to show that data outlives its plug-in."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import models

from intranet import clock


def invented(model: type[models.Model]) -> models.Model:
    """An unsaved row with a value in every field that demands one. Raises LookupError when a row it
    must refer to does not exist yet.
    """
    row = model()
    for field in model._meta.concrete_fields:
        if field.primary_key and field.remote_field is None and not isinstance(field, models.CharField):
            continue
        if field.has_default() or (field.null and field.remote_field is None):
            continue
        if field.remote_field is not None:
            setattr(row, field.attname, _referred(field))
        else:
            setattr(row, field.attname, _value(field))
    return row


def _referred(field: models.ForeignKey) -> Any:
    found = field.related_model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
    if found is None and not field.null:
        raise LookupError(f"no {field.related_model._meta.label} yet")
    return found


def _value(field: models.Field) -> Any:
    if field.choices:
        return next(value for value, _label in field.flatchoices)
    today = clock.today()
    kinds: list[tuple[type[models.Field], Any]] = [
        (models.DateTimeField, clock.now()),
        (models.DateField, today),
        (models.TimeField, dt.time(9)),
        (models.UUIDField, uuid.uuid4()),
        (models.JSONField, {}),
        (models.BinaryField, b"1"),
        (models.BooleanField, False),
        (models.DecimalField, 1),
        (models.IntegerField, 1),
        (models.FloatField, 1.0),
    ]
    return next((value for kind, value in kinds if isinstance(field, kind)), "留存"[: field.max_length or 2])
