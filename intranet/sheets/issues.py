"""Everything that can be wrong with a sheet: a published code and a sentence that says what to do.

The list in docs/sheets.md is made from here; codes keep their names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

FILE_SENTENCES: dict[str, Any] = {
    "missing_file": _("The file cannot be opened. Check that it is still where you chose it."),
    "empty": _("The file is empty. Choose the sheet that holds the table."),
    "too_large": _("The file is larger than %(limit)s MB. Split it, or delete pictures and sheets nobody needs."),
    "unpacks_too_large": _("Unpacked, the file is larger than %(limit)s MB. Copy only the table into a new file."),
    "bomb": _(
        "The file is built so that opening it would take too much memory or time. Copy the table into a new file."
    ),
    "entities": _("The file contains declarations (DTD) that no spreadsheet program writes. Save it anew as .xlsx."),
    "macros": _("The file contains macros. Save it as .xlsx without macros and choose it again."),
    "external_links": _("The file points to other files. Paste the table as values into a new file."),
    "password": _("The file is protected by a password. Remove the password and choose it again."),
    "web_page": _("This is a web page with the name of a spreadsheet. Open it in WPS or Excel and save it as .xlsx."),
    "other_format": _("This kind of spreadsheet cannot be read. Save it as .xlsx."),
    "unreadable": _("The file cannot be read as a table. Open it in WPS or Excel and save it as .xlsx."),
    "encoding": _("The text in the file is in an unknown encoding. Save it as .xlsx, or as CSV UTF-8."),
    "too_many_rows": _(
        "The sheet has more than %(limit)s rows. Delete what stands far below the table, or split it."
    ),
    "too_many_columns": _(
        "The sheet has more than %(limit)s columns. Delete what stands far right of the table, or split it."
    ),
    "too_many_sheets": _("The file has more than %(limit)s sheets. Copy the one that counts into a new file."),
    "cell_too_long": _("A cell holds more text than a spreadsheet allows. Shorten it and choose the file again."),
    "open_quote": _("A quote mark in row %(row)s is never closed and hides all rows after it. Delete or close it."),
    "no_headings": _(
        "No heading row of “%(kind)s” was found. Needed at least: %(needed)s. Compare with the template."
    ),
    "missing_column": _("The column “%(needed)s” is missing. Add it; the template shows how."),
    "several_sheets": _("Several sheets fit: %(names)s. Say which one is meant."),
    "several_tables": _("Two tables in the sheet fit (rows %(first)s and %(second)s). Keep one of them."),
    "unclear_blocks": _(
        "The heading “%(column)s” stands more than once, and it is not clear which columns belong together. "
        "Put one table below the other."
    ),
    "unknown_sheet": _("There is no sheet called “%(name)s” in the file."),
    "no_rows": _("There are headings but no rows below them. Fill in at least one row."),
}

ROW_SENTENCES: dict[str, Any] = {
    "blank": _("“%(column)s” is blank. Fill it in."),
    "bad_name": _("“%(value)s” is not a name. Write the name only."),
    "too_long": _("“%(value)s” is too long: at most %(limit)s characters."),
    "bad_value": _("“%(value)s” cannot be used here: %(reason)s"),
    "bad_date": _("“%(value)s” is not a date. Write it as 1985-03-12 or 1985年3月."),
    "whole_date": _("“%(value)s” names no single day. Write year, month and day, as in 2026-03-12."),
    "ambiguous_date": _("“%(value)s” may be January or October. Write 1985.01 or 1985.10 as text."),
    "future_birthday": _("The birthday %(value)s lies in the future. Correct the year."),
    "impossible_birthday": _(
        "The birthday %(value)s cannot be right: staff are between %(youngest)s and %(oldest)s."
    ),
    "foreign_window": _("Window %(value)s does not belong to %(unit)s. Correct one of the two."),
    "closed_posting": _(
        "The entry of %(value)s has no open posting to change. Enter the return on the person's page first."
    ),
    "future_date": _("%(value)s lies in the future. Correct the date."),
    "date_order": _("%(value)s lies before %(other)s. Correct one of the two."),
    "bad_number": _("“%(value)s” is not a number. Write digits only."),
    "number_as_float": _(
        "“%(value)s” is stored as a number and has lost digits. Set the column to text and type it again."
    ),
    "number_damaged": _("“%(value)s” was shortened by the spreadsheet. Set the column to text and type it again."),
    "bad_money": _("“%(value)s” is not an amount. Write yuan and fen in figures, as in 1234.50."),
    "bad_share": _("“%(value)s” is not a percentage. Write it as 95%%."),
    "ambiguous_share": _("“%(value)s” may be a part of one or a number of percent. Write it with the sign %%."),
    "bad_time": _("“%(value)s” is not a time of day. Write it as 08:30."),
    "ambiguous_time": _("“%(value)s” may have lost a zero. Write the time as 08:30."),
    "bad_tally": _("“%(value)s” is not a count. Write a number, or strokes of 正."),
    "tally_differs": _("“%(value)s” contradicts itself: the strokes count %(read)s. Correct one of the two."),
    "bad_names": _("“%(value)s” cannot be read as names. Part people with 、 and write names only."),
    "bad_phone": _("“%(value)s” is not a telephone number. Write 11 digits for a mobile."),
    "bad_id": _("“%(value)s” is not a valid identity number. Compare it with the card."),
    "old_id": _("“%(value)s” is an old number of 15 digits. Write the 18 that stand on the card now."),
    "masked_id": _(
        "“%(value)s” is masked and is not the kept number. Leave the cell blank, or write the whole number."
    ),
    "id_belongs": _("The identity number %(value)s belongs to staff number %(number)s. Correct one of the two."),
    "id_taken": _("The identity number %(value)s already belongs to another entry. Ask the personnel office."),
    "unknown_word": _("“%(value)s” is not known here. Use one of: %(words)s."),
    "nothing_above": _("“%(value)s” points to the row above, but there is none. Write it out."),
    "formula": _("The cell begins with a formula sign and was not calculated: “%(value)s”. Write the value."),
    "error_cell": _("The cell shows the error “%(value)s”. Write the value."),
    "duplicate_number": _(
        "%(column)s %(value)s stands in the file more than once (rows %(rows)s). Each may stand once."
    ),
    "duplicate_name": _("“%(value)s” stands in the file more than once (rows %(rows)s). Each may stand once."),
    "taken": _("%(column)s %(value)s already belongs to another entry. Use a different one."),
    "unknown_department": _("The hall knows no unit “%(value)s”. Write its full name, or import departments first."),
    "unknown_window": _("The hall knows no window “%(value)s”. Correct the number, or import windows first."),
    "unknown_group": _("The hall knows no union group “%(value)s”. Correct the name, or import union groups first."),
    "unknown_body": _("The hall knows no body “%(value)s”. Correct the name."),
    "unknown_person": _("The register knows no staff number %(value)s. Import the person first."),
    "closed": _("“%(value)s” was closed. Open it again in the back office, or use another one."),
    "several_matches": _("“%(value)s” fits several entries. Write the full name."),
    "same_name": _(
        "The register already has %(value)s (%(numbers)s). Write the staff number: that one, or a new one."
    ),
    "name_differs": _("Staff number %(number)s belongs to %(known)s, not to %(value)s. Correct one of the two."),
    "has_left": _("%(value)s has left the hall. Enter the return on the person's page first."),
    "not_a_member": _("%(value)s has a union group but is marked as not a member. Correct one of the two."),
    "own_parent": _("“%(value)s” would stand below itself. Correct the unit it belongs to."),
    "overlap": _("The time at %(value)s overlaps another posting of the person. Correct the dates."),
    "not_allowed": _("You may not change this entry. Ask the personnel office."),
}

WARNING_SENTENCES: dict[str, Any] = {
    "hidden_rows": _("Hidden rows are read too: %(rows)s."),
    "hidden_columns": _("Hidden columns are read too: %(columns)s."),
    "hidden_sheet": _("A hidden sheet was left out: %(names)s."),
    "large_sheet": _("A sheet was left out because it is too large: %(names)s."),
    "ignored_columns": _("These columns are not used: %(columns)s."),
    "duplicate_heading": _("The heading “%(column)s” stands twice; the first one counts."),
    "skipped_rows": _("These rows were taken for totals, notes or signatures and left out: %(rows)s."),
    "uncalculated": _("Some formulas have never been calculated and are read as blank."),
    "several_phones": _("Several numbers in one cell: only %(value)s is kept."),
    "no_mobile": _("“%(value)s” is not a mobile number: no text message can be sent to it."),
    "several_windows": _("Several windows in one cell: only %(value)s is kept."),
    "name_note": _("What stands in brackets is left out: “%(value)s”."),
    "name_changed": _("Staff number %(number)s was %(known)s so far and becomes %(value)s."),
    "namesakes": _("%(value)s stands in the file more than once; each becomes an entry of its own."),
    "number_given": _("%(value)s gets the staff number %(number)s."),
    "settled": _("“%(value)s” was read as %(read)s, as another column of the row says."),
    "two_digit_year": _("“%(value)s” was read as %(read)s."),
    "differs_from_id": _("The birthday differs from the identity number."),
    "relative_date": _("“%(value)s” is not a date and was left out."),
    "formats_unknown": _("The file does not say how its dates are shown: check dates that name only a month."),
    "new_zone": _("The zone “%(value)s” is new and will be added."),
    "previous_ended": _("The posting before ends on %(value)s."),
}


@dataclass(frozen=True)
class Issue:
    """Something to say about a cell (``row`` and ``column`` letter), a row (no column) or the file (neither)."""

    code: str
    message: str
    row: int | None = None
    column: str = ""
    heading: str = ""
    # Something only the person knows: what may be answered, as (value, label), and under which key.
    choices: tuple[tuple[str, str], ...] = ()
    question: str = ""

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {"row": self.row, "column": self.column or None, "code": self.code}
        if self.row is None:
            del said["row"]
        said["message"] = self.message
        if self.heading:
            said["heading"] = self.heading
        return said


@dataclass(frozen=True)
class Problem:
    """What a parser found wrong, or worth a warning, before it is known in which cell.

    With ``choices`` (value, label) it is a question: the person picks one on the page, and the sheet is read again.
    ``asks`` says what the answer stands for: "cells", the text of the cell; "people", who is meant.
    """

    code: str
    about: dict[str, Any]
    choices: tuple[tuple[str, str], ...] = ()
    asks: str = "cells"

    @property
    def message(self) -> str:
        return sentence(self.code, self.about)


def problem(code: str, *, choices: tuple[tuple[str, str], ...] = (), asks: str = "cells", **about: Any) -> Problem:
    return Problem(code, about, choices, asks)


def sentence(code: str, about: dict[str, Any]) -> str:
    """The sentence in the active language. Long values are shortened: a message is not a copy of the sheet."""
    template = ROW_SENTENCES.get(code) or FILE_SENTENCES.get(code) or WARNING_SENTENCES[code]
    return str(template) % {key: _short(value) for key, value in about.items()}


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 120 else f"{text[:119]}…"
