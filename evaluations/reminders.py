"""Who is reminded of a round, and when: everyone on the roll in one batch, those named, those who have not voted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext_lazy, gettext_noop

from intranet import clock
from intranet.access import roles
from intranet.people.models import Leadership
from intranet.reminders.registry import Field, Filled, Reminder, ReminderRule
from intranet.ui.templatetags.ui import hall_date, hall_datetime

from .models import Election, ElectionEvent, Mark, Nomination, RollEntry

Phase = Election.Phase
# When the office opens: what falls on a day is told then.
MORNING = (8, 30)


def _object(election: Election) -> str:
    return f"evaluations.election:{election.pk}"


def _number(reminder: Reminder) -> int:
    """The primary key in a Reminder's object."""
    return int(reminder.object.rpartition(":")[2])


def _accounts(election: Election) -> QuerySet[RollEntry]:
    return RollEntry.objects.filter(election=election, person__user__is_active=True)


def _to_roll(
    election: Election, occasion: str, due: dt.datetime, until: dt.datetime, entries: QuerySet[RollEntry]
) -> Iterator[Reminder]:
    for user in entries.values_list("person__user", flat=True):
        yield Reminder(_object(election), occasion, user, due, until)


def _elections(reminders: list[Reminder]) -> dict[int, Election]:
    numbers = {_number(reminder) for reminder in reminders}
    return Election.objects.select_related("award").in_bulk(numbers)


def _filled(place: str, until: Callable[[Election], str]) -> Callable[[list[Reminder]], list[Filled]]:
    """The same values for everyone in a round: one query, each written once. ``place`` names the page."""

    def filled(reminders: list[Reminder]) -> list[Filled]:
        given = {
            pk: Filled({"round": str(election), "until": until(election)}, _address(place, election))
            for pk, election in _elections(reminders).items()
        }
        return [given[_number(reminder)] for reminder in reminders]

    return filled


ROUND = Field("round", gettext_lazy("the round"), gettext_lazy("Service star of November 2026"), in_subject=True)
UNTIL = gettext_lazy("27 November 2026, 17:30")
# Union officers know the roll; from who still gets a reminder to vote could be told who has not voted.
UNION = (roles.UNION_OFFICER, roles.UNION_CHAIR)


def _address(name: str, election: Election) -> str:
    return reverse(f"evaluations:{name}", kwargs={"slug": election.slug})


def _while_in(*wanted: str) -> Callable[[list[Reminder]], list[bool]]:
    """Still wanted as long as the round is in one of these phases."""

    def still_wanted(reminders: list[Reminder]) -> list[bool]:
        rounds = _elections(reminders)
        return [_number(reminder) in rounds and rounds[_number(reminder)].phase in wanted for reminder in reminders]

    return still_wanted


def recommendation_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """When recommendation opens; when the round was opened late, then."""
    rounds = Election.objects.exclude(phase=Phase.CANCELLED).annotate(
        due=Greatest("recommendation_opens", "opened_at")
    )
    for election in rounds.filter(opened_at__isnull=False, due__gt=start, due__lte=end):
        yield from _to_roll(election, "opens", election.due, election.recommendation_closes, _accounts(election))


def voting_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """When voting opens; when the review was finished late, then."""
    rounds = Election.objects.exclude(phase=Phase.CANCELLED).annotate(due=Greatest("voting_opens", "reviewed_at"))
    for election in rounds.filter(reviewed_at__isnull=False, due__gt=start, due__lte=end):
        yield from _to_roll(election, "opens", election.due, election.voting_closes, _accounts(election))


def _last_morning(election: Election) -> dt.datetime:
    """The morning of the last day; of the day before when voting closes before the office opens."""
    morning = clock.start_of(clock.day_of(election.voting_closes), *MORNING)
    return morning if morning < election.voting_closes else morning - dt.timedelta(days=1)


def last_day_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """To everyone who has not voted by then, in one batch, which says nothing about when others voted."""
    soon = Election.objects.filter(
        voting_closes__gt=start, voting_closes__lte=end + dt.timedelta(days=2), reviewed_at__isnull=False
    ).exclude(phase=Phase.CANCELLED)
    unmarked = ~Exists(Mark.objects.filter(entry=OuterRef("pk")))
    for election in soon:
        due = _last_morning(election)
        # On a round that lasts less than that, the reminder of its opening is enough.
        if start < due <= end and due > election.voting_opens:
            yield from _to_roll(
                election, "last-day", due, election.voting_closes, _accounts(election).filter(unmarked)
            )


def not_voted_yet(reminders: list[Reminder]) -> list[bool]:
    """Voting still runs and the person has no mark: two queries for all of them."""
    rounds = _elections(reminders)
    running = {pk for pk, election in rounds.items() if election.phase in (Phase.REVIEW, Phase.VOTING)}
    voted = set(
        RollEntry.objects.filter(election__in=running)
        .filter(Exists(Mark.objects.filter(entry=OuterRef("pk"))))
        .values_list("election", "person__user")
    )
    return [
        _number(reminder) in running and (_number(reminder), reminder.recipient) not in voted
        for reminder in reminders
    ]


