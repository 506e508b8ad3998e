"""Papers: what an app tells the room about one sort of paper, and what it adds to the yearly material.

Both are given by the hook ``register_paper``. A paper is always in Chinese; ``data``, ``template`` and
``sections`` are called with that language active.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from intranet.socket import collect


@dataclass(frozen=True)
class Field:
    """A field of a paper: ``{{ name }}`` in its template. ``meaning`` and ``example`` are for who writes one."""

    name: str
    meaning: Any
    example: Any = ""


@dataclass(frozen=True)
class Rows:
    """A list: ``{%tr for row in name %}`` repeats a row of a table, ``{%p for row in name %}`` paragraphs.

    ``fields`` are what ``row.`` may be followed by; a list may hold lists.
    """

    name: str
    meaning: Any
    fields: tuple[Field | Rows, ...]


@dataclass(frozen=True)
class Picture:
    """A value that is drawn: the bytes of a PNG, and how wide it is on paper."""

    png: bytes
    width_mm: float


# Lines of running text: a paragraph each, some of them small headings.
LINES = (
    Field("text", _("a paragraph"), "各窗口要提前安排好轮班。"),
    Field("heading", _("whether it is a heading"), ""),
)

# What every paper has: kinds need not declare these, and may leave out any of them.
HEAD: tuple[Field | Rows, ...] = (
    Field("title", _("title"), "关于开展业务培训的通知"),
    Field("number", _("document number, blank for the office to fill in"), "〔2026〕　　号"),
    Field("addressees", _("addressed to"), "各窗口、各科室"),
    Rows(
        "attachments",
        _("list of attachments"),
        (
            Field("label", _("the word for attachment, and its number"), "附件：1."),
            Field("title", _("title of the attachment"), "报名表"),
        ),
    ),
    Field("signature", _("who signs, beside the place for the seal"), "禾湾区政务服务中心"),
    Field("date", _("date of issue"), "2026年11月28日"),
)


@dataclass(frozen=True)
class Asked:
    """What a paper is asked for: about which object, which days (both ends counted), which columns, by whom."""

    about: Any = None
    first: dt.date | None = None
    last: dt.date | None = None
    columns: tuple[str, ...] = ()
    by: Any = None


@dataclass(frozen=True)
class PaperKind:
    """One sort of paper.

    ``key``       "app.name"; in addresses and in the log for ever
    ``sentence``  what it is for, beside its name
    ``fields``    what a template may use beside ``HEAD``
    ``data``      ``data(asked) -> {name: value}``: texts, numbers, ``Picture``, lists of mappings; ``title`` always
    ``template``  ``template(asked) -> bytes``: the .docx used while the hall has none of its own; most kinds
                  put it together with ``intranet.papers.official.template``
    ``allowed``   who makes, reads and removes papers of this kind, and may bring a template for it
    ``subjects``  what it is about: ``subjects(user)`` gives the objects that user may choose from; whoever may no
                  longer see the object does not see its papers. None: it is about the hall
    ``optional``  whether the object may be left open (the whole hall)
    ``spans``     whether it is about a span of days
    ``columns``   columns to choose from, and ``usual``: those ticked at first
    ``filed``     False: what is made is handed over and kept nowhere (it holds secrets), and other pages offer it
    ``kept_for``  when the file goes by itself; the entry stays. None: never
    """

    key: str
    label: Any
    data: Callable[[Asked], dict[str, Any]]
    template: Callable[[Asked], bytes]
    allowed: Callable[[Any], bool]
    sentence: Any = ""
    fields: tuple[Field | Rows, ...] = ()
    subjects: Callable[[Any], Any] | None = None
    optional: bool = False
    spans: bool = False
    columns: tuple[Field, ...] = ()
    usual: tuple[str, ...] = ()
    filed: bool = True
    kept_for: dt.timedelta | None = None
    order: int = 100

    @property
    def all_fields(self) -> tuple[Field | Rows, ...]:
        own = {field.name for field in self.fields}
        return (*(field for field in HEAD if field.name not in own), *self.fields)

    def open_to(self, user: Any) -> bool:
        return bool(user is not None and user.is_authenticated and user.is_active and self.allowed(user))


@dataclass(frozen=True)
class Section:
    """A part of the yearly material: sentences to edit, and a table of three columns with its headings."""

    title: str
    sentences: Sequence[str] = ()
    headings: tuple[str, str, str] = ("", "", "")
    rows: Sequence[tuple[Any, Any, Any]] = ()


@dataclass(frozen=True)
class Material:
    """What an app adds to the yearly material. ``sections(first, last)``: for these days, both ends counted.

    Numbers and what was published; never how somebody voted, who was cared for or on leave. A fixed number of
    queries.
    """

    key: str
    sections: Callable[[dt.date, dt.date], Sequence[Section]]
    order: int = 100


def _registered(sort: type[Any]) -> dict[str, Any]:
    found = {key: given for key, given in collect("register_paper").items() if isinstance(given, sort)}
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def paper_kinds() -> dict[str, PaperKind]:
    return _registered(PaperKind)


def materials() -> dict[str, Material]:
    return _registered(Material)


def kinds_for(user: Any) -> dict[str, PaperKind]:
    """The kinds this user makes and reads."""
    return {key: kind for key, kind in paper_kinds().items() if kind.open_to(user)}
