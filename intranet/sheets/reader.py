"""The child process that opens a stranger's file: ``python -m intranet.sheets.reader FILE BOUNDS``.

It limits its own memory and time before it loads anything that reads, writes one JSON object to
standard output and nothing else anywhere. It loads no Django and gets no secret from its parent.

Cells travel as null, text, number, true/false, ``["d", "1985-03-01", format]`` for a day,
``["t", "1985-03-01T09:30:00", format]`` for an instant, ``["h", "09:30:00"]`` for a time of day and
``["n", 12.0, "0000"]`` for a number shown with leading zeros, ``["p", 0.95]`` for one shown as 95%,
``["e", "#N/A"]`` for an error and ``["e", "=A1"]`` for a formula that was never calculated.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import resource
import sys
from pathlib import Path
from typing import Any

from .bounds import ROOM_ABOVE, Bounds, Refused
from .error_cells import without_strangers
from .old_workbook import scan_old_workbook
from .package import SheetScan, check_package
from .plain_text import read_cells

OLE = b"\xd0\xcf\x11\xe0"
MARKUP = (b"<", b"\xef\xbb\xbf<")


def limit_myself(bounds: Bounds) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.seconds, bounds.seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(data: bytes, bounds: Bounds) -> dict[str, Any]:
    """The file's sheets; the kind is told by its bytes, never by its name. Raises Refused."""
    if not data.strip():
        raise Refused("empty")
    if len(data) > bounds.upload:
        raise Refused("too_large", limit=bounds.upload // 1024 // 1024)
    if data[:4] == OLE:
        scans = scan_old_workbook(data, bounds)
        sheets = _workbook(data, scans or {}, bounds)
        return {"form": "xls", "sheets": [{**sheet, "formats_unknown": scans is None} for sheet in sheets]}
    if data[:2] == b"PK":
        scans = check_package(data, bounds)
        data = without_strangers(data, {text for scan in scans.values() for text in scan.broken.values()})
        return {"form": "xlsx", "sheets": _workbook(data, scans, bounds)}
    if data.lstrip()[:4].startswith(MARKUP):
        raise Refused("web_page")
    if data.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf")):
        raise Refused("unreadable")
    rows: list[Any] = read_cells(data, bounds)
    return {"form": "text", "sheets": [_sheet("", rows, [])]}


def _sheet(name: str, rows: list[Any], merges: list[Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "rows": rows, "merges": merges, **more}


def _workbook(data: bytes, scans: dict[str, SheetScan], bounds: Bounds) -> list[dict[str, Any]]:
    # Here and not above: the limits must hold before a foreign library is loaded.
    from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum, load_workbook

    try:
        book = load_workbook(io.BytesIO(data))
        wanted = [meta for meta in book.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
        if len(wanted) > bounds.sheets:
            raise Refused("too_many_sheets", limit=bounds.sheets)
        found, told = [], 0
        for meta in wanted:
            scan = scans.get(meta.name, SheetScan())
            if problem := _beyond(scan.last_row, scan.last_column, bounds):
                found.append(_sheet(meta.name, [], [], problem=problem))
            else:
                found.append(_one_sheet(book.get_sheet_by_name(meta.name), scan, bounds))
            told += sum(len(value) for row in found[-1]["rows"] for value in row if type(value) is str)
            if told > bounds.text:
                raise Refused("unpacks_too_large", limit=bounds.unpacked // 1024 // 1024)
            found[-1]["hidden"] = meta.visible != SheetVisibleEnum.Visible
        return found
    except PasswordError as error:
        raise Refused("password") from error
    except CalamineError as error:
        raise Refused("unreadable") from error


def _beyond(row: int, column: int, bounds: Bounds) -> str:
    if row > bounds.rows + ROOM_ABOVE:
        return "too_many_rows"
    return "too_many_columns" if column > bounds.columns else ""


def _one_sheet(sheet: Any, scan: SheetScan, bounds: Bounds) -> dict[str, Any]:
    if sheet.end is None:
        return _sheet(sheet.name, [], [])
    if problem := _beyond(sheet.end[0] + 1, sheet.end[1] + 1, bounds):
        return _sheet(sheet.name, [], [], problem=problem)
    formats, special = scan.formats, _special(scan)
    rows = []
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), 1):
        row = [_carry(value, formats.get((number, at), ""), bounds) for at, value in enumerate(cells, 1)]
        if number in special:
            _put_special(row, special[number], bounds)
        while row and row[-1] is None:
            row.pop()
        rows.append(row)
    merges = [[top + 1, left + 1, bottom + 1, right + 1] for (top, left), (bottom, right) in _merges(sheet)]
    _check_merges(merges, len(rows), bounds)
    return _sheet(
        sheet.name,
        rows,
        merges,
        hidden_rows=scan.hidden_rows,
        hidden_columns=scan.hidden_columns,
        uncalculated=scan.uncalculated,
    )


def _special(scan: SheetScan) -> dict[int, dict[int, Any]]:
    """What calamine gives as blank though the cell shows something, by row and column."""
    found: dict[int, dict[int, Any]] = {}
    for (row, column), text in scan.broken.items():
        found.setdefault(row, {})[column] = ["e", text]
    for (row, column), text in scan.texts.items():
        found.setdefault(row, {})[column] = text or None
    return found


def _put_special(row: list[Any], special: dict[int, Any], bounds: Bounds) -> None:
    row.extend([None] * (max(special) - len(row)))
    for column, value in special.items():
        if row[column - 1] is None:
            row[column - 1] = _carry(value, "", bounds) if isinstance(value, str) else value


def _merges(sheet: Any) -> list[Any]:
    return sheet.merged_cell_ranges or []


def _check_merges(merges: list[list[int]], rows: int, bounds: Bounds) -> None:
    """Merged ranges never overlap; a hundred thousand that do would keep the parent busy."""
    area = 0
    for top, left, bottom, right in merges:
        area += max(0, min(bottom, rows) - top + 1) * max(0, min(right, bounds.columns) - left + 1)
    if area > rows * bounds.columns:
        raise Refused("bomb")


def _carry(value: Any, form: str, bounds: Bounds) -> Any:
    if isinstance(value, str):
        if len(value) > bounds.cell:
            raise Refused("cell_too_long")
        return value or None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _carry_number(float(value), form)
    if isinstance(value, dt.datetime):
        if value.time() == dt.time(0):
            return ["d", value.date().isoformat(), form]
        return ["t", value.isoformat(timespec="seconds"), form]
    if isinstance(value, dt.date):
        return ["d", value.isoformat(), form]
    if isinstance(value, dt.time):
        return ["h", value.isoformat(timespec="seconds")]
    return str(value)


def _carry_number(value: float, form: str) -> Any:
    if not form:
        return value
    if "%" in form:
        return ["p", value]
    if set(form) == {"0"}:
        return ["n", value, form]
    # 1985.1 that people see as 1985.10 is October, not January.
    return f"{value:.2f}" if form == "0.00" and 1900 < value < 2100 and round(value * 100) % 100 == 10 else value


def peak_megabytes() -> float:
    """This process's highest resident size; getrusage would give the parent's, from before the exec."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    if found:
        return round(int(found[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def main(arguments: list[str]) -> int:
    path, bounds = arguments[0], Bounds(**json.loads(arguments[1]))
    limit_myself(bounds)
    try:
        with open(path, "rb") as file:
            answer = read(file.read(bounds.upload + 1), bounds)
    except Refused as refusal:
        answer = {"refused": refusal.code, "about": refusal.about}
    except MemoryError:
        answer = {"refused": "bomb", "about": {}}
    answer["peak_mb"] = peak_megabytes()
    sys.stdout.write(json.dumps(answer, separators=(",", ":")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
