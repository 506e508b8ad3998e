"""Whose months, scores and incidents a person sees."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from intranet.access import roles
from intranet.people import reach
from intranet.people.models import Posting, Window
from intranet.people.querysets import is_signed_in

# Who runs the register, who decides on awards, and who checks both.
SEE_ALL = (roles.INSPECTION, roles.CENTRE_LEADER, roles.UNION_OFFICER, roles.UNION_CHAIR, roles.AUDITOR)
# Nobody appeals against praise.
GOOD = ("praise", "good_press")
# At these one department sits alone: what happens there is its head's to know.
OWN_WINDOWS = (Window.Kind.DEPARTMENT, Window.Kind.BANK)


class WindowMonthQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> WindowMonthQuerySet:
        """Numbers per window hang on the wall at halls: everyone signed in sees them."""
        return self if is_signed_in(user) else self.none()

    def between(self, first: dt.date, last: dt.date) -> WindowMonthQuerySet:
        """Months that have a day in the period."""
        return self.filter(month__range=(first.replace(day=1), last))


class AboutSomebodyQuerySet(models.QuerySet):
    """Rows about a person, a window or a unit; ``day_field`` is the day they are about."""

    day_field = ""

    def visible_to(self, user: Any) -> Any:
        """All for the inspection section, leaders, the union and auditors; what is about oneself for everybody; for
        heads what is about their windows, their units, and whoever belonged to these on that day.
        """
        if not is_signed_in(user):
            return self.none()
        if user.has_role(*SEE_ALL):
            return self
        return self.filter(self.concerning(user))

    def concerning(self, user: Any) -> Q:
        """What is about this person, or about what they lead."""
        units = reach.units_led_by(user).values("pk")
        belonged = Posting.objects.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef(self.day_field)),
            person=OuterRef("person"),
            starts_on__lte=OuterRef(self.day_field),
            unit__in=units,
        )
        windows = Window.objects.filter(kind__in=OWN_WINDOWS, units__in=units).values("pk")
        return (
            self.naming(user) | Q(unit__in=units) | Q(window__in=windows) | Q(Exists(belonged), person__isnull=False)
        )

    def naming(self, user: Any) -> Q:
        """What names this person, or the window they are head of."""
        return Q(person__user=user) | Q(window__in=reach.windows_led_by(user).values("pk"))


class MonthlyScoreQuerySet(AboutSomebodyQuerySet):
    day_field = "month"

    def between(self, first: dt.date, last: dt.date) -> MonthlyScoreQuerySet:
        """Months that have a day in the period."""
        return self.filter(month__range=(first.replace(day=1), last))


class IncidentQuerySet(AboutSomebodyQuerySet):
    day_field = "occurred_on"

    def with_source_for(self, user: Any) -> Any:
        """Those of which somebody may know who complained: for who sees all, never what names themselves or their
        window, nor what is about a unit they lead.
        """
        if not user.has_role(*SEE_ALL):
            return self.none()
        about = self.naming(user) | Q(unit__in=reach.units_led_by(user).values("pk"))
        return self.exclude(pk__in=self.model._default_manager.filter(about).values("pk"))

    def locked(self, pk: int) -> Any:
        """The row, held until the transaction ends."""
        return self.select_for_update(of=("self",)).get(pk=pk)

    def with_names(self) -> IncidentQuerySet:
        return self.select_related("person", "window", "unit")

    def verified(self, first: dt.date, last: dt.date) -> IncidentQuerySet:
        """What counts: verified, of these days, both ends counted."""
        return self.filter(state="verified", occurred_on__range=(first, last))

    def waiting(self) -> IncidentQuerySet:
        """What the inspection section has to decide: is it so, and what of the appeal."""
        return self.filter(Q(state="registered") | Q(appeal="open"))

    def open_to_appeal(self, user: Any) -> IncidentQuerySet:
        """Verified against somebody who has said nothing to it yet: the person named, or who leads what is named."""
        led = Q(unit__in=reach.units_led_by(user).values("pk"))
        return self.filter(self.naming(user) | led, state="verified", appeal="").exclude(kind__in=GOOD)
