"""What every reminder of a round needs: its object, who it goes to, its values and whether it still stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext_lazy

from evaluations.models import Election, RollEntry
from intranet import clock
from intranet.access import roles
from intranet.people.models import Person
from intranet.reminders.registry import Field, Filled, Reminder
from intranet.ui.templatetags.ui import hall_datetime

Phase = Election.Phase
# When the office opens: what falls on a day is told then.
MORNING = (8, 30)
ROUND = Field("round", gettext_lazy("the round"), gettext_lazy("Service star of November 2026"), in_subject=True)
UNTIL = gettext_lazy("27 November 2026, 17:30")
# Union officers know the roll; from who still gets a reminder to vote could be told who has not voted.
UNION = (roles.UNION_OFFICER, roles.UNION_CHAIR)


def number_of(reminder: Reminder) -> int:
    """The primary key in a Reminder's object."""
    return int(reminder.object.rpartition(":")[2])


def morning_of(day: dt.date) -> dt.datetime:
    return clock.start_of(day, *MORNING)


def on_the_roll(election: Election) -> Iterable[int]:
    """Accounts of everyone on the roll."""
    entries = RollEntry.objects.filter(election=election, person__user__is_active=True)
    return entries.values_list("person__user", flat=True)


def everyone_in(election: Election) -> Iterable[int]:
    """Whom a round concerns: its roll; where nobody votes, everyone at the hall with an account."""
    if election.has_ballot:
        return on_the_roll(election)
    return Person.objects.current().filter(user__is_active=True).values_list("user", flat=True)


def holders_of(*keys: str) -> list[int]:
    """Active accounts with one of these roles."""
    users = get_user_model().objects.filter(is_active=True, groups__role__key__in=keys)
    return list(users.order_by("pk").values_list("pk", flat=True).distinct())


def to_users(
    election: Election, occasion: str, due: dt.datetime, until: dt.datetime, users: Iterable[int]
) -> Iterator[Reminder]:
    for user in users:
        yield Reminder(f"evaluations.election:{election.pk}", occasion, user, due, until)


def elections_of(reminders: list[Reminder]) -> dict[int, Election]:
    numbers = {number_of(reminder) for reminder in reminders}
    return Election.objects.select_related("award").in_bulk(numbers)


def address(name: str, election: Election) -> str:
    return reverse(f"evaluations:{name}", kwargs={"slug": election.slug})


def filled(place: str, until: Callable[[Election], str]) -> Callable[[list[Reminder]], list[Filled]]:
    """The same values for everyone in a round: one query, each written once. ``place`` names the page."""

    def values(reminders: list[Reminder]) -> list[Filled]:
        given = {
            pk: Filled({"round": str(election), "until": until(election)}, address(place, election))
            for pk, election in elections_of(reminders).items()
        }
        return [given[number_of(reminder)] for reminder in reminders]

    return values


def at(name: str) -> Callable[[Election], str]:
    """The round's instant of that name in words; blank when it has none."""
    return lambda election: hall_datetime(getattr(election, name))


def while_in(
    *wanted: str, also: Callable[[Election], bool] = lambda election: True
) -> Callable[[list[Reminder]], list[bool]]:
    """Still wanted as long as the round is in one of these phases, and ``also`` holds of it."""

    def still_wanted(reminders: list[Reminder]) -> list[bool]:
        rounds = elections_of(reminders)
        standing = {pk for pk, election in rounds.items() if election.phase in wanted and also(election)}
        return [number_of(reminder) in standing for reminder in reminders]

    return still_wanted
