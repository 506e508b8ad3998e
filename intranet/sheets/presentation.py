"""The preview as a page shows it: their columns, their rows, what comes, and what is wrong at which cell."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from .headings import letter
from .issues import Issue
from .rows import Row
from .services import Report
from .table import Binding
from .values import shown

ERRORS_SHOWN = 100


def preview_of(report: Report, rows: list[Row]) -> dict[str, Any]:
    """Headings, rows of one page, the first errors and warnings, and names of sheets to choose from."""
    bindings = _bindings(report)
    return {
        "headings": [{"letter": letter(binding.index + 1), "text": binding.heading} for binding in bindings],
        "lines": [_line(row) for row in rows],
        "errors": report.errors[:ERRORS_SHOWN],
        "more_errors": max(0, len(report.errors) - ERRORS_SHOWN),
        "warnings": _gathered(report.warnings),
        "ignored": report.table.ignored if report.table else [],
        "sheet_names": _sheet_names(report),
    }


def _bindings(report: Report) -> list[Binding]:
    if report.table is None:
        return []
    return sorted(report.table.blocks[0].values(), key=lambda binding: binding.index)


def _line(row: Row) -> dict[str, Any]:
    wrong = {issue.column: issue.message for issue in row.errors if issue.column}
    cells = []
    for binding in sorted(row.block.values(), key=lambda binding: binding.index):
        name = binding.column.name
        old, new = row.changes.get(name, ("", ""))
        place = letter(binding.index + 1)
        cells.append(
            {
                "heading": binding.heading,
                "text": _cell_text(row, binding, wrong.get(place, "")),
                "changed": name in row.changes,
                "old": old or _("(blank)"),
                "new": new or _("(blank)"),
                "problem": wrong.get(place, ""),
            }
        )
    return {
        "number": row.number,
        "outcome": "problem" if row.errors else row.outcome,
        "cells": cells,
        "general": [issue.message for issue in row.errors if not issue.column],
    }


def _cell_text(row: Row, binding: Binding, problem: str) -> str:
    """The cell as it was brought; of a private one only the mask, unless it is to be corrected."""
    text = shown(row.cells.get(binding.column.name))
    return binding.column.mask(text) if binding.column.mask and not problem else text


def _gathered(warnings: list[Issue]) -> list[dict[str, Any]]:
    """One line a sentence: warnings of the file first, those of rows by kind with their rows."""
    lines: list[dict[str, Any]] = [{"text": issue.message, "rows": []} for issue in warnings if issue.row is None]
    by_text: dict[str, dict[str, Any]] = {}
    for issue in warnings:
        if issue.row is not None:
            line = by_text.setdefault(issue.message, {"text": issue.message, "rows": []})
            line["rows"].append(f"{issue.column}{issue.row}")
    return [*lines, *list(by_text.values())[:50]]


def _sheet_names(report: Report) -> list[str]:
    if report.errors and report.errors[0].code == "several_sheets" and report.errors[0].row is None:
        return report.sheet_names
    return []
