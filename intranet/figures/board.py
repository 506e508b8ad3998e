"""The board of a month: every window's figures beside those of the month before, and the year so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Sum

from intranet.people.models import Window

from .models import WindowMonth

TWO = Decimal("0.01")
NAMES = (*WindowMonth.COUNTS, *WindowMonth.GRADES)
MONTHS_SHOWN = 24


@dataclass(frozen=True)
class Sums:
    """Counts of one window or of several, over one month or several. A grade is None where nobody counted it."""

    cases_handled: int
    finished_on_the_spot: int
    overdue: int
    very_satisfied: int | None = None
    satisfied: int | None = None
    fairly_satisfied: int | None = None
    dissatisfied: int | None = None
    very_dissatisfied: int | None = None

    @property
    def rate(self) -> Decimal | None:
        """Per cent finished on the spot, with two decimals; None without a case."""
        return share(self.finished_on_the_spot, self.cases_handled)

    @property
    def satisfaction(self) -> Decimal | None:
        """Per cent of the ratings that are not bad ones; None without a rating."""
        good = [getattr(self, grade) for grade in WindowMonth.GOOD_GRADES]
        every = [getattr(self, grade) for grade in WindowMonth.GRADES]
        return None if None in every else share(sum(good), sum(every))


@dataclass(frozen=True)
class BoardRow:
    window: Window
    now: Sums
    before: Sums | None


def share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) * 100 / whole).quantize(TWO, ROUND_HALF_UP) if whole else None


def sums(row: WindowMonth) -> Sums:
    return Sums(**{name: getattr(row, name) for name in NAMES})


def total(rows: Iterable[Sums]) -> Sums | None:
    """The sum of several; None of none. Ratings are added over those who counted them."""
    given = list(rows)
    if not given:
        return None

    def added(name: str) -> int | None:
        known = [getattr(one, name) for one in given if getattr(one, name) is not None]
        return sum(known) if known else None

    return Sums(**{name: added(name) for name in NAMES})  # type: ignore[arg-type]


def known_months(user: Any) -> list[dt.date]:
    """The newest first."""
    months = WindowMonth.objects.visible_to(user).order_by("-month").values_list("month", flat=True).distinct()
    return list(months[:MONTHS_SHOWN])


def before(month: dt.date) -> dt.date:
    return (month - dt.timedelta(days=1)).replace(day=1)


def month_of(user: Any, month: dt.date) -> list[BoardRow]:
    """Every window that has figures of this month, in the order of the hall."""
    rows = WindowMonth.objects.visible_to(user).filter(month__in=(month, before(month))).select_related("window")
    of_month: dict[dt.date, dict[int, WindowMonth]] = {month: {}, before(month): {}}
    for row in rows.order_by("window__sort_key"):
        of_month[row.month][row.window_id] = row
    earlier = of_month[before(month)]
    return [
        BoardRow(row.window, sums(row), sums(earlier[pk]) if pk in earlier else None)
        for pk, row in of_month[month].items()
    ]


def year_so_far(user: Any, month: dt.date) -> Sums | None:
    """January up to and with this month, over all windows; the database adds."""
    rows = WindowMonth.objects.visible_to(user).filter(month__range=(month.replace(month=1), month))
    return span_of(rows)


def span_of(rows: Any) -> Sums | None:
    added = rows.order_by().aggregate(**{f"sum_{name}": Sum(name) for name in NAMES})
    if added["sum_cases_handled"] is None:
        return None
    return Sums(**{name: added[f"sum_{name}"] for name in NAMES})
