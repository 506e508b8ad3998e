"""What an import wrote, row by row, so that it can be taken back as long as nothing else has touched it.

The rows of every table an import may write are read before and after. What is kept: for a new row a fingerprint;
for a changed one what stood there before and a fingerprint of what stands there now; for a removed one what it was.
A fingerprint that no longer fits tells that somebody else has changed the row since.
"""

from __future__ import annotations

import datetime as dt
import decimal
import hashlib
import json
import uuid
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.duration import duration_iso_string

Image = tuple[Any, ...]
Images = dict[str, dict[Any, Image]]


def columns_of(model: type[models.Model]) -> list[str]:
    return [column.attname for column in model._meta.concrete_fields]


def images(rows: Iterable[models.QuerySet]) -> Images:
    """Label of the model → primary key → the row as it stands."""
    found: Images = {}
    for some in rows:
        model = some.model
        at = [column.primary_key for column in model._meta.concrete_fields].index(True)
        of_model = found.setdefault(model._meta.label, {})
        of_model.update((image[at], image) for image in some.order_by().values_list(*columns_of(model)))
    return found


def fingerprint(image: Image) -> str:
    return hashlib.blake2b(repr(image).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


@dataclass
class Written:
    """One model's rows. ``columns`` tells whether the program still means the same by them."""

    model: type[models.Model]
    columns: list[str]
    created: dict[Any, str] = field(default_factory=dict)
    changed: dict[Any, tuple[list[Any], str]] = field(default_factory=dict)
    removed: list[list[Any]] = field(default_factory=list)

    @property
    def standing(self) -> dict[Any, str]:
        """Primary key → the fingerprint the row must still have."""
        return self.created | {pk: after for pk, (_before, after) in self.changed.items()}

    def instance(self, before: list[Any]) -> models.Model:
        """The row as it was."""
        values = {
            column.attname: column.to_python(value)
            for column, value in zip(self.model._meta.concrete_fields, before, strict=True)
        }
        return self.model(**values)


def difference(before: Images, after: Images) -> list[dict[str, Any]]:
    """What happened between two readings, as plain data for ``pack``."""
    said = []
    for label in dict.fromkeys([*before, *after]):
        old, new = before.get(label, {}), after.get(label, {})
        created = {pk: fingerprint(image) for pk, image in new.items() if pk not in old}
        changed = {pk: (old[pk], fingerprint(new[pk])) for pk in new if pk in old and old[pk] != new[pk]}
        removed = [image for pk, image in old.items() if pk not in new]
        if created or changed or removed:
            line = {"model": label, "columns": columns_of(apps.get_model(label))}
            said.append(line | {"created": [*created.items()], "changed": [*changed.items()], "removed": removed})
    return said


def pack(said: list[dict[str, Any]], final: list[str]) -> bytes:
    """``final``: sentences about what cannot be taken back; with any of them nothing is."""
    plain = json.dumps({"written": said, "final": final}, default=_as_text, ensure_ascii=False)
    return zlib.compress(plain.encode("utf-8", "surrogatepass"))


def _as_text(value: Any) -> str:
    """What JSON does not know, so that the field's ``to_python`` reads it back to the last microsecond."""
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return duration_iso_string(value)
    if isinstance(value, decimal.Decimal | uuid.UUID):
        return str(value)
    raise TypeError(f"no way to keep a {type(value).__name__}")


def unpack(packed: bytes | memoryview) -> tuple[list[Written], list[str]]:
    """The reverse of ``pack``. Raises LookupError when a model is no longer there."""
    kept = json.loads(zlib.decompress(bytes(packed)).decode("utf-8", "surrogatepass"))
    written = []
    for line in kept["written"]:
        model = apps.get_model(line["model"])
        created = dict(line["created"])
        changed = {pk: (before, mark) for pk, (before, mark) in line["changed"]}
        written.append(Written(model, line["columns"], created, changed, line["removed"]))
    return written, kept["final"]
