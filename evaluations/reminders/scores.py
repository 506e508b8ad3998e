"""To who still owes something to a score: seats of panels, and the inspection section."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext_lazy, gettext_noop

from evaluations.models import Component, Election, PanelSeat
from intranet import clock
from intranet.access import roles
from intranet.reminders.registry import Field, Reminder, ReminderRule

from .rounds import (
    ROUND,
    UNION,
    UNTIL,
    Phase,
    at,
    elections_of,
    filled,
    holders_of,
    morning_of,
    number_of,
    to_users,
    while_in,
)

# Days before the last one, and how that reminder is called in its unique key.
OCCASIONS = ((2, "two-days"), (0, "last-day"))
SCORED_IN = (Phase.REVIEW, Phase.VOTING, Phase.SEALED, Phase.ASSESSMENT)


def _mornings(start: dt.datetime, end: dt.datetime) -> Iterator[tuple[Election, str, dt.datetime]]:
    """Rounds whose scores are due two days on, or that day, with the occasion and its morning in (start, end]."""
    soon = Election.objects.filter(
        phase__in=SCORED_IN,
        reviewed_at__isnull=False,
        inputs_frozen_at__isnull=True,
        scores_due__gt=start,
        scores_due__lte=end + dt.timedelta(days=3),
    ).select_related("award")
    for election in soon:
        assert election.scores_due is not None
        for days, occasion in OCCASIONS:
            due = morning_of(clock.day_of(election.scores_due) - dt.timedelta(days=days))
            if start < due <= end and due < election.scores_due:
                yield election, occasion, due


def panel_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """To seats whose scores are not handed in: two days before they are due, and on the day."""
    for election, occasion, due in _mornings(start, end):
        assert election.scores_due is not None
        seats = PanelSeat.objects.filter(election=election, user__is_active=True).waiting()
        users = seats.order_by("user").values_list("user", flat=True).distinct()
        yield from to_users(election, occasion, due, election.scores_due, users)


def still_owes_scores(reminders: list[Reminder]) -> list[bool]:
    """The round still takes scores, and a seat of that person is empty: two queries for all of them."""
    rounds = elections_of(reminders)
    running = [pk for pk, one in rounds.items() if one.phase in SCORED_IN and one.inputs_frozen_at is None]
    owing = set(PanelSeat.objects.filter(election__in=running).waiting().values_list("election", "user"))
    return [(number_of(reminder), reminder.recipient) in owing for reminder in reminders]


def inputs_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """To the inspection section, where its monthly scores enter: two days before they are due, and on the day."""
    section: list[int] | None = None
    for election, occasion, due in _mornings(start, end):
        assert election.scores_due is not None
        if _takes_monthly_scores(election):
            section = holders_of(roles.INSPECTION) if section is None else section
            yield from to_users(election, occasion, due, election.scores_due, section)


def _takes_monthly_scores(election: Election) -> bool:
    return any(part["kind"] == Component.Kind.SCORES for part in election.rules_now["components"])


DUE = Field("until", gettext_lazy("when scores are due"), UNTIL)
RULES: tuple[ReminderRule, ...] = (
    ReminderRule(
        "evaluations.panel",
        gettext_lazy("Scores of a panel are due"),
        panel_due,
        filled=filled("my_scores", at("scores_due")),
        subject=gettext_noop("Your scores are awaited: {round}"),
        body=gettext_noop("Please enter your scores and hand them in by {until}. The round waits for them."),
        fields=(ROUND, DUE),
        still_wanted=still_owes_scores,
        seen_by=UNION,
    ),
    ReminderRule(
        "evaluations.inputs",
        gettext_lazy("Monthly scores are due"),
        inputs_due,
        filled=filled("round", at("scores_due")),
        subject=gettext_noop("Monthly scores are awaited: {round}"),
        body=gettext_noop("The round needs the monthly scores by {until}. A missing score is not counted as zero."),
        fields=(ROUND, DUE),
        still_wanted=while_in(*SCORED_IN, also=lambda election: election.inputs_frozen_at is None),
        seen_by=UNION,
    ),
)
