"""Sheet kinds: what an app tells the pipeline about one sort of sheet (hook ``register_sheet``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from intranet.socket import collect

if TYPE_CHECKING:
    from .rows import SheetRows


@dataclass(frozen=True)
class Column:
    """One column of a kind.

    ``name``      key of the value in a row; for plain kinds the model's field
    ``label``     heading in exports and templates (translated; both languages are understood when read)
    ``parse``     a reader of ``intranet.sheets.values``: ``parse(cell, context) -> Value``
    ``aliases``   other headings that mean it, most telling first
    ``required``  the column must be there and no cell blank
    ``after``     names of columns of which the nearest to the left owns this heading when it stands several times
    ``not_after`` words in the heading to the left which make this someone else's column (紧急联系人 联系电话)
    ``settle``    what other values of the row say about a cell that may mean two things: ``settle(values, choices)``
                  gives one of the (value, label) choices or None
    ``lookup``    name of a lookup that turns the text into a row of another table (see ``SheetRows.lookups``)
    ``export``    value of an object for the exported cell; None for a column that is only read
    ``kept``      whether the hall keeps such a value at present; if not, the column is read and not exported
    ``mask``      for a private column: the value as everybody is shown it; the whole one is exported with a reason
    ``example``, ``note``, ``choices``  for the template: a sample cell, a line of explanation, a dropdown
    """

    name: str
    label: Any
    parse: Callable[[Any, Any], Any]
    aliases: tuple[str, ...] = ()
    required: bool = False
    after: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    settle: Callable[[dict[str, Any], tuple[tuple[str, str], ...]], tuple[str, str] | None] | None = None
    lookup: str = ""
    export: Callable[[Any], Any] | None = None
    example: str = ""
    note: Any = ""
    choices: Callable[[], Iterable[Any]] | None = None
    width: int = 14
    kept: Callable[[], bool] = lambda: True
    mask: Callable[[str], str] | None = None

    @property
    def is_exported(self) -> bool:
        return self.export is not None and self.kept()


@dataclass(frozen=True)
class SheetKind:
    """One sort of sheet.

    ``key``      name in commands and addresses ("staff_register")
    ``label``    shown name; ``columns`` in the order of export and template
    ``roles``    role keys that may import and export it
    ``handler``  the ``SheetRows`` class that matches, checks and saves its rows
    ``source``   ``source(user)`` gives what that user may export, as objects for ``Column.export``
                 (``user`` None is the command line, which may see all)
    ``notes``    lines above the headings of the template
    """

    key: str
    label: Any
    columns: tuple[Column, ...]
    roles: tuple[str, ...]
    handler: type[SheetRows]
    source: Callable[[Any], Iterable[Any]]
    notes: tuple[Any, ...] = ()
    order: int = 100
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def exported(self) -> list[Column]:
        """The columns of exports and templates, in their order."""
        return [column for column in self.columns if column.is_exported]

    @property
    def has_private_columns(self) -> bool:
        return any(column.mask for column in self.exported)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def open_to(self, user: Any) -> bool:
        """Whether this user may import and export the kind; the command line (None) may."""
        return user is None or (user.is_authenticated and user.has_role(*self.roles))


def sheet_kinds() -> dict[str, SheetKind]:
    found = collect("register_sheet")
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def kinds_for(user: Any) -> dict[str, SheetKind]:
    """The kinds this user may use."""
    return {key: kind for key, kind in sheet_kinds().items() if kind.open_to(user)}
