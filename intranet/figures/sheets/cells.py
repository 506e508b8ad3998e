"""Cells of these sheets: the month they are about, and scores."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from intranet.sheets import values
from intranet.sheets.headings import plain
from intranet.sheets.issues import problem

ONLY_A_MONTH = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,2})月份?")
CHINESE_MONTHS = {"十": 10, "十一": 11, "十二": 12} | {mark: n for n, mark in enumerate("一二三四五六七八九", 1)}
SCORE = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)分?")


def read_month(cell: Any, context: values.Context) -> values.Value:
    """The first day of a month: 2026年10月, 2026-10, any day in it, or 10月, which is the last one of that name."""
    text = plain(values.as_text(cell)) if isinstance(cell, str) else ""
    if found := ONLY_A_MONTH.fullmatch(text):
        return _last_of_that_name(found[1], text, context.today)
    given = values.read_date(cell, context)
    if given.problem is not None:
        return given
    if not isinstance(given.value, values.DateValue) or given.value.precision == "year":
        return values.failed("bad_value", value=values.as_text(cell), reason=_("Write the month as 2026-10."))
    return values.Value(given.value.day.replace(day=1), None, given.warnings)


def _last_of_that_name(written: str, text: str, today: dt.date) -> values.Value:
    number = int(written) if written.isdigit() else CHINESE_MONTHS.get(written, 0)
    if not 1 <= number <= 12:
        return values.failed("bad_date", value=text)
    month = dt.date(today.year - (number > today.month), number, 1)
    return values.Value(month, None, (problem("two_digit_year", value=text, read=f"{month:%Y-%m}"),))


def read_score(cell: Any, context: values.Context) -> values.Value:
    """A score as Decimal with up to two decimals: 98.5, "98.5分"."""
    if isinstance(cell, float):
        # What calculating left behind the sixth decimal is no score anybody gave.
        text = f"{round(cell, 6):g}" if math.isfinite(cell) else ""
    else:
        text = plain(values.as_text(cell))
    found = SCORE.fullmatch(text)
    return values.Value(Decimal(found[1])) if found else values.failed("bad_number", value=values.as_text(cell))


def month_text(month: dt.date) -> str:
    return f"{month:%Y-%m}"