def named_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """At once, to whom a colleague recommends; for a window, to its heads. Two queries."""
    proposed = Nomination.objects.filter(
        state=Nomination.State.PROPOSED, created_at__gt=start, created_at__lte=end
    ).select_related("person", "election")
    named = list(proposed)
    heads = _heads_of([row.window_id for row in named if row.window_id])
    for row in named:
        users = [row.person.user_id] if row.person else heads.get(row.window_id, [])
        for user in filter(None, users):
            yield Reminder(
                f"evaluations.nomination:{row.pk}", "named", user, row.created_at, row.election.voting_opens
            )


def _heads_of(windows: list[int | None]) -> dict[int | None, list[int]]:
    """For each window the accounts of its heads today."""
    found: dict[int | None, list[int]] = {}
    leading = Leadership.objects.on().filter(kind=Leadership.Kind.WINDOW_HEAD, window__in=windows)
    for window, user in leading.values_list("window", "person__user"):
        if user is not None:
            found.setdefault(window, []).append(user)
    return found


def _nominations(reminders: list[Reminder]) -> dict[int, Nomination]:
    numbers = [_number(reminder) for reminder in reminders]
    return Nomination.objects.select_related("election__award", "by").in_bulk(numbers)


def named_filled(reminders: list[Reminder]) -> list[Filled]:
    rows = _nominations(reminders)
    return [_named(rows[_number(reminder)]) for reminder in reminders]


def _named(nomination: Nomination) -> Filled:
    election = nomination.election
    values = {
        "round": str(election),
        "name": str(nomination.by),
        "until": hall_datetime(election.recommendation_closes),
    }
    return Filled(values, _address("recommend", election))


def still_unanswered(reminders: list[Reminder]) -> list[bool]:
    rows = _nominations(reminders)
    return [
        _number(reminder) in rows and rows[_number(reminder)].state == Nomination.State.PROPOSED
        for reminder in reminders
    ]


def notice_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """A later event of a round names the same reminders again, and their unique key drops them."""
    for election, due, until in notices_begun(start, end):
        yield from _to_roll(election, "notice", due, until, _accounts(election))


def notices_begun(start: dt.datetime, end: dt.datetime) -> Iterator[tuple[Election, dt.datetime, dt.datetime]]:
    """Rounds whose notice begins in (start, end], when that is, and when it is over.

    On the morning of the first day of notice, or when it was started later that day: a round keeps the days of its
    notice, not the hour at which it was started; its events have hours.
    """
    first_day = clock.day_of(start)
    for election in Election.objects.filter(
        phase=Phase.PUBLIC_NOTICE, notice_first__isnull=False, notice_last__gte=first_day
    ):
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
        filled=_filled("recommend", lambda election: hall_datetime(election.recommendation_closes)),
        subject=gettext_noop("Recommendations are open: {round}"),
        body=gettext_noop("You may recommend yourself, a colleague or for your unit until {until}."),
        fields=(ROUND, Field("until", gettext_lazy("when recommendation closes"), UNTIL)),
        still_wanted=_while_in(Phase.RECOMMENDATION),
        seen_by=UNION,
    ),
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
        "evaluations.voting",
        gettext_lazy("Voting opens"),
        voting_due,
        filled=_filled("vote", lambda election: hall_datetime(election.voting_closes)),
        subject=gettext_noop("Voting is open: {round}"),
        body=gettext_noop("You are on the roll. Voting closes {until}; it takes half a minute."),
        fields=(ROUND, Field("until", gettext_lazy("when voting closes"), UNTIL)),
        still_wanted=not_voted_yet,
    ),
    ReminderRule(
        "evaluations.last_day",
        gettext_lazy("Last day to vote"),
        last_day_due,
        filled=_filled("vote", lambda election: hall_datetime(election.voting_closes)),
        subject=gettext_noop("Last day to vote: {round}"),
        body=gettext_noop("Voting closes {until}. Your ballot is not here yet."),
        fields=(ROUND, Field("until", gettext_lazy("when voting closes"), UNTIL)),
        still_wanted=not_voted_yet,
    ),
    ReminderRule(
        "evaluations.notice",
        gettext_lazy("Public notice begins"),
        notice_due,
        filled=_filled("notice", lambda election: hall_date(election.notice_last)),
        subject=gettext_noop("Public notice: {round}"),
        body=gettext_noop("The result is on public notice until {until}. Objections are heard until then."),
        fields=(ROUND, Field("until", gettext_lazy("the last day of notice"), gettext_lazy("4 December 2026"))),
        still_wanted=_while_in(Phase.PUBLIC_NOTICE),
        seen_by=UNION,
    ),
)
