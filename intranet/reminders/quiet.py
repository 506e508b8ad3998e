"""Quiet hours: a span of the hall's clock, over midnight too, in which nothing leaves the site for a person."""

from __future__ import annotations

import datetime as dt

from intranet import clock

# Ticks come once a minute and a mail server may be slow: what is put off needs this much time to go afterwards.
MARGIN = dt.timedelta(minutes=10)


def end_of_quiet(now: dt.datetime, start: dt.time | None, end: dt.time | None) -> dt.datetime | None:
    """When the quiet hours that hold ``now`` are over; None outside of them and without any.

    ``start`` is quiet, ``end`` no more. 22:00 to 07:00 is over midnight.
    """
    if start is None or end is None:
        return None
    there = now.astimezone(clock.HALL_ZONE)
    time = there.time()
    inside = start <= time < end if start < end else time >= start or time < end
    if not inside:
        return None
    day = there.date() if time < end else there.date() + dt.timedelta(days=1)
    return clock.start_of(day, end.hour, end.minute)


def waits_until(
    now: dt.datetime, until: dt.datetime, start: dt.time | None, end: dt.time | None
) -> dt.datetime | None:
    """Until when a mail waits for the quiet hours to end; None when it goes now.

    What would come too late by then goes at once: a mail at night is better than a vote that is over in the morning.
    """
    over = end_of_quiet(now, start, end)
    return over if over is not None and over + MARGIN <= until else None
