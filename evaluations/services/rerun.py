"""A round that was called off or annulled, held again for the same period."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from evaluations import planning
from evaluations.exceptions import RoundError
from evaluations.models import Election
from intranet import clock
from intranet.access.models import User

from .rounds import DATES, plan_round


def hold_again(*, election: Election, by: User) -> Election:
    """A new round in preparation: same period, the first dates as many working days apart, from the next working day.

    The dates can be changed until it is opened. Raises RoundError when the round still counts, or when another
    one for the period is under way already.
    """
    if election.phase not in (Election.Phase.CANCELLED, Election.Phase.ANNULLED):
        raise RoundError(_("Only a cancelled or annulled round is held again."))
    return plan_round(
        award=election.award,
        period_first=election.period_first,
        period_last=election.period_last,
        by=by,
        **dates_again(election),
    )


def dates_again(election: Election) -> dict[str, Any]:
    """The dates of a round moved so that recommendation opens on the next working day after today.

    Counted in working days, what began or ended on days without work can fall together, and the award may ask for
    dates that the round had none of; then the award's own counts of working days give the dates.
    """
    before = clock.day_of(election.recommendation_opens) - dt.timedelta(days=1)
    wanted = planning.asks_for(election.award)
    dates = {
        name: planning.moved(moment, before, clock.today()) if moment is not None and name in wanted else None
        for name in DATES
        for moment in [getattr(election, name)]
    }
    if all(dates[name] for name in wanted) and _in_order(dates):
        return dates
    begins = clock.day_of(planning.moved(election.recommendation_opens, before, clock.today()))
    return {**dict.fromkeys(DATES), **planning.schedule(election.award, begins)}


def _in_order(dates: dict[str, Any]) -> bool:
    """Whether recommendation and voting each last some time, one after the other, and scores are due later."""
    opens, closes, votes, ends, scores = (dates[name] for name in DATES)
    return (
        opens < closes
        and (votes is None or (closes <= votes and votes < ends))
        and (scores is None or scores > closes)
    )
