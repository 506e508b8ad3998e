"""The parent's side of reading: start the limited child, take its answer, or say why not."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from .bounds import Bounds, Refused


class DateCell(NamedTuple):
    """A cell the spreadsheet program knows as a date; ``form`` is its number format ("yyyy年m月"), if known."""

    day: dt.date
    form: str = ""
    time: dt.time | None = None


class PaddedNumber(NamedTuple):
    """A number shown with leading zeros: 12.0 and "0000" is what people see as 0012."""

    value: float
    form: str


class PercentCell(NamedTuple):
    """A number shown as a percentage: 0.95 is what people see as 95%."""

    value: float


class BrokenCell(NamedTuple):
    """A cell that shows an error ("#N/A"), or a formula that no program has calculated yet ("=A1")."""

    text: str


@dataclass
class Grid:
    """One sheet. ``rows[0]`` is the spreadsheet's row 1; ``merges`` are (top, left, bottom, right), 1-based."""

    name: str
    rows: list[list[Any]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    uncalculated: bool = False
    # An old workbook whose number formats could not be read: a month may look like its first day.
    formats_unknown: bool = False
    problem: str = ""


@dataclass
class Workbook:
    """``form``: "xlsx", "xls" or "text"; ``peak_mb`` is what the child needed."""

    form: str
    grids: list[Grid]
    peak_mb: float


def bounds_of_the_hall() -> Bounds:
    """The defaults, with what settings named SHEETS_UPLOAD, SHEETS_ROWS, … say otherwise."""
    named = {name: getattr(settings, f"SHEETS_{name.upper()}", None) for name in Bounds().as_dict()}
    return Bounds(**{name: value for name, value in named.items() if value is not None})


def open_workbook(path: Path, bounds: Bounds | None = None) -> Workbook:
    """Read a file in the child process. Raises Refused with a published code."""
    bounds = bounds or bounds_of_the_hall()
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Refused("missing_file") from error
    if size > bounds.upload:
        raise Refused("too_large", limit=bounds.upload // 1024 // 1024)
    answer = _ask_child(path, bounds)
    if "refused" in answer:
        raise Refused(answer["refused"], **answer["about"])
    return Workbook(answer["form"], [_grid(sheet) for sheet in answer["sheets"]], answer["peak_mb"])


def _ask_child(path: Path, bounds: Bounds) -> dict[str, Any]:
    command = [sys.executable, "-m", "intranet.sheets.reader", str(path.resolve()), json.dumps(bounds.as_dict())]
    # Nothing of the parent's environment: no secret, no address of a database.
    surroundings = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command,
            cwd=settings.BASE_DIR,
            env=surroundings,
            capture_output=True,
            timeout=bounds.seconds + 2,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused("bomb") from error
    if done.returncode != 0:
        # Killed by its limits, or an abort inside a library that ran into them.
        raise Refused("bomb" if done.returncode < 0 else "unreadable")
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise Refused("unreadable") from error


def _grid(sheet: dict[str, Any]) -> Grid:
    rows = [[_cell(value) if type(value) is list else value for value in row] for row in sheet["rows"]]
    merges = [(top, left, bottom, right) for top, left, bottom, right in sheet["merges"]]
    more = {key: value for key, value in sheet.items() if key not in ("name", "rows", "merges")}
    return Grid(sheet["name"], rows, merges, **more)


def _cell(value: list[Any]) -> Any:
    if value[0] == "n":
        return PaddedNumber(value[1], value[2])
    if value[0] == "p":
        return PercentCell(value[1])
    if value[0] == "e":
        return BrokenCell(value[1])
    if value[0] == "d":
        return DateCell(dt.date.fromisoformat(value[1]), value[2])
    if value[0] == "t":
        instant = dt.datetime.fromisoformat(value[1])
        return DateCell(instant.date(), value[2], instant.time())
    return value[1]
