"""The dates proposed for the next round: the last round's, moved by working days."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from intranet import clock
from intranet.workdays.arithmetic import add_workdays, is_announced, workdays_between

from .models import Award, Election

INSTANTS = ("recommendation_opens", "recommendation_closes", "voting_opens", "voting_closes", "scores_due")
MONTHS = {Award.Period.MONTH: 1, Award.Period.QUARTER: 3, Award.Period.YEAR: 12, Award.Period.ONCE: 1}
MORNING, EVENING = (9, 0), (17, 30)


def asks_for(award: Award) -> tuple[str, ...]:
    """The instants a round of an award has: no voting without a ballot, no scores where ballots alone count."""
    rules = award.rules()
    votes = rules["ballot_kind"] != Award.BallotKind.NONE
    scores = any(component["kind"] != "ballots" for component in rules["components"])
    return (*INSTANTS[:2], *(INSTANTS[2:4] if votes else ()), *(INSTANTS[4:] if scores else ()))


def schedule(award: Award, day: dt.date) -> dict[str, dt.datetime]:
    """The instants of a round that begins on a working day, by the award's counts of working days."""
    wanted = asks_for(award)
    closes = add_workdays(day, award.recommend_workdays - 1)
    votes = add_workdays(closes, award.review_workdays + 1)
    ends = add_workdays(votes, award.vote_workdays - 1)
    reviewed = ends if "voting_closes" in wanted else add_workdays(closes, award.review_workdays)
    days = {
        "recommendation_opens": (day, MORNING),
        "recommendation_closes": (closes, EVENING),
        "voting_opens": (votes, MORNING),
        "voting_closes": (ends, EVENING),
        "scores_due": (add_workdays(reviewed, award.assess_workdays), EVENING),
    }
    return {name: clock.start_of(on, *time) for name, (on, time) in days.items() if name in wanted}


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
    """Initial values for a plan: next period, and its instants. Same as last time, if there was one."""
    last = last_round(award)
    if last is None:
        first, end = period_around(award, clock.today())
        return {"period_first": first, "period_last": end, **schedule(award, add_workdays(clock.today(), 1))}
    first, end = period_around(award, last.period_last + dt.timedelta(days=1))
    before = {name: getattr(last, name) for name in asks_for(award)}
    instants = {name: moved(moment, last.period_last, end) for name, moment in before.items() if moment}
    # What the award did not ask for last time is reckoned from the new first day.
    begins = clock.day_of(instants["recommendation_opens"])
    return {"period_first": first, "period_last": end, **schedule(award, begins), **instants}


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
    years = {clock.day_of(values[name]).year for name in INSTANTS if values.get(name)}
    return sorted(year for year in years if not is_announced(year))
