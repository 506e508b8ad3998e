"""Typed readers of cells: what people write, as a value; or a problem that says what to do.

A reader is called with the cell (None, text, number, bool, ``DateCell``, ``PaddedNumber``) and a
``Context``, and gives a ``Value``. It never raises for what a cell holds.
"""

from .amounts import money, percentage, tally
from .cells import Context, Value, as_text, failed, is_blank, is_empty_mark, shown, written
from .dates import DateValue, LunarText, read_date
from .masks import MaskedNumber, masked_number
from .numbers import (
    bare_window,
    identity_number,
    office_phone,
    phones,
    staff_number,
    whole_number,
    windows,
    with_check_digit,
)
from .people import names
from .times import time_of_day
from .words import Words, name, text, yes_no

__all__ = [
    "Context",
    "DateValue",
    "LunarText",
    "MaskedNumber",
    "Value",
    "Words",
    "as_text",
    "bare_window",
    "failed",
    "identity_number",
    "is_blank",
    "is_empty_mark",
    "masked_number",
    "money",
    "name",
    "names",
    "office_phone",
    "percentage",
    "phones",
    "read_date",
    "shown",
    "staff_number",
    "tally",
    "text",
    "time_of_day",
    "whole_number",
    "windows",
    "with_check_digit",
    "written",
    "yes_no",
]
