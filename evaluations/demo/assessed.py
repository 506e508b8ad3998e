"""Demo rounds that weigh more than ballots: ten women's model posts nobody votes on, and quality windows.

The first are the founding documents' own: recommended by themselves and by their units, assessed together, decided
by a meeting. The quality windows weigh ballots in two boxes, the on-the-spot rate and a panel; one waits for its
meeting, one for its panel.
"""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile
from PIL import Image

from evaluations.models import Award, Election, Mark, RoundFile
from evaluations.services import assessment, awards, decision, files, nominations, panels, paper, results, rounds
from intranet import clock
from intranet.access.models import User
from intranet.access.roles import SCRUTINEER
from intranet.people.models import Leadership

from .dates import Dates

if TYPE_CHECKING:
    from .plain import Rounds

PANEL = ["inspection", "centre_leader"]
ON_THE_SPOT, SATISFACTION = "figures.on_the_spot_rate", "figures.satisfaction"
ON_PAPER = 3
AWARDS: dict[str, dict[str, Any]] = {
    "women-model-post": {
        "name": "十佳巾帼文明示范岗",
        "subject": Award.Subject.WINDOW,
        "period": Award.Period.ONCE,
        "places": 10,
        "ballot_kind": Award.BallotKind.NONE,
        "quota_per_unit": 2,
        "colleague_allowed": False,
        "meeting_decides": True,
        "vetoes": ["verified_complaint", "overdue_case", "negative_press", "undercover_inspection"],
        "notice_place": "一楼大厅公示栏",
        "honour_text": "巾帼建功、文明示范",
        "basis": "《巾帼文明示范岗创建方案》（禾工〔2026〕3号）",
        "components": [
            {"key": "panel", "kind": "panel", "label": "评审打分", "weight": "60", "panel_roles": PANEL},
            {"key": "rate", "kind": "figure", "label": "现场办结率", "weight": "40", "figure": ON_THE_SPOT},
        ],
    },
    "quality-window": {
        "name": "月度优质服务窗口",
        "subject": Award.Subject.WINDOW,
        "period": Award.Period.MONTH,
        "places": 5,
        "max_choices": 5,
        "self_allowed": False,
        "colleague_allowed": False,
        "meeting_decides": True,
        "vetoes": ["verified_complaint", "overdue_case"],
        "notice_place": "一楼大厅公示栏",
        "honour_text": "优质服务、群众满意",
        "ballot_kind": Award.BallotKind.NONE,
        "basis": "《月度优质服务窗口评选办法（试行）》（禾政服〔2024〕31号）",
        "components": [
            {"key": "rate", "kind": "figure", "label": "现场办结率", "weight": "60", "figure": ON_THE_SPOT},
            {"key": "pleased", "kind": "figure", "label": "群众满意率", "weight": "40", "figure": SATISFACTION},
        ],
    },
}
# What the monthly quality windows weigh since the award was revised.
REVISED_WINDOWS: dict[str, Any] = {
    "ballot_kind": Award.BallotKind.CHOOSE,
    "paper_allowed": True,
    "basis": "《月度优质服务窗口评选办法》（禾政服〔2026〕9号）",
    "boxes": [
        {"key": "leaders", "label": "中心领导票箱", "electorate": "centre_leader", "weight": "30"},
        {"key": "staff", "label": "职工票箱", "electorate": "everyone", "weight": "70"},
    ],
    "components": [
        {"key": "ballots", "kind": "ballots", "label": "民主测评", "weight": "40"},
        {"key": "rate", "kind": "figure", "label": "现场办结率", "weight": "40", "figure": ON_THE_SPOT},
        {"key": "panel", "kind": "panel", "label": "督查科评分", "weight": "20", "panel_roles": ["inspection"]},
        {"key": "bonus", "kind": "adjustment", "label": "加分扣分", "most_bonus": "5", "most_deduction": "10"},
    ],
}


