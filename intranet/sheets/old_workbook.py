"""Looking into an .xls (and the .et of WPS, which is built alike) for what the fast reader does not give.

Runs in the reader's child process. xlrd reads the cells a second time, only for their number formats, errors
and hidden rows; values come from calamine. A file that xlrd cannot follow is read without those hints, and the
person is told so.
"""

from __future__ import annotations

import io
from typing import Any

from .bounds import Bounds, Refused
from .number_formats import BUILT_IN, telling_format
from .package import SheetScan

ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
NUMBER, DATE, ERROR = 2, 3, 5
# Cells the fast reader would lay out in memory for a sheet: 64 bytes each.
LARGEST_AREA = 3_000_000


def scan_old_workbook(data: bytes, bounds: Bounds) -> dict[str, SheetScan] | None:
    """Scans of every sheet by name; None when they cannot be had. Raises Refused for what must not be opened."""
    # Here and not above: the limits must hold before a foreign library is loaded.
    import xlrd

    if ENCRYPTED in data:
        raise Refused("password")
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, on_demand=True, logfile=io.StringIO()
        )
        forms = _forms(book)
        scans = {name: _scan(book.sheet_by_name(name), forms, bounds) for name in book.sheet_names()}
    except MemoryError:
        raise
    except Exception as error:
        # xlrd fails on damage in many ways (struct, index, assertion); what it knows is a hint only.
        if "encrypted" in str(error):
            raise Refused("password") from error
        return None
    for scan in scans.values():
        if scan.last_row * scan.last_column > LARGEST_AREA:
            rows = scan.last_row > bounds.rows
            raise Refused(
                "too_many_rows" if rows else "too_many_columns", limit=bounds.rows if rows else bounds.columns
            )
    return scans


def _forms(book: Any) -> list[str]:
    """Number format by style index, only where it says something about a value."""
    forms = []
    for style in book.xf_list:
        known = book.format_map.get(style.format_key)
        code = (known.format_str if known else None) or BUILT_IN.get(style.format_key, "")
        forms.append(telling_format(code))
    return forms


def _scan(sheet: Any, forms: list[str], bounds: Bounds) -> SheetScan:
    from xlrd.biffh import error_text_from_code

    scan = SheetScan()
    telling = {index for index, form in enumerate(forms) if form}
    for row in range(min(sheet.nrows, bounds.rows + 1000)):
        kinds = sheet.row_types(row)
        for column, kind in enumerate(kinds, 1):
            if kind == ERROR:
                text = error_text_from_code.get(sheet.cell_value(row, column - 1), "#")
                scan.broken[row + 1, column] = text
            elif kind in (NUMBER, DATE) and (style := sheet.cell_xf_index(row, column - 1)) in telling:
                scan.formats[row + 1, column] = forms[style]
    scan.last_row, scan.last_column = sheet.nrows, sheet.ncols
    scan.hidden_rows = sorted(number + 1 for number, info in sheet.rowinfo_map.items() if info.hidden)
    scan.hidden_columns = [
        number + 1 for number, info in sorted(sheet.colinfo_map.items()) if info.hidden and number < bounds.columns
    ]
    return scan
