"""The set-based loop: rows of one sheet are matched, filled, checked and saved together, never one by one.

A kind names a ``SheetRows`` class. The base class does everything for a sheet whose rows are rows of one
model; subclasses say what is special (places of people, several tables). Queries depend on the number of
batches, not of rows.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from .answers import NONE, Answers
from .headings import plain
from .issues import Problem, problem
from .registry import Column, SheetKind
from .row import Row

BATCH = 500


def batches(items: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    kept = list(items)
    for start in range(0, len(kept), size):
        yield kept[start : start + size]


def one_kind_of_break(old: str, new: str) -> bool:
    """Whether two texts differ at most in how they break lines: forms send CRLF, spreadsheets keep LF."""
    if "\r" not in old and "\r" not in new:
        return old == new
    return old.replace("\r\n", "\n").replace("\r", "\n") == new.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class Lookup:
    """How a text becomes a row of another table: ``objects``, every ``spelling`` of each, ``code`` when unknown."""

    objects: Iterable[Any]
    spellings: Callable[[Any], Iterable[str]]
    code: str

    def index(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for item in self.objects:
            for spelling in dict.fromkeys(plain(text) for text in self.spellings(item) if text):
                found.setdefault(spelling, []).append(item)
        return found


class SheetRows:
    """All rows of one sheet of a kind. ``check`` finds out everything and writes nothing; ``save`` writes.

    ``model``  whose rows the sheet holds
    ``key``    columns that tell which one a row is
    ``fields`` columns that are fields of the model under their own name
    """

    model: ClassVar[type[models.Model]]
    key: ClassVar[tuple[str, ...]] = ()
    fields: ClassVar[tuple[str, ...]] = ()
    duplicate_code: ClassVar[str] = "duplicate_name"

    def __init__(
        self,
        kind: SheetKind,
        rows: list[Row],
        *,
        by: Any,
        today: dt.date,
        options: dict[str, Any],
        answers: Answers = NONE,
    ) -> None:
        self.kind, self.rows, self.by, self.today, self.options = kind, rows, by, today, options
        self.answers = answers
        self.known: dict[tuple[Any, ...], Any] = {}
        self.touched: dict[str, None] = {}
        self._passed: set[tuple[str, str]] = set()

    # What a kind may say

    def lookups(self) -> dict[str, Lookup]:
        """Lookups by the name that ``Column.lookup`` gives."""
        return {}

    def scope(self) -> models.QuerySet:
        """Rows that the acting person may change; the command line may change all."""
        objects = self.model._default_manager.all()
        return objects if self.by is None or not hasattr(objects, "visible_to") else objects.visible_to(self.by)

    def key_of(self, row: Row) -> tuple[Any, ...] | None:
        """What tells rows apart; None when the row does not say."""
        values = tuple(row.get(name) for name in self.key)
        return None if any(value is None or value == "" or isinstance(value, list) for value in values) else values

    def key_of_instance(self, instance: Any) -> tuple[Any, ...]:
        return tuple(getattr(instance, name) for name in self.key)

    def prepare(self, row: Row) -> None:
        """Rules within one row, before anything is looked up in the database; a cell with a problem has no value."""

    def fill(self, row: Row) -> None:
        """Put the values on the instance."""
        for name in self.fields:
            if name in row.values:
                self.put(row, name, row.values[name])

    def rules(self) -> None:
        """Rules across rows and against the database, after all are filled."""

    def before_writing(self, instance: Any) -> None:
        """What ``save()`` of the model would do, since bulk writing passes it by."""

    def after_writing(self) -> None:
        """Related tables."""

    # What can be taken back

    def touching(self) -> list[Any]:
        """Primary keys of the model's rows that are new or change; a new one has its key once it is written."""
        rows = (row.instance for row in self.rows if row.outcome in ("create", "update"))
        return [instance.pk for instance in rows if instance.pk is not None]

    def footprint(self) -> Iterator[models.QuerySet]:
        """Rows of all tables that writing may touch, in batches; read before writing and after."""
        for batch in batches(self.touching()):
            yield self.model._default_manager.filter(pk__in=batch)

    def final(self) -> list[str]:
        """Consequences of writing that cannot be taken back, as sentences; asked after writing."""
        return []

    # The loop

    def check(self, *, lock: bool = False, tell: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Find out everything; ``tell(done, total)`` hears after each step how far it is."""
        steps = (
            self._look_up,
            self._prepare,
            self._unique_within_file,
            lambda: self._match(lock),
            lambda: self._each(self.fill),
            lambda: self._each(self._validate),
            self._unique_in_database,
            self.rules,
        )
        for done, step in enumerate(steps):
            tell(done, len(steps))
            step()
        for row in self.sound():
            row.outcome = "create" if row.instance.pk is None else "update" if row.changes else "unchanged"

    def _prepare(self) -> None:
        """Also rows with an unreadable cell: all that is wrong with a row is said at once."""
        for row in self.rows:
            self.prepare(row)

    def _each(self, step: Callable[[Row], None]) -> None:
        for row in self.sound():
            step(row)

    def save(self) -> None:
        """Write everything; call inside one transaction, only when no row has an error."""
        created = [row.instance for row in self.rows if row.outcome == "create"]
        changed = [row.instance for row in self.rows if row.outcome == "update"]
        for instance in (*created, *changed):
            self.before_writing(instance)
        self.write(created, changed)
        self.after_writing()

    def write(self, created: list[Any], changed: list[Any]) -> None:
        objects = self.model._default_manager
        objects.bulk_create(created, batch_size=BATCH)
        if changed and self.touched:
            # An upsert on the primary key: one statement a batch, where bulk_update's CASE grows with the square.
            names = [field.name for field in self.model._meta.concrete_fields if not field.primary_key]
            objects.bulk_create(
                changed, batch_size=BATCH, update_conflicts=True, unique_fields=["pk"], update_fields=names
            )

    def sound(self) -> Iterator[Row]:
        return (row for row in self.rows if not row.errors)

    def put(self, row: Row, name: str, value: Any, *, column: str = "") -> None:
        """Set a field; remember the change when it differs. None clears a text to ""."""
        field_: Any = self.model._meta.get_field(name)
        if value is None and not field_.null:
            value = field_.get_default() if field_.has_default() else ""
        old = getattr(row.instance, name)
        if old == value or (isinstance(old, str) and isinstance(value, str) and one_kind_of_break(old, value)):
            return
        self.touched[name] = None
        if row.instance.pk is not None:
            row.changes[column or name] = (self.said(field_, old), self.said(field_, value))
        setattr(row.instance, name, value)

    @staticmethod
    def said(field_: Any, value: Any) -> str:
        """A stored value as people read it."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        choices = dict(field_.flatchoices) if getattr(field_, "flatchoices", None) else {}
        return str(choices.get(value, value))

    def _look_up(self) -> None:
        lookups = self.lookups()
        wanted = {name: lookup.index() for name, lookup in lookups.items()}
        for column in self.kind.columns:
            if not column.lookup:
                continue
            index, code = wanted[column.lookup], lookups[column.lookup].code
            for row in self.rows:
                if row.get(column.name) is not None:
                    self._resolve(row, column, index, code)

    @staticmethod
    def _resolve(row: Row, column: Column, index: dict[str, list[Any]], code: str) -> None:
        given = row.values[column.name]
        texts = given if isinstance(given, list) else [given]
        if isinstance(given, list) and len(index.get(plain(row.shown(column.name)), [])) == 1:
            # The whole cell is the name of one: 社保和医保, window 5-6.
            texts = [row.shown(column.name)]
        found = []
        for text in texts:
            matches = index.get(plain(text), [])
            if len(matches) == 1:
                found.append(matches[0])
            else:
                row.error(problem("several_matches" if matches else code, value=text), column.name)
                row.values.pop(column.name, None)
                return
        row.values[column.name] = found if isinstance(given, list) else found[0]

    def _unique_within_file(self) -> None:
        places: dict[tuple[Any, ...], list[Row]] = {}
        for row in self.rows:
            key = self.key_of(row)
            if key is not None:
                places.setdefault(key, []).append(row)
        for rows in places.values():
            if len(rows) > 1:
                numbers = "、".join(str(row.number) for row in rows)
                for row in rows:
                    row.error(self._said_twice(row, numbers), self.key[0])

    def _said_twice(self, row: Row, numbers: str) -> Problem:
        column = self.kind.column(self.key[0])
        return problem(self.duplicate_code, column=column.label, value=row.shown(self.key[0]), rows=numbers)

    def _match(self, lock: bool) -> None:
        """Existing rows in batches by the first key column; a row outside the person's scope is refused."""
        rows = [row for row in self.sound() if self.key_of(row) is not None]
        first = {self.key_of(row)[0] for row in rows}  # type: ignore[index]
        for batch in batches(sorted(first, key=str)):
            objects = self.matching(self.model._default_manager.all(), batch)
            for instance in objects.select_for_update(of=("self",)) if lock else objects:
                self.known[self.key_of_instance(instance)] = instance
        allowed = self._allowed_keys()
        for row in self.sound():
            key = self.key_of(row)
            instance = self.known.get(key) if key else None
            if instance is not None and allowed is not None and instance.pk not in allowed:
                row.error(problem("not_allowed"), self.key[0])
                continue
            row.instance = instance if instance is not None else self.model()

    def matching(self, objects: models.QuerySet, values: list[Any]) -> models.QuerySet:
        """Existing rows whose first key is one of these values."""
        return objects.filter(**{f"{self.key[0]}__in": values})

    def _allowed_keys(self) -> set[Any] | None:
        if self.by is None or not self.known:
            return None
        allowed: set[Any] = set()
        for batch in batches(instance.pk for instance in self.known.values()):
            allowed.update(self.scope().filter(pk__in=batch).values_list("pk", flat=True))
        return allowed

    def _validate(self, row: Row) -> None:
        """The model's own field rules on what the sheet touched; foreign keys come from lookups and are known.

        Like ``clean_fields``, but a text that a field has passed once is not put to its rules again.
        """
        new = row.instance.pk is None
        for field_ in self._own_fields:
            if not (field_.editable if new else field_.name in row.changes):
                continue
            value = getattr(row.instance, field_.attname)
            if (field_.blank and value in field_.empty_values) or (field_.name, value) in self._passed:
                continue
            try:
                setattr(row.instance, field_.attname, field_.clean(value, row.instance))
            except ValidationError as error:
                for wrong in error.error_list:
                    row.error(self._field_problem(row, field_.name, wrong), field_.name)
            else:
                if isinstance(value, str):
                    self._passed.add((field_.name, value))

    @cached_property
    def _own_fields(self) -> list[Any]:
        return [known for known in self.model._meta.fields if not (known.is_relation or known.primary_key)]

    def _field_problem(self, row: Row, name: str, wrong: ValidationError) -> Problem:
        value = row.shown(name) if name in row.cells else getattr(row.instance, name, "")
        field_: Any = self.model._meta.get_field(name)
        if wrong.code == "max_length":
            return problem("too_long", value=value, limit=field_.max_length)
        if wrong.code in ("blank", "null"):
            return problem("blank", column=field_.verbose_name)
        return problem("bad_value", value=value, reason=" ".join(wrong.messages))

    def _unique_in_database(self) -> None:
        """A unique value that another row already holds, also one the person may not see."""
        for field_ in self.model._meta.concrete_fields:
            if not field_.unique or field_.primary_key or field_.is_relation or field_.name not in self.touched:
                continue
            rows = [row for row in self.sound() if getattr(row.instance, field_.name) not in (None, "")]
            holders: dict[Any, Any] = {}
            for batch in batches(sorted({getattr(row.instance, field_.name) for row in rows}, key=str)):
                found = self.model._default_manager.filter(**{f"{field_.name}__in": batch})
                holders.update(found.values_list(field_.name, "pk"))
            for row in rows:
                value = getattr(row.instance, field_.name)
                if holders.get(value, row.instance.pk) != row.instance.pk:
                    column = self.kind.column(field_.name).label if field_.name in row.block else field_.verbose_name
                    row.error(problem("taken", column=column, value=value), field_.name)

    def digest(self) -> str:
        """A hash of everything that would be written: a confirmation holds only for what was shown."""
        lines = [
            f"{row.number}\t{row.outcome}\t{sorted(row.changes.items())}\t{[issue.message for issue in row.warnings]}"
            for row in self.rows
        ]
        return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
