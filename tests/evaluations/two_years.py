"""A hall that lives by the clock: two ticks a day, in between people recommend, review, vote and put on notice.

What the site told whom is taken from the letters themselves, not from the outbox that is to prevent doubles.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field

from django.core import mail

from evaluations.models import Award, Election, RollEntry
from evaluations.services import decision, nominations, results, rounds, voting
from intranet import clock
from intranet.access.models import User
from intranet.reminders.models import InboxMessage, OutboxRow, Preference
from intranet.reminders.services import tick

from .hall import Hall, make_award, make_hall

# The hours of the two ticks, and those at which people do things in between.
TICKS = (9, 16)
MORNING, NOON = 10, 12
DAY = dt.timedelta(days=1)
TO_VOTE = ("evaluations.voting", "evaluations.last_day")
Phase = Election.Phase


@dataclass(frozen=True)
class Told:
    """One letter to one person about one thing."""

    at: dt.datetime
    channel: str
    rule: str
    about: str
    occasion: str
    recipient: int

    @property
    def round(self) -> int:
        return int(self.about.rpartition(":")[2])


@dataclass
class Years:
    """A hall with one monthly award that opens by itself; ``voted`` is when whom the site told "recorded" voted."""

    hall: Hall
    award: Award
    draw: random.Random
    told: list[Told] = field(default_factory=list)
    voted: dict[tuple[int, int], dt.datetime] = field(default_factory=dict)
    _inbox: int = 0

    def live(self, first: dt.date, last: dt.date, *, idle_every: int = 1) -> None:
        """Every day of the span; of those after the month's round, only every so many."""
        for number in range((last - first).days + 1):
            day = first + number * DAY
            if day.toordinal() % idle_every == 0 or not self.is_idle(day):
                self.day(day)

    def is_idle(self, day: dt.date) -> bool:
        """Whether this month's round is over. Another one would be opened by the next tick, a few days later."""
        held = self.award.elections.filter(opened_at__gte=clock.start_of(day.replace(day=1)))
        return held.exists() and not held.running().exists()

    def day(self, day: dt.date) -> None:
        for hour in (TICKS[0], MORNING, NOON, TICKS[1]):
            moment = clock.start_of(day, hour)
            if hour in TICKS:
                self.tick(moment)
                continue
            with clock.at(moment):
                self.people_act(hour)

    def tick(self, moment: dt.datetime) -> None:
        """Where something was sent, once more at the same instant: a beat that was impatient."""
        if tick(moment).rows:
            tick(moment)
        self.read_letters(moment)

    def read_letters(self, moment: dt.datetime) -> None:
        fresh = InboxMessage.objects.filter(pk__gt=self._inbox).select_related("outbox").order_by("pk")
        for message in fresh:
            self._inbox = message.pk
            self.told.append(_told(moment, "inbox", message.outbox, message.recipient_id))
        if mail.outbox:
            rows = {row.message_id: row for row in OutboxRow.objects.filter(channel="mail", sent_at=moment)}
            users = dict(User.objects.values_list("email", "pk"))
            for letter in mail.outbox:
                row = rows[letter.extra_headers["Message-ID"]]
                self.told.append(_told(moment, "mail", row, users[letter.to[0]]))
            mail.outbox.clear()

    def people_act(self, hour: int) -> None:
        for election in Election.objects.running().select_related("award"):
            if hour == NOON:
                self.vote(election, self.hall.staff[:2])
                continue
            act = {
                Phase.RECOMMENDATION: self.recommend,
                Phase.REVIEW: self.review,
                Phase.VOTING: lambda one: self.vote(one, [self.hall.officer, *self.hall.staff[2:]]),
                Phase.SEALED: self.announce,
            }.get(Phase(election.phase))
            if act:
                act(election)

    def recommend(self, election: Election) -> None:
        for user in self.draw.sample(self.hall.staff, 3):
            if not election.nominations.filter(person=user.person).exists():
                nominations.recommend(election=election, kind="self", reason="群众满意", by=user)

    def review(self, election: Election) -> None:
        if election.reviewed_at is None:
            for given in election.nominations.filter(state="accepted"):
                nominations.approve(nomination=given, by=self.hall.officer)
            rounds.finish_review(election=election, by=self.hall.officer)

    def vote(self, election: Election, users: list[User]) -> None:
        """Each time about every second of those who have not voted."""
        if not election.is_open_for_votes:
            return
        keys = list(election.candidates.order_by("key").values_list("key", flat=True))
        for user in users:
            if (election.pk, user.pk) not in self.voted and self.draw.random() < 0.5:
                receipt = voting.new_receipt()
                voting.cast_ballot(election=election, user=user, choices=[self.draw.choice(keys)], receipt=receipt)
                self.voted[election.pk, user.pk] = clock.now()

    def announce(self, election: Election) -> None:
        officer, places = self.hall.officer, decision.open_places(election)
        if election.result["tied"] and not election.decision:
            chosen = election.result["tied"][:places]
            decision.settle_tie(election=election, chosen=chosen, reason="抽签", by=officer)
        if decision.why_not_decided(election):
            rounds.annul(election=election, reason="无人投票", by=officer)
        else:
            results.start_notice(election=election, by=officer)


def _told(moment: dt.datetime, channel: str, row: OutboxRow, recipient: int) -> Told:
    return Told(moment, channel, row.rule, row.object, row.occasion, recipient)


def make_years(seed: int, set_up: str = "2026-01-05T10:00") -> Years:
    """Eight people, all with an address. Two of them have no letters before three in the afternoon, and vote at noon:
    what waits for them then is about a vote that is over.
    """
    hall = make_hall(6)
    for user in (hall.officer, hall.scrutineer, *hall.staff):
        user.email = f"u{user.pk}@hall.test"
        user.save(update_fields=["email"])
    for user in hall.staff[:2]:
        Preference.objects.create(user=user, quiet_from=dt.time(7), quiet_to=dt.time(15))
    with clock.at(clock.parse(set_up)):
        award = make_award(hall, opens_by_itself=True, open_workday=1, recommend_workdays=1, notice_workdays=1)
    return Years(hall, award, random.Random(seed))


def wrong_with(years: Years) -> list[str]:
    """Sentences about what the letters of these years should not have been; empty if all is well."""
    times = Counter((one.rule, one.about, one.occasion, one.recipient, one.channel) for one in years.told)
    found = [f"{number} times: {key}" for key, number in times.items() if number > 1]
    never = dt.datetime.max.replace(tzinfo=dt.UTC)
    found += [
        f"told after voting: {one}"
        for one in years.told
        if one.rule in TO_VOTE and years.voted.get((one.round, one.recipient), never) <= one.at
    ]
    return found + _missing(years)


def _missing(years: Years) -> list[str]:
    """Who should have been told that voting is open, or that it is the last day, and was not."""
    told = {(one.rule, one.round, one.recipient) for one in years.told if one.channel == "inbox"}
    found = []
    for election in Election.objects.filter(award=years.award, sealed_at__isnull=False):
        last = clock.start_of(clock.day_of(election.voting_closes), TICKS[0])
        for user in RollEntry.objects.filter(election=election).values_list("person__user", flat=True):
            voted = years.voted.get((election.pk, user))
            late = voted is None or voted > last
            for rule in TO_VOTE[: 2 if late else 1]:
                if (rule, election.pk, user) not in told:
                    found.append(f"not told: {rule} of round {election.pk} to {user}")
    return found
