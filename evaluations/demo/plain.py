"""Eight months of service stars, and a round in every phase that ballots alone go through."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from evaluations import planning
from evaluations.models import Award, Election, Nomination
from evaluations.services import awards, decision, nominations, objections, results, rounds, vetoes, voting
from intranet import clock
from intranet.access.registry import DemoHall
from intranet.figures.demo_months import closed_year
from intranet.people.models import Leadership, Person, Window
from intranet.workdays.months import month_after, month_before, month_end, month_of

from . import assessed
from .dates import Dates, quarter_before

AWARDS: dict[str, dict[str, Any]] = {
    "service-star": {
        "name": "月度服务之星",
        "subject": Award.Subject.PERSON,
        "period": Award.Period.MONTH,
        "places": 5,
        "max_choices": 3,
        "honour_text": "热情服务、群众满意",
        "basis": "《月度服务之星评选办法》（禾政服〔2026〕6号）",
    },
    "model-window": {
        "name": "示范窗口",
        "subject": Award.Subject.WINDOW,
        "period": Award.Period.MONTH,
        "places": 3,
        "max_choices": 3,
        "self_allowed": False,
        "colleague_allowed": False,
        "honour_text": "服务规范、窗口示范",
        "basis": "《示范窗口评选办法》（禾政服〔2026〕7号）",
    },
    "red-flag-window": {
        "name": "季度红旗窗口",
        "subject": Award.Subject.WINDOW,
        "period": Award.Period.QUARTER,
        "places": 5,
        "max_choices": 5,
        "self_allowed": False,
        "colleague_allowed": False,
        "honour_text": "勇争一流、红旗飘扬",
        "basis": "《窗口考核办法》（禾政服〔2025〕31号）",
    },
    "service-model": {
        "name": "服务标兵",
        "subject": Award.Subject.PERSON,
        "period": Award.Period.YEAR,
        "places": 10,
        "max_choices": 10,
        "honour_text": "岗位标兵、学习榜样",
        "basis": "《服务标兵评选办法》（禾政服〔2026〕22号）",
        "vetoes": ["verified_complaint", "overdue_case", "discipline"],
    },
}

REASONS = [
    "本月接待群众最多，没有一件超时件，多次收到口头表扬和锦旗。",
    "主动帮助老年人填写表格、拍照打印，下班以后仍然坚持把手上的事办完。",
    "业务熟练，一次讲清所需材料，让群众少跑一趟路，是新同志的好老师。",
    "在同事休假期间主动顶岗，一个人照看两个窗口，没有出现一次差错。",
    "面对情绪激动的群众始终耐心解释，把矛盾化解在窗口，受到督查科点名表扬。",
    "牵头整理一次性告知清单，把容易出错的地方画成图，办事时间明显缩短。",
]


class Rounds:
    def __init__(self, hall: DemoHall) -> None:
        self.hall = hall
        self.draw = hall.draw
        self.officer = hall.officers["union_officer"]
        # Set up before the first of their rounds.
        with clock.at(clock.start_of(dt.date(closed_year(hall.today), 1, 5), 10)):
            self.awards = {
                slug: awards.set_up_award(by=self.officer, slug=slug, **fields)
                for slug, fields in {**AWARDS, **assessed.AWARDS}.items()
            }

    def load(self) -> None:
        today = self.hall.today
        newest = month_before(month_of(today - dt.timedelta(days=20)))
        months = [newest]
        while len(months) < 8:
            months.insert(0, month_before(months[0]))
        for first in months:
            self.past_star(first)
            if first == months[-2]:
                self.annulled_window(first)
        self.cancelled(today)
        self.sealed_and_prepared(today)
        self.notice_and_recommendation(today)
        self.in_review(today)
        self.voting_now(today)

    # The past

    def past_star(self, first: dt.date) -> Election:
        last = month_end(first)
        self.hall.say(f"{first.year}年{first.month}月服务之星 …")
        dates = Dates.around(last - dt.timedelta(days=4), last - dt.timedelta(days=1))
        return self.held("service-star", first, last, dates, until="published")

    def annulled_window(self, first: dt.date) -> None:
        last = month_end(first)
        dates = Dates.around(last - dt.timedelta(days=5), last - dt.timedelta(days=2))
        election = self.held("model-window", first, last, dates, until="published")
        with clock.at(election.published_at + dt.timedelta(days=3)):
            rounds.annul(
                election=election,
                reason="经核实，一个窗口当月有被认定的投诉，按照一票否决规定撤销本期结果。",
                by=self.officer,
            )

    def cancelled(self, today: dt.date) -> None:
        dates = Dates.around(today - dt.timedelta(days=40), today - dt.timedelta(days=37))
        with clock.at(dates.opened):
            election = self.planned("women-model-post", today.replace(month=1, day=1), today, dates)
            rounds.cancel(election=election, reason="与上级妇联评选安排重复，改为下月统一开展。", by=self.officer)

    # The present

    def sealed_and_prepared(self, today: dt.date) -> None:
        first, last = quarter_before(today)
        dates = Dates.around(today - dt.timedelta(days=5), today - dt.timedelta(days=1))
        self.held("red-flag-window", first, last, dates, until="sealed")
        start = last + dt.timedelta(days=1)
        end = month_end(month_after(month_after(start)))
        with clock.at(clock.start_of(today - dt.timedelta(days=1), 10)):
            self.planned(
                "red-flag-window", start, end, Dates.around(end + dt.timedelta(days=8), end + dt.timedelta(days=11))
            )

    def notice_and_recommendation(self, today: dt.date) -> None:
        this_month = month_of(today)
        before = month_before(this_month)
        dates = Dates.around(today - dt.timedelta(days=7), today - dt.timedelta(days=3))
        noticed = today - dt.timedelta(days=2)
        election = self.held(
            "model-window", before, month_end(before), dates, until="public_notice", notice_on=noticed
        )
        self.objected_to(election, today - dt.timedelta(days=1))
        dates = Dates.around(today + dt.timedelta(days=5), today + dt.timedelta(days=8))
        election = self.opened("model-window", this_month, month_end(this_month), dates)
        self.recommend(election, dates.recommendation_opens + dt.timedelta(hours=2), wanted=5)

    def in_review(self, today: dt.date) -> None:
        dates = Dates.around(today + dt.timedelta(days=2), today + dt.timedelta(days=6))
        year = today.year
        election = self.opened("service-model", dt.date(year, 1, 1), dt.date(year, 12, 31), dates)
        self.recommend(election, dates.recommendation_opens + dt.timedelta(hours=2), wanted=14)
        with clock.at(dates.recommendation_closes):
            rounds.advance(clock.now())
        waiting = list(election.nominations.filter(state=Nomination.State.ACCEPTED))
        with clock.at(dates.recommendation_closes + dt.timedelta(hours=1)):
            for nomination in waiting[:6]:
                nominations.approve(nomination=nomination, by=self.officer)
            for nomination in waiting[6:7]:
                nominations.reject(
                    nomination=nomination, reason="本年度进驻不满规定时间，请明年再行推荐。", by=self.officer
                )
            self.vetoed_and_heard([row for row in waiting[7:] if row.person.user_id])

    def vetoed_and_heard(self, waiting: list[Nomination]) -> None:
        """A veto that is appealed against and lifted: the recommendation waits for the review again."""
        if not waiting:
            return
        veto = vetoes.enter(
            nomination=waiting[0],
            kind="verified_complaint",
            evidence="督查科转来群众来电一件，反映办理时间过长。",
            by=self.officer,
        )
        vetoes.appeal(veto=veto, text="当天系统故障，已逐一向群众说明并改日上门送达。", by=waiting[0].person.user)
        vetoes.settle(veto=veto, outcome="lifted", reason="经核实系统故障属实，来电人已表示谅解。", by=self.officer)

    def objected_to(self, election: Election, day: dt.date) -> None:
        """Somebody called; it was looked into, and the result stands."""
        with clock.at(clock.start_of(day, 10)):
            objection = objections.register(
                election=election,
                channel="phone",
                name="来电人甲",
                text="反映该窗口月中有一天下午无人值守。",
                received_on=day,
                by=self.officer,
            )
        with clock.at(clock.start_of(day, 16)):
            answer = "经调阅监控，当天下午由 B 岗人员顶岗，窗口没有空岗。"
            objections.settle(objection=objection, outcome="unfounded", answer=answer, by=self.officer)

    def voting_now(self, today: dt.date) -> None:
        dates = Dates.around(today - dt.timedelta(days=2), today + dt.timedelta(days=3))
        first = month_of(today)
        self.held("service-star", first, month_end(first), dates, until="voting", share=0.4)

    # One round

    def planned(self, slug: str, first: dt.date, last: dt.date, dates: Dates) -> Election:
        """Voting dates and a day for scores where the award has use for them."""
        award = self.awards[slug]
        asked = planning.asks_for(award)
        instants = {
            "recommendation_opens": dates.recommendation_opens,
            "recommendation_closes": dates.recommendation_closes,
            "voting_opens": dates.voting_opens,
            "voting_closes": dates.voting_closes,
            "scores_due": dates.voting_closes + dt.timedelta(days=5),
        }
        return rounds.plan_round(
            award=award,
            period_first=first,
            period_last=last,
            by=self.officer,
            **{name: moment for name, moment in instants.items() if name in asked},
        )

    def opened(self, slug: str, first: dt.date, last: dt.date, dates: Dates) -> Election:
        with clock.at(dates.opened):
            election = self.planned(slug, first, last, dates)
            rounds.open_round(election=election, by=self.officer)
        with clock.at(dates.recommendation_opens):
            rounds.advance(clock.now())
        election.refresh_from_db()
        return election

    def held(
        self,
        slug: str,
        first: dt.date,
        last: dt.date,
        dates: Dates,
        *,
        until: str,
        share: float = 0.9,
        notice_on: dt.date | None = None,
        wanted: int = 9,
    ) -> Election:
        """A round from its opening up to a phase; ``wanted`` units recommend."""
        election = self.opened(slug, first, last, dates)
        self.recommend(election, dates.recommendation_opens + dt.timedelta(hours=3), wanted=wanted)
        self.reviewed(election, dates.recommendation_closes)
        with clock.at(dates.voting_opens):
            rounds.advance(clock.now())
        self.vote(election, dates.voting_opens + dt.timedelta(hours=5), share)
        if until == "voting":
            return election
        with clock.at(dates.voting_closes):
            rounds.advance(clock.now())
        if until == "sealed":
            return election
        noticed = clock.start_of(notice_on, 10) if notice_on else dates.voting_closes + dt.timedelta(hours=15)
        self.notice(election, noticed)
        if until == "published":
            self.published(election)
        election.refresh_from_db()
        return election

    def reviewed(self, election: Election, closes: dt.datetime) -> None:
        """Recommendation closes, and everyone recommended is admitted."""
        with clock.at(closes):
            rounds.advance(clock.now())
        with clock.at(closes + dt.timedelta(hours=2)):
            for nomination in election.nominations.filter(state=Nomination.State.ACCEPTED):
                nominations.approve(nomination=nomination, by=self.officer)
            election.refresh_from_db()
            rounds.finish_review(election=election, by=self.officer)

    def published(self, election: Election) -> None:
        """The clock commends on the day after the notice."""
        election.refresh_from_db()
        with clock.at(clock.start_of(election.notice_last + dt.timedelta(days=1), 9)):
            rounds.advance(clock.now())
        election.refresh_from_db()

    def recommend(self, election: Election, when: dt.datetime, *, wanted: int) -> None:
        """Recommendations by units, one by oneself and one by a colleague, with acceptances."""
        with clock.at(when):
            chiefs = list(
                Leadership.objects.on()
                .filter(kind=Leadership.Kind.CHIEF_REPRESENTATIVE, person__user__is_active=True)
                .select_related("person__user", "unit")
                .order_by("pk")
            )
            for chief in self.draw.sample(chiefs, min(wanted, len(chiefs))):
                self.of_unit(election, chief)
            if election.award.subject == Award.Subject.PERSON:
                self.of_oneself_and_colleague(election)

    def of_unit(self, election: Election, chief: Leadership) -> None:
        by = chief.person.user
        if election.award.subject == Award.Subject.WINDOW:
            named = election.nominations.values("window")
            choice = Window.objects.current().filter(units=chief.unit).exclude(pk__in=named).order_by("pk").first()
            if choice:
                nominations.recommend(
                    election=election,
                    kind="unit",
                    window=choice,
                    unit=chief.unit,
                    reason=self.draw.choice(REASONS),
                    by=by,
                )
            return
        seated = Person.objects.current().filter(
            postings__unit=chief.unit, postings__ends_on__isnull=True, postings__window__isnull=False
        )
        for person in self.some_eligible(election, seated, 1):
            nominations.recommend(
                election=election,
                kind="unit",
                person=person,
                unit=chief.unit,
                reason=self.draw.choice(REASONS),
                by=by,
            )

    def some_eligible(self, election: Election, people: Any, count: int) -> list[Person]:
        """Up to ``count`` drawn from those whom the rules admit; asked one by one, as far as needed."""
        drawn = list(people.order_by("pk").distinct())
        self.draw.shuffle(drawn)
        admitted = (person for person in drawn if not nominations.why_not(election, person))
        return list(itertools.islice(admitted, count))

    def of_oneself_and_colleague(self, election: Election) -> None:
        named = election.nominations.filter(person__isnull=False).values("person")
        free = Person.objects.current().filter(user__is_active=True).exclude(pk__in=named).select_related("user")
        chosen = self.some_eligible(election, free, 3)
        if len(chosen) < 3:
            return
        oneself, colleague, by = chosen
        nominations.recommend(election=election, kind="self", person=oneself, reason=REASONS[0], by=oneself.user)
        named_one = nominations.recommend(
            election=election, kind="colleague", person=colleague, reason=REASONS[1], by=by.user
        )
        if self.draw.random() < 0.8:
            nominations.accept(nomination=named_one, by=colleague.user)

    def vote(self, election: Election, when: dt.datetime, share: float) -> None:
        # Keys are random whatever the seed: the order in which candidates were recommended is not.
        keys = list(election.candidates.order_by("nomination").values_list("key", flat=True))
        weights = [self.draw.randint(1, 9) for _ in keys]
        entries = list(
            election.roll.filter(person__user__is_active=True).select_related("person__user").order_by("staff_number")
        )
        firsts = {user.pk for user in self.hall.officers.values()}
        share = min(share, 180 / max(len(entries), 1))
        with clock.at(when):
            for entry in entries:
                # Whoever tries the demo finds their ballot still to cast in the open round.
                if self.draw.random() > share or (share < 0.6 and entry.person.user_id in firsts):
                    continue
                wanted = self.draw.randint(1, min(election.rules["max_choices"], len(keys)))
                choices = set(self.draw.choices(keys, weights, k=wanted))
                voting.cast_ballot(
                    election=election, user=entry.person.user, choices=sorted(choices), receipt=voting.new_receipt()
                )

    def notice(self, election: Election, when: dt.datetime) -> None:
        with clock.at(when):
            election.refresh_from_db()
            if election.result["tied"]:
                open_places = election.result["places"] - len(election.result["winners"])
                in_order = election.candidates.order_by("nomination").values_list("key", flat=True)
                decision.settle_tie(
                    election=election,
                    chosen=[key for key in in_order if key in election.result["tied"]][:open_places],
                    reason="票数相同，按照本期办件量多者在先确定。",
                    by=self.officer,
                )
            results.recount(election=election, by=self.hall.officers["scrutineer"])
            results.start_notice(election=election, by=self.officer)
