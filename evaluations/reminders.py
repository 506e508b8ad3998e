"""Who is reminded of a round, and when: everyone on the roll in one batch, those named, those who have not voted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet import clock
from intranet.people.models import Leadership
from intranet.reminders.registry import Reminder, ReminderRule, Text
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


def _texts(write: Callable[[Election], Text]) -> Callable[[list[Reminder]], list[Text]]:
    """Texts that are the same for everyone in a round: one query, each written once."""

    def texts(reminders: list[Reminder]) -> list[Text]:
        written = {pk: write(election) for pk, election in _elections(reminders).items()}
        return [written[_number(reminder)] for reminder in reminders]

    return texts


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


def recommendation_text(election: Election) -> Text:
    until = hall_datetime(election.recommendation_closes)
    return Text(
        _("Recommendations are open: %(round)s") % {"round": election},
        _("You may recommend yourself, a colleague or for your unit until %(until)s.") % {"until": until},
        _address("recommend", election),
    )


def voting_due(start: dt.datetime, end: dt.datetime) -> Iterator[Reminder]:
    """When voting opens; when the review was finished late, then."""
    rounds = Election.objects.exclude(phase=Phase.CANCELLED).annotate(due=Greatest("voting_opens", "reviewed_at"))
    for election in rounds.filter(reviewed_at__isnull=False, due__gt=start, due__lte=end):
        yield from _to_roll(election, "opens", election.due, election.voting_closes, _accounts(election))


def voting_text(election: Election) -> Text:
    return Text(
        _("Voting is open: %(round)s") % {"round": election},
        _("You are on the roll. Voting closes %(until)s; it takes half a minute.")
        % {"until": hall_datetime(election.voting_closes)},
        _address("vote", election),
    )


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


def last_day_text(election: Election) -> Text:
    return Text(
        _("Last day to vote: %(round)s") % {"round": election},
        _("Voting closes %(until)s. Your ballot is not here yet.") % {"until": hall_datetime(election.voting_closes)},
        _address("vote", election),
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


def named_texts(reminders: list[Reminder]) -> list[Text]:
    rows = _nominations(reminders)
    return [named_text(rows[_number(reminder)]) for reminder in reminders]


def named_text(nomination: Nomination) -> Text:
    return Text(
        _("You are recommended: %(round)s") % {"round": nomination.election},
        _("%(name)s recommends you. It counts only if you accept; please answer before %(until)s.")
        % {"name": nomination.by, "until": hall_datetime(nomination.election.recommendation_closes)},
        _address("recommend", nomination.election),
    )


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


def notice_text(election: Election) -> Text:
    return Text(
        _("Public notice: %(round)s") % {"round": election},
        _("The result is on public notice until %(until)s. Objections are heard until then.")
        % {"until": hall_date(election.notice_last)},
        _address("notice", election),
    )


RULES: tuple[ReminderRule, ...] = (
    ReminderRule(
        "evaluations.recommendation",
        gettext_lazy("Recommendation opens"),
        recommendation_due,
        _texts(recommendation_text),
        still_wanted=_while_in(Phase.RECOMMENDATION),
    ),
    ReminderRule(
        "evaluations.named",
        gettext_lazy("Accept being recommended"),
        named_due,
        named_texts,
        still_wanted=still_unanswered,
    ),
    ReminderRule(
        "evaluations.voting",
        gettext_lazy("Voting opens"),
        voting_due,
        _texts(voting_text),
        still_wanted=not_voted_yet,
    ),
    ReminderRule(
        "evaluations.last_day",
        gettext_lazy("Last day to vote"),
        last_day_due,
        _texts(last_day_text),
        still_wanted=not_voted_yet,
    ),
    ReminderRule(
        "evaluations.notice",
        gettext_lazy("Public notice begins"),
        notice_due,
        _texts(notice_text),
        still_wanted=_while_in(Phase.PUBLIC_NOTICE),
    ),
)
