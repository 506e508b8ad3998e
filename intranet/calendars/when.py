"""When something takes place, in words for a mail."""

from __future__ import annotations

import datetime as dt

from intranet import clock
from intranet.ui.templatetags.ui import hall_date, hall_datetime

from .models import Scheduled


def when_text(row: Scheduled) -> str:
    """A day, a span of days, or two clock times at the hall: 2026年11月24日 12:00 – 13:00."""
    if row.lasts_whole_days:
        first, last = clock.day_of(row.starts), clock.day_of(row.ends - dt.timedelta(microseconds=1))
        return hall_date(first) if first == last else f"{hall_date(first)} – {hall_date(last)}"
    if clock.day_of(row.starts) == clock.day_of(row.ends):
        end = f"{row.ends.astimezone(clock.HALL_ZONE):%H:%M}"
        return f"{hall_datetime(row.starts)} – {end}" if row.ends > row.starts else hall_datetime(row.starts)
    return f"{hall_datetime(row.starts)} – {hall_datetime(row.ends)}"
