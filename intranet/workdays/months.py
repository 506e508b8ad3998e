"""Whole months, each told by its first day."""

from __future__ import annotations

import datetime as dt


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def month_before(month: dt.date) -> dt.date:
    return month_of(month - dt.timedelta(days=1))


def month_after(month: dt.date) -> dt.date:
    return month_of(month + dt.timedelta(days=31))


def month_end(month: dt.date) -> dt.date:
    """The last day of the month."""
    return month_after(month) - dt.timedelta(days=1)


def months_of(first: dt.date, last: dt.date) -> list[dt.date]:
    """First days of all months that have a day in the period, in order; none if it ends in a month before."""
    months, month = [], month_of(first)
    while month <= last:
        months.append(month)
        month = month_after(month)
    return months
