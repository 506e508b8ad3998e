"""Read a sheet and find out what it would do; writes nothing."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from intranet import clock

from ..answers import NONE, Answers
from ..bounds import Refused
from ..finder import find, recognise
from ..issues import Issue, sentence
from ..known_headings import known_headings, known_headings_of
from ..pause import no_collecting
from ..reading import read_rows
from ..registry import SheetKind, kinds_for
from ..row import Row
from ..rows import SheetRows
from ..table import Ignored, Table
from ..workbook import Workbook, bounds_of_the_hall, open_workbook
from .files import kind_for

# Called now and then with the stage ("reading", "checking", "writing"), how much is done, and of how much.
Tell = Callable[[str, int, int], None]


def silently(stage: str, done: int, total: int) -> None:
    """Nobody is waiting to hear how far it is."""


@dataclass
class Report:
    """What a sheet would do, or did. ``outcome``: "clean", "errors" or "refused" (then one error without row)."""

    kind: SheetKind
    file: str
    sha256: str
    outcome: str
    rows: list[Row] = field(default_factory=list)
    warnings: list[Issue] = field(default_factory=list)
    errors: list[Issue] = field(default_factory=list)
    table: Table | None = None
    plan: str = ""
    seconds: float = 0.0
    peak_mb: float = 0.0
    handler: SheetRows | None = None
    # What the person may be asked when the table was not found for certain: one of several sheets, the row of
    # the headings, headings nobody knows beside the columns that are known.
    sheet_names: list[str] = field(default_factory=list)
    first_rows: list[tuple[int, list[str]]] = field(default_factory=list)
    unknown: list[Ignored] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    def _count(self, outcome: str) -> int:
        return sum(1 for row in self.rows if row.outcome == outcome)

    @property
    def created(self) -> int:
        return self._count("create")

    @property
    def updated(self) -> int:
        return self._count("update")

    @property
    def unchanged(self) -> int:
        return self._count("unchanged")

    @property
    def counts(self) -> dict[str, int]:
        return {
            "rows": len(self.rows),
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "warnings": len(self.warnings),
            "errors": len(self.errors),
        }


def recognised_kind(*, path: Path, by: Any) -> str:
    """Key of the kind that the sheet's headings fit best among those the person may use; "" when unclear."""
    try:
        return recognise(open_workbook(path), kinds_for(by), known_headings())
    except Refused:
        return ""


@no_collecting()
def check(
    *,
    kind: str,
    path: Path,
    by: Any,
    file_name: str = "",
    sheet: str = "",
    options: dict[str, Any] | None = None,
    answers: Answers = NONE,
    tell: Tell = silently,
) -> Report:
    """Read and check a sheet; writes nothing. A file that cannot be used gives a refused report, not an exception."""
    chosen = kind_for(kind, by)
    started = time.perf_counter()
    report = read(chosen, path, file_name or path.name, sheet, answers, tell)
    if report.table is not None:
        evaluate(report, by, options or {}, answers, lock=False, tell=tell)
    report.seconds = round(time.perf_counter() - started, 3)
    return report


def read(kind: SheetKind, path: Path, file_name: str, sheet: str, answers: Answers, tell: Tell = silently) -> Report:
    """File → table → rows with their cells read. Of the database only the hall's known headings."""
    report = Report(kind, file_name, "", "refused")
    tell("reading", 0, 0)
    try:
        report.sha256 = _sha256(path)
        book = open_workbook(path)
        report.peak_mb = book.peak_mb
        report.table = find(book, kind, sheet, known_headings_of(kind.key), answers.heading_row)
        report.rows = _rows(report.table, book, answers)
    except Refused as refusal:
        _refuse(report, refusal)
    return report


def _refuse(report: Report, refusal: Refused) -> None:
    about: dict[str, Any] = dict(refusal.about)
    report.table, report.rows = None, []
    report.sheet_names = list(about.pop("choices", ()))
    report.first_rows = list(about.pop("first_rows", ()))
    report.unknown = list(about.pop("unknown", ()))
    report.used = list(about.pop("used", ()))
    report.errors = [Issue(refusal.code, sentence(refusal.code, about))]


def _rows(table: Table, book: Workbook, answers: Answers) -> list[Row]:
    rows = read_rows(table, clock.today(), book.form == "text", answers)
    limit = bounds_of_the_hall().rows
    if len(rows) > limit:
        raise Refused("too_many_rows", limit=limit)
    if not rows:
        raise Refused("no_rows")
    return rows


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Refused("missing_file") from error


def evaluate(
    report: Report, by: Any, options: dict[str, Any], answers: Answers, *, lock: bool, tell: Tell = silently
) -> None:
    """Match and check the rows against the database."""
    handler = report.kind.handler(
        report.kind, report.rows, by=by, today=clock.today(), options=options, answers=answers
    )
    handler.check(lock=lock, tell=lambda done, total: tell("checking", done, total))
    report.handler, report.plan = handler, handler.digest()
    assert report.table is not None
    report.warnings = [Issue(found.code, found.message) for found in report.table.warnings]
    report.warnings += [issue for row in report.rows for issue in row.warnings]
    report.errors = [issue for row in report.rows for issue in sorted(row.errors, key=_place)]
    report.outcome = "errors" if report.errors else "clean"


def _place(issue: Issue) -> tuple[int, str]:
    """Columns from left to right: B before AA."""
    return len(issue.column), issue.column