class AssessedRounds:
    """On top of ``Rounds``: the same hall, officer and source of chance."""

    def __init__(self, plain: Rounds) -> None:
        self.plain, self.draw, self.officer = plain, plain.draw, plain.officer

    def load(self) -> None:
        today = self.plain.hall.today
        self.plain.hall.say("十佳巾帼文明示范岗、月度优质服务窗口 …")
        this_month = today.replace(day=1)
        last_day = this_month - dt.timedelta(days=1)
        self.women_model_posts(today, last_day)
        before = last_day.replace(day=1)
        earlier = before - dt.timedelta(days=1)
        self.windows_revised(today - dt.timedelta(days=20))
        self.quality_window(earlier.replace(day=1), earlier, today - dt.timedelta(days=9), decided=True)
        self.quality_window(before, last_day, today - dt.timedelta(days=4), decided=False)

    def women_model_posts(self, today: dt.date, last: dt.date) -> Election:
        """Two months appraised; half of the windows by their heads, half by their units; no ballot."""
        first = (last.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
        opens = clock.start_of(today - dt.timedelta(days=27), 9)
        closes = opens + dt.timedelta(days=4, hours=9)
        with clock.at(opens):
            election = rounds.plan_round(
                award=self.plain.awards["women-model-post"],
                period_first=first,
                period_last=last,
                recommendation_opens=opens,
                recommendation_closes=closes,
                scores_due=closes + dt.timedelta(days=4),
                by=self.officer,
            )
            rounds.open_round(election=election, by=self.officer)
        with clock.at(opens + dt.timedelta(hours=3)):
            self.by_heads(election, 7)
        self.plain.recommend(election, opens + dt.timedelta(hours=5), wanted=7)
        self.plain.reviewed(election, closes)
        self.scored(election, closes + dt.timedelta(days=2))
        with clock.at(closes + dt.timedelta(days=4, hours=1)):
            assessment.freeze(election=election, by=self.officer)
        self.met(election, closes + dt.timedelta(days=5))
        with clock.at(closes + dt.timedelta(days=6)):
            results.start_notice(election=election, by=self.officer)
        self.plain.published(election)
        return election

    def by_heads(self, election: Election, wanted: int) -> None:
        heads = (
            Leadership.objects.on()
            .filter(kind=Leadership.Kind.WINDOW_HEAD, person__user__is_active=True, window__isnull=False)
            .select_related("person__user", "window")
            .order_by("pk")
        )
        for head in self.draw.sample(list(heads), min(wanted, len(heads))):
            if not election.nominations.filter(window=head.window).exists():
                nominations.recommend(
                    election=election,
                    kind="self",
                    window=head.window,
                    reason="本窗口女同志占多数，全年无超时件、无有效投诉，自我申报参评。",
                    by=head.person.user,
                )

    def scored(self, election: Election, when: dt.datetime) -> None:
        """Every seat of the panel gives every window something between 85 and 98 and hands it in."""
        with clock.at(when):
            for seat in election.seats.select_related("user").order_by("pk"):
                scores = {
                    key: Decimal(self.draw.randint(170, 196)) / 2
                    for key in election.candidates.order_by("nomination").values_list("key", flat=True)
                }
                panels.save_scores(seat=seat, scores=scores, conflicts=set(), by=seat.user)
                panels.hand_in(seat=seat, by=seat.user)

    def met(self, election: Election, when: dt.datetime) -> None:
        """The week's meeting takes the computed list; its minutes are a drawn page with nothing to read."""
        election.refresh_from_db()
        with clock.at(when):
            minutes = ContentFile(_blank_page(), name="minutes.png")
            kind, title = RoundFile.Kind.MINUTES, "主任办公会纪要"
            scan = files.file(election=election, kind=kind, upload=minutes, title=title, by=self.officer)
            decision.record_meeting(
                election=election,
                held_on=clock.today(),
                present=[user.get_full_name() for user in self.present()],
                recused=[],
                minutes_number="〔{}〕{}号".format(*clock.today().isocalendar()),
                scan=scan,
                winners=election.result["order"][: election.result["places"]],
                reason="得分相同的，按现场办结率高者优先。" if election.result["tied"] else "",
                by=self.officer,
            )
        election.refresh_from_db()

    def present(self) -> list[Any]:
        return [self.plain.hall.officers[role] for role in ("centre_leader", "inspection")]

    def windows_revised(self, day: dt.date) -> None:
        """From here on staff vote on a month's windows too; rounds held before keep the rules they opened with."""
        with clock.at(clock.start_of(day, 16)):
            self.plain.awards["quality-window"] = awards.change_award(
                award=self.plain.awards["quality-window"], by=self.officer, **REVISED_WINDOWS
            )

    def quality_window(self, first: dt.date, last: dt.date, closed: dt.date, *, decided: bool) -> Election:
        """A round whose boxes are sealed: with the panel's scores it waits for its meeting, without it for them."""
        dates = Dates.around(closed - dt.timedelta(days=2), closed)
        election = self.plain.held("quality-window", first, last, dates, until="voting", share=0.4)
        self.on_paper(election, dates)
        key = election.candidates.order_by("nomination").values_list("key", flat=True).first()
        with clock.at(dates.voting_closes + dt.timedelta(hours=14)):
            assessment.bring(
                election=election, component="bonus", key=key, value=Decimal(1), note="收到锦旗一面", by=self.officer
            )
        if not decided:
            return election
        self.scored(election, dates.voting_closes + dt.timedelta(hours=15))
        with clock.at(dates.voting_closes + dt.timedelta(hours=18)):
            assessment.freeze(election=election, by=self.officer)
        return election

    def on_paper(self, election: Election, dates: Dates) -> None:
        """Three vote on paper, two scrutineers read the same from it; the clock seals. A hall with one scrutineer
        hands out no paper.
        """
        two, box = self.scrutineers(), "staff"
        handed = ON_PAPER if len(two) == 2 else 0
        free = election.roll.filter(box=box).exclude(pk__in=Mark.objects.filter(election=election).values("entry"))
        with clock.at(dates.voting_closes - dt.timedelta(hours=3)):
            for entry in free.order_by("-staff_number")[:handed]:
                paper.hand_out(election=election, entry=entry, by=two[0])
        with clock.at(dates.voting_closes):
            rounds.advance(clock.now())
        keys = election.candidates.order_by("nomination").values_list("key", flat=True)
        read = [([key], 1) for key in keys[:handed]]
        with clock.at(dates.voting_closes + dt.timedelta(minutes=20)):
            for scrutineer in two if handed else ():
                paper.enter_count(election=election, box=box, returned=handed, ballots=read, by=scrutineer)
            rounds.advance(clock.now())
        election.refresh_from_db()

    def scrutineers(self) -> list[User]:
        return list(User.objects.filter(groups__role__key=SCRUTINEER, is_active=True).order_by("pk")[:2])


def _blank_page() -> bytes:
    """A5 in white: what stands in the minutes of an invented meeting is nobody's business."""
    page = io.BytesIO()
    Image.new("RGB", (420, 595), "white").save(page, "PNG")
    return page.getvalue()
