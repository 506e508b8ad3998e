from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest

from intranet import clock

from .gathering import entries_for, last_day
from .months import row_of
from .registry import Span

DAYS, SHOWN = 7, 5


def coming_card(request: HttpRequest) -> dict[str, Any] | None:
    """What the next seven days hold for this person; no card when they hold nothing."""
    today = clock.today()
    span = Span(today, today + dt.timedelta(days=DAYS))
    coming = [
        row_of(entry) for entry in entries_for(request.user, span) if not entry.cancelled and last_day(entry) >= today
    ]
    return {"rows": coming[:SHOWN]} if coming else None
