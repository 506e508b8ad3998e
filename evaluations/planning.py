"""The dates proposed for the next round: the last round's, moved by working days."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from intranet import clock
from intranet.workdays.arithmetic import add_workdays, is_announced, workdays_between

from .models import Award, Election

INSTANTS = ("recommendation_opens", "recommendation_closes", "voting_opens", "voting_closes")
MONTHS = {Award.Period.MONTH: 1, Award.Period.QUARTER: 3, Award.Period.YEAR: 12, Award.Period.ONCE: 1}
# Without an earlier round: working days after today, and the clock time at the hall.
FIRST_ROUND = {
    "recommendation_opens": (1, 9, 0),
    "recommendation_closes": (3, 17, 30),
    "voting_opens": (5, 9, 0),
    "voting_closes": (7, 17, 30),
}


def last_round(award: Award) -> Election | None:
    """The latest round of an award that was not called off."""
    return (
        award.elections.exclude(phase__in=[Election.Phase.CANCELLED, Election.Phase.ANNULLED])
        .select_related("award")
        .order_by("-period_first")
        .first()
    )


def period_around(award: Award, day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the award's month, quarter or year in which a day lies."""
    months = MONTHS[Award.Period(award.period)]
    first_month = (day.month - 1) // months * months + 1
    last_month = first_month + months - 1
    last_day = calendar.monthrange(day.year, last_month)[1]
    return dt.date(day.year, first_month, 1), dt.date(day.year, last_month, last_day)


def proposal(award: Award) -> dict[str, Any]:
    """Initial values for a plan: next period, and the four instants. Same as last time, if there was one."""
    last = last_round(award)
    if last is None:
        first, end = period_around(award, clock.today())
        instants = {
            name: clock.start_of(add_workdays(clock.today(), n), hour, minute)
            for name, (n, hour, minute) in FIRST_ROUND.items()
        }
    else:
        first, end = period_around(award, last.period_last + dt.timedelta(days=1))
        instants = {name: moved(getattr(last, name), last.period_last, end) for name in INSTANTS}
    return {"period_first": first, "period_last": end, **instants}


def moved(instant: dt.datetime, old_anchor: dt.date, new_anchor: dt.date) -> dt.datetime:
    """The same clock time, as many working days before or after the new anchor as it was from the old one."""
    day = clock.day_of(instant)
    there = instant.astimezone(clock.HALL_ZONE)
    if day > old_anchor:
        new_day = add_workdays(new_anchor, workdays_between(old_anchor + dt.timedelta(days=1), day))
    else:
        # Counted from the day after the anchor backwards, so that the anchor itself is one step away.
        after = new_anchor + dt.timedelta(days=1)
        new_day = add_workdays(after, -max(1, workdays_between(day, old_anchor)))
    return clock.start_of(new_day, there.hour, there.minute)


def unannounced_years(values: dict[str, Any]) -> list[int]:
    """Years among the proposed days whose official holidays are not known yet."""
    years = {clock.day_of(values[name]).year for name in INSTANTS}
    return sorted(year for year in years if not is_announced(year))
