"""What the month's figures, complaints and praise add to the yearly material. Numbers only."""

from __future__ import annotations

import datetime as dt

from intranet.papers.registry import Material, Section

from . import board
from .models import Incident, WindowMonth

Kind, Channel = Incident.Kind, Incident.Channel


def sections(first: dt.date, last: dt.date) -> list[Section]:
    """Cases of the months that lie in the period, month by month, and verified incidents by kind; two queries."""
    rows = list(WindowMonth.objects.filter(month__range=(first, last)).order_by("month"))
    incidents = list(
        Incident.objects.filter(occurred_on__range=(first, last)).values_list("kind", "state", "channel")
    )
    return [*_cases(rows), *_incidents(incidents)]


def _cases(rows: list[WindowMonth]) -> list[Section]:
    whole = board.total(board.sums(row) for row in rows)
    if whole is None:
        return []
    sentences = [
        f"期间各窗口共办件{whole.cases_handled}件，其中现场办结{whole.finished_on_the_spot}件{_rate(whole)}。"
    ]
    sentences.append("没有一件超时件。" if not whole.overdue else f"超时件{whole.overdue}件。")
    if whole.satisfaction is not None:
        sentences.append(f"服务评价满意率（基本满意及以上）{whole.satisfaction}%。")
    months: dict[dt.date, list[board.Sums]] = {}
    for row in rows:
        months.setdefault(row.month, []).append(board.sums(row))
    table = []
    for month, found in months.items():
        added = board.total(found)
        assert added is not None
        table.append((f"{month.year}年{month.month}月", f"{added.cases_handled}件", _percent(added)))
    return [Section("窗口办件", sentences, ("月份", "办件量", "现场办结率"), table)]


def _rate(found: board.Sums) -> str:
    return f"，现场办结率{found.rate}%" if found.rate is not None else ""


def _percent(found: board.Sums) -> str:
    return f"{found.rate}%" if found.rate is not None else "–"


def _incidents(rows: list[tuple[str, str, str]]) -> list[Section]:
    if not rows:
        return []
    verified = [(kind, channel) for kind, state, channel in rows if state == Incident.State.VERIFIED]
    complaints = sum(kind == Kind.COMPLAINT for kind, _state, _channel in rows)
    upheld = sum(kind == Kind.COMPLAINT for kind, _channel in verified)
    praise = sum(kind == Kind.PRAISE for kind, _channel in verified)
    sentences = (
        f"期间登记投诉{complaints}件，经核实{upheld}件；核实表扬{praise}件。",
        "投诉通过监察投诉台、投诉举报箱、投诉电话受理，件件核查、允许申诉。",
    )
    table = []
    for value, label in Kind.choices:
        if number := sum(kind == value for kind, _channel in verified):
            table.append((str(label), f"{number}件", "经核实"))
    return [Section("投诉与表扬", sentences, ("类别", "数量", "说明"), table)]


MATERIAL = Material("figures.material", sections, order=30)
