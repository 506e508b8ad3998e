"""What the hall's awards did before the rounds that run: the founding documents' other two cases.

Ten service models last November, by ballot. Quality windows every month, by the on-the-spot rate and by satisfied
visitors, decided by a meeting; and from the honours of a whole year its excellent windows.
Nobody voted on windows yet: the award was revised later (see ``assessed``), and these rounds keep the rules they had.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from evaluations.models import Award, Election
from evaluations.services import assessment, awards, results, rounds
from intranet import clock
from intranet.figures.demo_months import closed_year
from intranet.workdays.arithmetic import add_workdays
from intranet.workdays.months import month_after, month_before, month_end, month_of, months_of

from .assessed import ON_THE_SPOT
from .dates import Dates

if TYPE_CHECKING:
    from .assessed import AssessedRounds

EXCELLENT: dict[str, Any] = {
    "name": "年度优秀窗口",
    "subject": Award.Subject.WINDOW,
    "period": Award.Period.YEAR,
    "places": 5,
    "max_choices": 5,
    "quota_per_unit": 0,
    "self_allowed": False,
    "colleague_allowed": False,
    "pool_wins": 3,
    "electorate": Award.Electorate.CHIEF_REPRESENTATIVES,
    "meeting_decides": True,
    "vetoes": ["verified_complaint", "overdue_case"],
    "notice_place": "一楼大厅公示栏",
    "honour_text": "全年优质、窗口表率",
    "basis": "《年度优秀窗口评选办法》（禾政服〔2024〕32号）",
    "components": [
        {"key": "ballots", "kind": "ballots", "label": "首席代表民主推荐", "weight": "40"},
        {"key": "rate", "kind": "figure", "label": "全年现场办结率", "weight": "60", "figure": ON_THE_SPOT},
    ],
}


class History:
    """Rounds of a closed year and of this one, each held to its honours before the next."""

    def __init__(self, assessed: AssessedRounds) -> None:
        self.assessed, self.plain, self.officer = assessed, assessed.plain, assessed.officer
        self.today = self.plain.hall.today
        self.year = closed_year(self.today)

    def load(self) -> None:
        self.plain.hall.say("历年服务标兵、月度优质服务窗口、年度优秀窗口 …")
        self.service_models(self.today.year - 1)
        for month in months_of(dt.date(self.year, 1, 1), self.last_of_the_decided()):
            self.quality_windows(month)
            if month == dt.date(self.year, 12, 1):
                self.excellent_windows()

    def last_of_the_decided(self) -> dt.date:
        """The month before those of the two rounds that are still being assessed."""
        return month_before(month_before(month_before(month_of(self.today))))

    def service_models(self, year: int) -> Election:
        votes = add_workdays(dt.date(year, 11, 10), 0)
        dates = Dates.around(votes, add_workdays(votes, 2))
        first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
        return self.plain.held("service-model", first, last, dates, until="published", wanted=14)

    def quality_windows(self, first: dt.date) -> Election:
        """Held in the first working days of the month after."""
        day = add_workdays(month_after(first), 1)
        closing = add_workdays(day, 1)
        opens, closes = clock.start_of(day, 9), clock.start_of(closing, 18)
        with clock.at(opens):
            election = rounds.plan_round(
                award=self.plain.awards["quality-window"],
                period_first=first,
                period_last=month_end(first),
                recommendation_opens=opens,
                recommendation_closes=closes,
                scores_due=clock.start_of(add_workdays(closing, 1), 9),
                by=self.officer,
            )
            rounds.open_round(election=election, by=self.officer)
        self.plain.recommend(election, opens + dt.timedelta(hours=5), wanted=7)
        self.plain.reviewed(election, closes)
        return self.decided(election, add_workdays(closing, 1))

    def excellent_windows(self) -> Election:
        """When December's windows are commended: honours recommend, chief representatives vote."""
        year, opens = self.year, dt.date(self.year + 1, 1, 20)
        with clock.at(clock.start_of(opens, 8)):
            self.plain.awards["excellent-window"] = awards.set_up_award(
                by=self.officer, slug="excellent-window", pool_award=self.plain.awards["quality-window"], **EXCELLENT
            )
        votes = add_workdays(opens + dt.timedelta(days=8), 0)
        dates = Dates.around(votes, add_workdays(votes, 1))
        election = self.plain.opened("excellent-window", dt.date(year, 1, 1), dt.date(year, 12, 31), dates)
        self.plain.reviewed(election, dates.recommendation_closes)
        with clock.at(dates.voting_opens):
            rounds.advance(clock.now())
        self.plain.vote(election, dates.voting_opens + dt.timedelta(hours=2), 0.9)
        with clock.at(dates.voting_closes):
            rounds.advance(clock.now())
        return self.decided(election, add_workdays(votes, 2))

    def decided(self, election: Election, day: dt.date) -> Election:
        """Frozen and taken to the meeting on a working day, put on notice on the next one, and commended."""
        with clock.at(clock.start_of(day, 9)):
            assessment.freeze(election=election, by=self.officer)
        self.assessed.met(election, clock.start_of(day, 15))
        with clock.at(clock.start_of(add_workdays(day, 1), 9)):
            results.start_notice(election=election, by=self.officer)
        self.plain.published(election)
        return election
