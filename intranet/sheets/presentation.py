"""The preview as pages show it: their columns, their rows, what comes, what is wrong at which cell, what is asked.

Plain data, so that a worker can make it once for a large sheet and the pages only leaf through it.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from django.utils.translation import gettext as _

from .headings import letter
from .issues import Issue
from .row import Row
from .services.checking import Report
from .table import Binding
from .values import shown

ERRORS_SHOWN = 100
QUESTIONS_SHOWN = 50
WARNINGS_SHOWN = 50


def document(report: Report) -> dict[str, Any]:
    """Everything the preview shows, for all rows."""
    asked = [issue for issue in report.errors if issue.choices]
    return {
        "outcome": report.outcome,
        "counts": report.counts,
        "headings": [{"letter": letter(held.index + 1), "text": held.heading} for held in _bindings(report)],
        "used": report.used or [held.column.name for held in _bindings(report)],
        "lines": [_line(row) for row in report.rows],
        "errors": [_error(issue) for issue in report.errors[:ERRORS_SHOWN]],
        "more_errors": max(0, len(report.errors) - ERRORS_SHOWN),
        "questions": [_question(issue) for issue in asked[:QUESTIONS_SHOWN]],
        "more_questions": max(0, len(asked) - QUESTIONS_SHOWN),
        "warnings": _gathered(report.warnings),
        "ignored": [ignored._asdict() for ignored in _unused(report)],
        "sheet_names": report.sheet_names,
        "first_rows": [{"number": number, "texts": texts} for number, texts in report.first_rows],
    }


def pack(shown_: dict[str, Any]) -> bytes:
    return zlib.compress(json.dumps(shown_, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass"))


def unpack(packed: bytes | memoryview) -> dict[str, Any]:
    return json.loads(zlib.decompress(bytes(packed)).decode("utf-8", "surrogatepass"))


def _unused(report: Report) -> list[Any]:
    """Columns that could be explained: of the table that was found, or of the one that lacks a column."""
    return report.table.ignored if report.table else report.unknown


def _bindings(report: Report) -> list[Binding]:
    if report.table is None:
        return []
    return sorted(report.table.blocks[0].values(), key=lambda binding: binding.index)


def _error(issue: Issue) -> dict[str, Any]:
    return {"row": issue.row, "column": issue.column, "heading": issue.heading, "message": issue.message}


def _question(issue: Issue) -> dict[str, Any]:
    choices = [{"value": value, "label": label} for value, label in issue.choices]
    return _error(issue) | {"key": issue.question, "choices": choices}


def _line(row: Row) -> dict[str, Any]:
    wrong = {issue.column: issue.message for issue in row.errors if issue.column}
    cells = []
    for binding in sorted(row.block.values(), key=lambda binding: binding.index):
        name = binding.column.name
        problem = wrong.get(letter(binding.index + 1), "")
        cell = {"heading": binding.heading, "text": _cell_text(row, binding)}
        if name in row.changes:
            old, new = row.changes[name]
            cell |= {"changed": True, "old": old or _("(blank)"), "new": new or _("(blank)")}
        if problem := wrong.get(letter(binding.index + 1)):
            cell["problem"] = problem
        cells.append(cell)
    return {
        "number": row.number,
        "outcome": "problem" if row.errors else row.outcome,
        "cells": cells,
        "general": [issue.message for issue in row.errors if not issue.column],
    }


def _cell_text(row: Row, binding: Binding) -> str:
    """The cell as it was brought; of a private one the mask: a preview is kept while it waits for its person."""
    text = shown(row.cells.get(binding.column.name))
    return binding.column.mask(text) if binding.column.mask else text


def _gathered(warnings: list[Issue]) -> list[dict[str, Any]]:
    """One line a sentence: warnings of the file first, those of rows by kind with their rows."""
    lines: list[dict[str, Any]] = [{"text": issue.message, "rows": []} for issue in warnings if issue.row is None]
    by_text: dict[str, dict[str, Any]] = {}
    for issue in warnings:
        if issue.row is not None:
            line = by_text.setdefault(issue.message, {"text": issue.message, "rows": []})
            line["rows"].append(f"{issue.column}{issue.row}")
    return [*lines, *list(by_text.values())[:WARNINGS_SHOWN]]
