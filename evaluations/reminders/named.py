"""To whom a round is about: somebody recommends them, or something speaks against them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy, gettext_noop

from evaluations.models import Election, Nomination, Veto
from intranet.people.models import Leadership
from intranet.reminders.registry import Field, Filled, Reminder, ReminderRule
from intranet.ui.templatetags.ui import hall_datetime

from .rounds import ROUND, UNION, UNTIL, address, number_of

# How long it is worth telling somebody that something speaks against them; the page shows it afterwards too.
VETO_IS_NEWS = dt.timedelta(days=7)


def named_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """At once, to whom a colleague recommends; for a window or a team, to its heads. At most three queries."""
    proposed = Nomination.objects.filter(
        state=Nomination.State.PROPOSED, created_at__gt=start, created_at__lte=end
    ).select_related("person", "election")
    named = list(proposed)
    heads = _heads_of(named)
    for row in named:
        for user in _meant(row, heads):
            yield Reminder(f"evaluations.nomination:{row.pk}", "named", user, row.created_at, _until(row.election))


def _until(election: Election) -> dt.datetime:
    """Until when an answer is of use: while the review runs, which no date ends where nobody votes."""
    return election.voting_opens or election.scores_due or election.recommendation_closes + dt.timedelta(days=3)


def _meant(row: Nomination, heads: dict[tuple[str, int], list[int]]) -> Iterable[int]:
    if row.person is not None:
        return [row.person.user_id] if row.person.user_id else []
    return heads.get(("window", row.window_id or 0), []) or heads.get(("unit", row.team_id or 0), [])


def _heads_of(rows: list[Nomination]) -> dict[tuple[str, int], list[int]]:
    """For each window and team among them the accounts of its heads today."""
    windows = [row.window_id for row in rows if row.window_id]
    teams = [row.team_id for row in rows if row.team_id]
    leading = Leadership.objects.on().filter(person__user__isnull=False).order_by("pk")
    found: dict[tuple[str, int], list[int]] = {}
    if windows:
        heads = leading.filter(kind=Leadership.Kind.WINDOW_HEAD, window__in=windows)
        for window, user in heads.values_list("window", "person__user"):
            found.setdefault(("window", window), []).append(user)
    if teams:
        for unit, user in leading.filter(unit__in=teams).values_list("unit", "person__user"):
            found.setdefault(("unit", unit), []).append(user)
    return found


def _nominations(reminders: list[Reminder]) -> dict[int, Nomination]:
    numbers = [number_of(reminder) for reminder in reminders]
    return Nomination.objects.select_related("election__award", "by", "unit").in_bulk(numbers)


def named_filled(reminders: list[Reminder]) -> list[Filled]:
    rows = _nominations(reminders)
    return [_named(rows[number_of(reminder)]) for reminder in reminders]


def _named(nomination: Nomination) -> Filled:
    election = nomination.election
    values = {
        "round": str(election),
        "name": str(nomination.recommender),
        "until": hall_datetime(election.recommendation_closes),
    }
    return Filled(values, address("recommend", election))


def still_unanswered(reminders: list[Reminder]) -> list[bool]:
    rows = _nominations(reminders)
    return [
        number_of(reminder) in rows and rows[number_of(reminder)].state == Nomination.State.PROPOSED
        for reminder in reminders
    ]


def veto_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """At once, to whom it concerns: it may be appealed. What it says stands on a page behind the sign-in only."""
    entered = Veto.objects.filter(created_at__gt=start, created_at__lte=end).select_related("nomination__person")
    vetoes = list(entered)
    heads = _heads_of([veto.nomination for veto in vetoes])
    for veto in vetoes:
        for user in _meant(veto.nomination, heads):
            yield Reminder(
                f"evaluations.veto:{veto.pk}", "entered", user, veto.created_at, veto.created_at + VETO_IS_NEWS
            )


def _vetoes(reminders: list[Reminder]) -> dict[int, Veto]:
    numbers = [number_of(reminder) for reminder in reminders]
    return Veto.objects.select_related("nomination__election__award").in_bulk(numbers)


def veto_filled(reminders: list[Reminder]) -> list[Filled]:
    rows = _vetoes(reminders)
    rounds = [rows[number_of(reminder)].nomination.election for reminder in reminders]
    return [Filled({"round": str(election)}, address("recommend", election)) for election in rounds]


def veto_stands(reminders: list[Reminder]) -> list[bool]:
    rows = _vetoes(reminders)
    return [
        number_of(reminder) in rows and rows[number_of(reminder)].state == Veto.State.STANDING
        for reminder in reminders
    ]


RULES: tuple[ReminderRule, ...] = (
    ReminderRule(
        "evaluations.named",
        gettext_lazy("Accept being recommended"),
        named_due,
        filled=named_filled,
        subject=gettext_noop("You are recommended: {round}"),
        body=gettext_noop("{name} recommends you. It counts only if you accept; please answer before {until}."),
        fields=(
            ROUND,
            Field("name", gettext_lazy("who recommends"), gettext_lazy("Shen Ruoxi")),
            Field("until", gettext_lazy("when recommendation closes"), UNTIL),
        ),
        still_wanted=still_unanswered,
        seen_by=UNION,
    ),
    ReminderRule(
        "evaluations.veto",
        # The label names the kind in the subject of a grouped letter, which stands on locked screens.
        gettext_lazy("About a recommendation"),
        veto_due,
        filled=veto_filled,
        subject=gettext_noop("About a recommendation: {round}"),
        body=gettext_noop(
            "There is something for you to read about your recommendation. Please sign in; you may answer it."
        ),
        fields=(ROUND,),
        still_wanted=veto_stands,
        private=True,
    ),
)
