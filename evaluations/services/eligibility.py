"""Who may be recommended in a round, as conditions a query can answer and a person can read."""

from __future__ import annotations

import calendar
import datetime as dt

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.models import Election
from intranet import clock
from intranet.people.models import Person, Posting, Window
from intranet.people.querysets import PersonQuerySet, WindowQuerySet

LEADER = "centre_leader"


def day_of_rules(election: Election) -> dt.date:
    """The day for which places and months are looked at: that of opening, today before it."""
    return clock.day_of(election.opened_at) if election.opened_at else clock.today()


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def eligible_people(election: Election) -> PersonQuerySet:
    """Everyone at the hall who fulfils the round's conditions."""
    rules, day = election.rules_now, day_of_rules(election)
    people = Person.objects.current()
    if rules["window_staff_only"]:
        at_window = Posting.objects.on(day).filter(person=OuterRef("pk"), window__isnull=False)
        people = people.filter(Exists(at_window))
    if rules["leaders_excluded"]:
        leaders = Person.objects.filter(pk=OuterRef("pk"), user__groups__role__key=LEADER)
        people = people.filter(~Exists(leaders))
    if rules["months_at_hall"]:
        people = people.filter(entered_on__lte=months_before(day, rules["months_at_hall"]))
    return people


def eligible_windows(election: Election) -> WindowQuerySet:
    """Every window in service."""
    return Window.objects.current()


def why_not(election: Election, subject: Person | Window) -> str:
    """ "" if eligible; else the first condition that is not fulfilled, in words."""
    if isinstance(subject, Window):
        return (
            ""
            if eligible_windows(election).filter(pk=subject.pk).exists()
            else _("This window is no longer in service.")
        )
    return _why_not_person(election, subject)


def _why_not_person(election: Election, person: Person) -> str:
    rules, day = election.rules_now, day_of_rules(election)
    months = rules["months_at_hall"]
    # Read afresh: the object given may be older than the register.
    known = Person.objects.current().filter(pk=person.pk).first()
    if known is None:
        return _("No longer, or not yet, at the hall.")
    at_window = Posting.objects.on(day).filter(person=person, window__isnull=False)
    if rules["window_staff_only"] and not at_window.exists():
        return _("Only staff who sit at a window may be recommended.")
    if rules["leaders_excluded"] and Person.objects.filter(pk=person.pk, user__groups__role__key=LEADER).exists():
        return _("Leaders of the centre may not be recommended.")
    if months and known.entered_on is None:
        return _(
            "The register does not say since when this person is at the hall. The personnel office can enter it."
        )
    if months and known.entered_on > months_before(day, months):
        return ngettext(
            "At the hall for less than %(n)d month.", "At the hall for less than %(n)d months.", months
        ) % {"n": months}
    return ""
