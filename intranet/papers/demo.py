"""A few papers on the first morning: of every kind that is filed, one by the first officer who may make it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from intranet.access.registry import DemoHall

from . import services
from .registry import PaperKind, paper_kinds


def load(hall: DemoHall) -> None:
    hall.say("公文 …")
    for kind in paper_kinds().values():
        officer = next((user for user in hall.officers.values() if kind.open_to(user)), None)
        if officer is not None and kind.filed:
            _make(hall, kind, officer)


def _make(hall: DemoHall, kind: PaperKind, officer: Any) -> None:
    about = kind.subjects(officer).order_by("-pk").first() if kind.subjects and not kind.optional else None
    if kind.subjects and not kind.optional and about is None:
        return
    year = hall.today.year
    span = {"first": dt.date(year, 1, 1), "last": dt.date(year, 12, 31)} if kind.spans else {}
    services.make(kind=kind.key, by=officer, about=about, columns=kind.usual, **span)
