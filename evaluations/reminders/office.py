"""To those who run and watch rounds: what opened by itself, what ends tomorrow, what needs two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext_lazy, gettext_noop

from evaluations.models import Election
from intranet import clock
from intranet.access import roles
from intranet.reminders.registry import Field, Reminder, ReminderRule
from intranet.ui.templatetags.ui import hall_date

from .rounds import (
    ROUND,
    UNION,
    UNTIL,
    Phase,
    at,
    filled,
    holders_of,
    morning_of,
    to_users,
    while_in,
)

# Sealing waits for two; after so long other ways of asking are in order.
WAITS = dt.timedelta(days=14)


def opened_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """A round the clock planned and opened: officers look at its dates and at who is on the roll."""
    rounds = Election.objects.filter(created_by__isnull=True, opened_at__gt=start, opened_at__lte=end)
    officers = holders_of(*UNION) if rounds else []
    for election in rounds:
        assert election.opened_at is not None
        yield from to_users(election, "by-itself", election.opened_at, election.recommendation_closes, officers)


def notice_ends_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """On the morning before the last day of notice: what is still open then holds up the commendation."""
    ending = Election.objects.filter(phase=Phase.PUBLIC_NOTICE, notice_last__gte=clock.day_of(start))
    rounds = list(ending.filter(notice_last__lte=clock.day_of(end) + dt.timedelta(days=2)))
    officers = holders_of(*UNION) if rounds else []
    for election in rounds:
        assert election.notice_last is not None
        due = morning_of(election.notice_last - dt.timedelta(days=1))
        if start < due <= end:
            until = clock.start_of(election.notice_last + dt.timedelta(days=1))
            yield from to_users(election, "ends-tomorrow", due, until, officers)


def two_needed_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """When voting is over in a round that two scrutineers close and seal."""
    closed = Election.objects.exclude(phase=Phase.CANCELLED).filter(
        opened_at__isnull=False, voting_closes__gt=start, voting_closes__lte=end
    )
    rounds = [election for election in closed.select_related("award") if election.rules_now["sealed_by_two"]]
    scrutineers = holders_of(roles.SCRUTINEER) if rounds else []
    for election in rounds:
        assert election.voting_closes is not None
        until = election.voting_closes + WAITS
        yield from to_users(election, "close", election.voting_closes, until, scrutineers)


RULES: tuple[ReminderRule, ...] = (
    ReminderRule(
        "evaluations.opened",
        gettext_lazy("A round opened by itself"),
        opened_due,
        filled=filled("manage", at("recommendation_closes")),
        subject=gettext_noop("Opened by itself: {round}"),
        body=gettext_noop(
            "Rules and roll are frozen. Recommendations are taken until {until}; then you review them."
        ),
        fields=(ROUND, Field("until", gettext_lazy("when recommendation closes"), UNTIL)),
        still_wanted=while_in(Phase.PREPARATION, Phase.RECOMMENDATION),
        seen_by=UNION,
    ),
    ReminderRule(
        "evaluations.notice_ends",
        gettext_lazy("Public notice ends tomorrow"),
        notice_ends_due,
        filled=filled("manage", lambda election: hall_date(election.notice_last)),
        subject=gettext_noop("The notice ends tomorrow: {round}"),
        body=gettext_noop(
            "The last day of notice is {until}. Settle what is open: the commendation waits for every objection."
        ),
        fields=(ROUND, Field("until", gettext_lazy("the last day of notice"), gettext_lazy("4 December 2026"))),
        still_wanted=while_in(Phase.PUBLIC_NOTICE),
        seen_by=UNION,
    ),
    ReminderRule(
        "evaluations.two_needed",
        gettext_lazy("Two scrutineers are needed"),
        two_needed_due,
        filled=filled("scrutiny", at("voting_closes")),
        subject=gettext_noop("Voting is over, close and seal: {round}"),
        body=gettext_noop("Voting ended {until}. The ballots are sealed when two scrutineers have confirmed it."),
        fields=(ROUND, Field("until", gettext_lazy("when voting closes"), UNTIL)),
        still_wanted=while_in(Phase.VOTING),
        seen_by=UNION,
    ),
)
