"""The days on which the demo hall's rounds were held."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from intranet import clock


@dataclass(frozen=True)
class Dates:
    """The instants of one round."""

    opened: dt.datetime
    recommendation_opens: dt.datetime
    recommendation_closes: dt.datetime
    voting_opens: dt.datetime
    voting_closes: dt.datetime

    @classmethod
    def around(cls, voting_opens: dt.date, voting_closes: dt.date) -> Dates:
        """Recommendation from a week before the vote for four days; the officer opens the day before that."""
        first = voting_opens - dt.timedelta(days=7)
        return cls(
            opened=clock.start_of(first - dt.timedelta(days=1), 15),
            recommendation_opens=clock.start_of(first, 9),
            recommendation_closes=clock.start_of(first + dt.timedelta(days=4), 18),
            voting_opens=clock.start_of(voting_opens, 9),
            voting_closes=clock.start_of(voting_closes, 18),
        )


def quarter_before(day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the quarter before the one a day lies in."""
    this = dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    last = this - dt.timedelta(days=1)
    return dt.date(last.year, last.month - 2, 1), last
