"""To everyone in a round, each time in one batch: recommendation, voting, the last day, the public notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy, gettext_noop

from evaluations.models import Election, ElectionEvent, Mark, RollEntry
from intranet import clock
from intranet.people.models import Leadership
from intranet.reminders.registry import Field, Reminder, ReminderRule
from intranet.ui.templatetags.ui import hall_date

from .rounds import (
    MORNING,
    ROUND,
    UNION,
    UNTIL,
    Phase,
    at,
    elections_of,
    everyone_in,
    filled,
    number_of,
    on_the_roll,
    to_users,
    while_in,
)


def recommendation_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """When recommendation opens; when the round was opened late, then."""
    rounds = Election.objects.exclude(phase=Phase.CANCELLED).filter(opened_at__isnull=False)
    rounds = rounds.annotate(due=Greatest("recommendation_opens", "opened_at")).filter(due__gt=start, due__lte=end)
    for election in rounds.select_related("award"):
        asked = _asked_to_recommend(election)
        yield from to_users(election, "opens", election.due, election.recommendation_closes, asked)


def _asked_to_recommend(election: Election) -> list[int]:
    """Everyone in the round; where only units recommend, those who speak for one and heads of windows."""
    rules = election.rules_now
    if rules["self_allowed"] or rules["colleague_allowed"]:
        return list(everyone_in(election))
    leading = Leadership.objects.on().filter(person__user__is_active=True)
    return list(leading.order_by("person__user").values_list("person__user", flat=True).distinct())


def voting_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """When voting opens; when the review was finished late, then. A round without a ballot has no such instant."""
    rounds = Election.objects.exclude(phase=Phase.CANCELLED).filter(
        voting_opens__isnull=False, voting_closes__isnull=False, reviewed_at__isnull=False
    )
    for election in rounds.annotate(due=Greatest("voting_opens", "reviewed_at")).filter(due__gt=start, due__lte=end):
        assert election.voting_closes is not None
        yield from to_users(election, "opens", election.due, election.voting_closes, on_the_roll(election))


def _last_morning(closes: dt.datetime) -> dt.datetime:
    """The morning of the last day; of the day before when voting closes before the office opens."""
    morning = clock.start_of(clock.day_of(closes), *MORNING)
    return morning if morning < closes else morning - dt.timedelta(days=1)


def last_day_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """To everyone who has not voted by then, in one batch, which says nothing about when others voted."""
    soon = Election.objects.filter(
        voting_opens__isnull=False,
        voting_closes__gt=start,
        voting_closes__lte=end + dt.timedelta(days=2),
        reviewed_at__isnull=False,
    ).exclude(phase=Phase.CANCELLED)
    marked = Mark.objects.filter(entry=OuterRef("pk"))
    for election in soon:
        assert election.voting_closes is not None
        assert election.voting_opens is not None
        due = _last_morning(election.voting_closes)
        # On a round that lasts less than that, the reminder of its opening is enough.
        if start < due <= end and due > election.voting_opens:
            waiting = RollEntry.objects.filter(~Exists(marked), election=election, person__user__is_active=True)
            users = waiting.values_list("person__user", flat=True)
            yield from to_users(election, "last-day", due, election.voting_closes, users)


def not_voted_yet(reminders: list[Reminder]) -> list[bool]:
    """Voting still runs and the person has no mark: two queries for all of them."""
    rounds = elections_of(reminders)
    running = {pk for pk, election in rounds.items() if election.phase in (Phase.REVIEW, Phase.VOTING)}
    voted = set(
        RollEntry.objects.filter(election__in=running)
        .filter(Exists(Mark.objects.filter(entry=OuterRef("pk"))))
        .values_list("election", "person__user")
    )
    return [
        number_of(reminder) in running and (number_of(reminder), reminder.recipient) not in voted
        for reminder in reminders
    ]


def notice_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """A later event of a round names the same reminders again, and their unique key drops them."""
    for election, due, until in notices_begun(start, end):
        yield from to_users(election, "notice", due, until, everyone_in(election))


def notices_begun(start: dt.datetime, end: dt.datetime) -> Iterator[tuple[Election, dt.datetime, dt.datetime]]:
    """Rounds whose notice begins in (start, end], when that is, and when it is over.

    On the morning of the first day of notice, or when it was started later that day: a round keeps the days of its
    notice, not the hour at which it was started; its events have hours.
    """
    first_day = clock.day_of(start)
    for election in Election.objects.filter(
        phase=Phase.PUBLIC_NOTICE, notice_first__isnull=False, notice_last__gte=first_day
    ).select_related("award"):
        assert election.notice_first is not None
        assert election.notice_last is not None
        morning = clock.start_of(election.notice_first, *MORNING)
        later = ElectionEvent.objects.filter(election=election, at__gt=max(start, morning), at__lte=end)
        due = morning if start < morning <= end else later.order_by("at").values_list("at", flat=True).first()
        if due is not None:
            yield election, due, clock.start_of(election.notice_last + dt.timedelta(days=1))


RULES: tuple[ReminderRule, ...] = (
    ReminderRule(
        "evaluations.recommendation",
        gettext_lazy("Recommendation opens"),
        recommendation_due,
        filled=filled("recommend", at("recommendation_closes")),
        subject=gettext_noop("Recommendations are open: {round}"),
        body=gettext_noop("You may recommend yourself, a colleague or for your unit until {until}."),
        fields=(ROUND, Field("until", gettext_lazy("when recommendation closes"), UNTIL)),
        still_wanted=while_in(Phase.RECOMMENDATION),
        seen_by=UNION,
    ),
    ReminderRule(
        "evaluations.voting",
        gettext_lazy("Voting opens"),
        voting_due,
        filled=filled("vote", at("voting_closes")),
        subject=gettext_noop("Voting is open: {round}"),
        body=gettext_noop("You are on the roll. Voting closes {until}; it takes half a minute."),
        fields=(ROUND, Field("until", gettext_lazy("when voting closes"), UNTIL)),
        still_wanted=not_voted_yet,
    ),
    ReminderRule(
        "evaluations.last_day",
        gettext_lazy("Last day to vote"),
        last_day_due,
        filled=filled("vote", at("voting_closes")),
        subject=gettext_noop("Last day to vote: {round}"),
        body=gettext_noop("Voting closes {until}. Your ballot is not here yet."),
        fields=(ROUND, Field("until", gettext_lazy("when voting closes"), UNTIL)),
        still_wanted=not_voted_yet,
    ),
    ReminderRule(
        "evaluations.notice",
        gettext_lazy("Public notice begins"),
        notice_due,
        filled=filled("notice", lambda election: hall_date(election.notice_last)),
        subject=gettext_noop("Public notice: {round}"),
        body=gettext_noop("The result is on public notice until {until}. Objections are heard until then."),
        fields=(ROUND, Field("until", gettext_lazy("the last day of notice"), gettext_lazy("4 December 2026"))),
        still_wanted=while_in(Phase.PUBLIC_NOTICE),
        seen_by=UNION,
    ),
)
