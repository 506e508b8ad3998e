"""Any list out: what a person may see, as .xlsx or CSV that a spreadsheet in China opens right.

Every cell is text, so that numbers that are names keep their zeros. In .xlsx a text cell is never
calculated; in CSV a cell that a spreadsheet would calculate stands behind a quote mark, and a number that
is a name ends in TAB, which makes it a text in Excel and WPS without a formula. The reader takes both off
again: what comes back is what went out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from intranet import clock
from intranet.access import audit

from .exceptions import SheetError
from .found_rows import SAME_AS_ABOVE
from .headings import plain
from .models import SheetExport
from .registry import Column, SheetKind
from .services import Report, kind_for
from .values import is_empty_mark, written

# The last four are the full-width forms of the first four.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NOT_IN_XML = {code: None for code in range(32) if code not in (9, 10, 13)}
LAST_TEMPLATE_ROW = 2000
SHORTEST_REASON = 4
TEXT = "@"


def table_of(kind: SheetKind, user: Any, *, with_private: bool = False) -> Iterator[list[str]]:
    """Headings, then every row the user may see, as texts; private columns masked unless asked for."""
    columns = kind.exported
    yield [str(column.label) for column in columns]
    for item in kind.source(user):
        yield [_shown(column, item, with_private) for column in columns]


def _shown(column: Column, item: Any, with_private: bool) -> str:
    text = _text(column.export(item)) if column.export else ""
    return column.mask(text) if column.mask and not with_private else text


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def export(*, kind: str, form: str, file: IO[bytes], by: Any, with_private: bool = False, reason: str = "") -> int:
    """Write the list in ``form`` "xlsx" or "csv"; gives the number of rows. Audited with counts only.

    Private columns are masked. ``with_private`` writes them whole and needs a reason, which is kept with the
    record of the export; raises SheetError without one, or when the kind has no private columns.
    """
    chosen = kind_for(kind, by)
    said = " ".join(reason.split())[:200] if with_private else ""
    if with_private and not chosen.has_private_columns:
        raise SheetError(_("This list has no private columns. Take it out as it is."))
    if with_private and len(said) < SHORTEST_REASON:
        raise SheetError(_("Say in a few words why the whole numbers are needed."))
    rows = list(table_of(chosen, by, with_private=with_private))
    if form == "csv":
        file.write(csv_bytes(rows))
    else:
        _write_xlsx(str(chosen.label), rows, [column.width for column in chosen.exported], file)
    entry = SheetExport.objects.create(
        person=by,
        kind=kind,
        form=form,
        rows=len(rows) - 1,
        exported_at=clock.now(),
        with_private=with_private,
        reason=said,
    )
    data = {"kind": kind, "form": form, "rows": len(rows) - 1, "with_private": with_private}
    audit.record("sheets.export_private" if with_private else "sheets.export", entry, by=by, data=data)
    return len(rows) - 1


def exactly(text: str) -> str:
    """A quote mark before what would not come back as it is: outer spaces, marks for nothing or for the row above."""
    lost = text != text.strip() or text.startswith("'") or is_empty_mark(text) or plain(text) in SAME_AS_ABOVE
    return f"'{text}" if text and lost else text


def neutral(text: str) -> str:
    """For CSV: a quote mark also before what a spreadsheet would calculate; the reader takes it off again."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else exactly(text)


def csv_bytes(rows: Iterable[list[str]]) -> bytes:
    """CSV with byte order mark, every cell quoted; numbers that are names end in TAB, which keeps them texts."""
    held = io.StringIO(newline="")
    writer = csv.writer(held, quoting=csv.QUOTE_ALL)
    for row in rows:
        writer.writerow([_csv_cell(text) for text in row])
    return b"\xef\xbb\xbf" + held.getvalue().encode("utf-8", "replace")


def _csv_cell(text: str) -> str:
    if text.isascii() and text.isdigit() and (text.startswith("0") or len(text) > 10):
        return f"{text}\t"
    return neutral(text)


