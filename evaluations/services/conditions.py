"""The conditions of a round that rest on the register: each in words, and with whom it keeps out and why."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.models import Election
from intranet import clock
from intranet.people.models import Person, Posting
from intranet.ui.templatetags.ui import reads_chinese

LEADER = "centre_leader"


@dataclass(frozen=True)
class Condition:
    """``words`` say it on a page; ``out(ids)`` gives {primary key: reason} of those among them it keeps out."""

    words: str
    out: Callable[[set[int]], dict[int, str]]


def day_of_rules(election: Election) -> dt.date:
    """The day for which places and months are looked at: that of opening, today before it."""
    return clock.day_of(election.opened_at) if election.opened_at else clock.today()


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def listed(words: list[str]) -> str:
    """Words in a row, with the comma of the reader's language."""
    return ("、" if reads_chinese() else ", ").join(words)


def of_people(election: Election) -> list[Condition]:
    """What an award of people asks of the register, in the order in which it is said; one query each."""
    made = (_at_a_window, _employed_as, _no_leader, _months_here)
    return [condition for make in made for condition in [make(election)] if condition is not None]


def _at_a_window(election: Election) -> Condition | None:
    if not election.rules_now["window_staff_only"]:
        return None
    day = day_of_rules(election)

    def out(ids: set[int]) -> dict[int, str]:
        sitting = Posting.objects.on(day).filter(person__in=ids, window__isnull=False)
        reason = _("Only staff who sit at a window may be recommended.")
        return dict.fromkeys(ids - set(sitting.values_list("person", flat=True)), reason)

    return Condition(_("window staff"), out)


def _employed_as(election: Election) -> Condition | None:
    kinds = election.rules_now["employment_kinds"]
    if not kinds:
        return None
    words = listed([str(Person.Employment(kind).label) for kind in kinds if kind in Person.Employment.values])

    def out(ids: set[int]) -> dict[int, str]:
        others = Person.objects.filter(pk__in=ids).exclude(employment__in=kinds)
        unknown = _("The register does not say how this person is employed. The personnel office can enter it.")
        other = _("Not employed in one of the kinds this award is for: %(kinds)s.") % {"kinds": words}
        return {pk: other if kind else unknown for pk, kind in others.values_list("pk", "employment")}

    return Condition(_("employed as: %(kinds)s") % {"kinds": words}, out)


def _no_leader(election: Election) -> Condition | None:
    if not election.rules_now["leaders_excluded"]:
        return None

    def out(ids: set[int]) -> dict[int, str]:
        leaders = Person.objects.filter(pk__in=ids, user__groups__role__key=LEADER)
        return dict.fromkeys(leaders.values_list("pk", flat=True), _("Leaders of the centre may not be recommended."))

    return Condition(_("no leaders of the centre"), out)


def _months_here(election: Election) -> Condition | None:
    months = election.rules_now["months_at_hall"]
    if not months:
        return None
    latest = months_before(day_of_rules(election), months)

    def out(ids: set[int]) -> dict[int, str]:
        unknown = _(
            "The register does not say since when this person is at the hall. The personnel office can enter it."
        )
        new = ngettext(
            "At the hall for less than %(n)d month.", "At the hall for less than %(n)d months.", months
        ) % {"n": months}
        late = Person.objects.filter(pk__in=ids).exclude(entered_on__lte=latest)
        return {pk: new if entered else unknown for pk, entered in late.values_list("pk", "entered_on")}

    words = ngettext("at the hall for %(n)d month or longer", "at the hall for %(n)d months or longer", months)
    return Condition(words % {"n": months}, out)