def _write_xlsx(title: str, rows: list[list[str]], widths: list[int], file: IO[bytes]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for number, row in enumerate(rows):
        sheet.append([_cell(sheet, text, bold=number == 0) for text in row])
    book.save(file)


def _sheet_title(text: str) -> str:
    return "".join("_" if ch in "[]:*?/\\" else ch for ch in text)[:31] or "1"


def _cell(sheet: Any, text: str, *, bold: bool = False) -> WriteOnlyCell:
    """A text cell, whatever it begins with: type "s" is never calculated, and "@" keeps it so when edited."""
    cell = _as_it_stands(sheet, exactly(text))
    if bold:
        cell.font = Font(bold=True)
    return cell


def _as_it_stands(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=None)
    cell.value = text.translate(NOT_IN_XML)[:32_767]
    if text:
        cell.data_type = "s"
    cell.number_format = TEXT
    cell.quotePrefix = text.lstrip(" ").startswith(FORMULA_SIGNS)  # type: ignore[attr-defined]
    return cell


def write_template(kind: SheetKind, file: IO[bytes]) -> None:
    """Headings with notes, dropdowns, text format, and an example row that the reader leaves out."""
    book = Workbook()
    sheet = book.active
    sheet.title = _sheet_title(str(kind.label))
    columns = kind.exported
    for row, line in enumerate(_template_rows(kind, columns), 1):
        for number, text in enumerate(line, 1):
            cell = sheet.cell(row, number)
            cell.value, cell.number_format = text, TEXT
            if text:
                cell.data_type = "s"
    first = sheet.cell(1, 1)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=max(len(columns), 3))
    first.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[1].height = 18 * str(first.value).count("\n") + 20
    sheet.freeze_panes = "A3"
    for number, column in enumerate(columns, 1):
        _dress(sheet, number, column)
    book.save(file)


def _template_rows(kind: SheetKind, columns: list[Column]) -> list[list[str]]:
    lines = [
        _("Fill in one row for each entry below the headings. Columns marked * must be filled in."),
        _("A blank cell leaves an entry as it is; a cell with — empties it."),
        *(str(note) for note in kind.notes),
        *(f"{column.label}: {column.note}" for column in columns if column.note),
        _("Example: %(example)s") % {"example": " | ".join(column.example for column in columns if column.example)},
    ]
    return [["\n".join(lines)], [f"{column.label}{' *' if column.required else ''}" for column in columns]]


def _dress(sheet: Any, number: int, column: Column) -> None:
    place = get_column_letter(number)
    sheet.column_dimensions[place].width = column.width
    heading = sheet.cell(2, number)
    heading.font = Font(bold=True)
    heading.fill = PatternFill("solid", fgColor="E8F0EF" if column.required else "F4F1EA")
    if column.example:
        heading.comment = Comment(_("Example: %(example)s") % {"example": column.example}, "")
    for row in range(3, 203):
        sheet.cell(row, number).number_format = TEXT
    if column.choices:
        words = ",".join(str(word) for word in column.choices())
        if len(words) < 250:
            check = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=False)
            check.add(f"{place}3:{place}{LAST_TEMPLATE_ROW}")
            sheet.add_data_validation(check)


def write_problems(report: Report, file: IO[bytes]) -> None:
    """Their columns and rows as they were read, red where something is wrong, with the sentences at the end."""
    assert report.table is not None
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    bindings = sorted(report.table.blocks[0].values(), key=lambda binding: binding.index)
    heads = [binding.heading for binding in bindings]
    lines: list[tuple[list[str], set[int]]] = [([*heads, _("Row"), _("Problem")], set())]
    for row in report.rows:
        wrong = {issue.heading for issue in row.errors}
        texts = [written(row.cells.get(binding.column.name)) for binding in row.block.values()]
        ordered = sorted(zip(row.block.values(), texts, strict=True), key=lambda pair: pair[0].index)
        said = " ".join(
            f"{issue.heading}: {issue.message}" if issue.heading else issue.message for issue in row.errors
        )
        red = {at for at, (binding, _value) in enumerate(ordered, 1) if binding.heading in wrong}
        lines.append(([*(text for _binding, text in ordered), str(row.number), said], red))
    wrong_here = PatternFill("solid", fgColor="F6D5D0")
    for texts, red in lines:
        cells = [_as_it_stands(sheet, text) for text in texts]
        for at in red:
            cells[at - 1].fill = wrong_here
        sheet.append(cells)
    book.save(file)
