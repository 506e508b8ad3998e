"""The domain's verbs on awards, rounds, recommendations and honours."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from intranet import clock
from intranet.people.models import Posting
from intranet.people.reach import teams_led_by, units_led_by, windows_led_by

if TYPE_CHECKING:
    from evaluations.models import Election
    from intranet.access.models import User

OFFICERS = ("union_officer", "union_chair")
OVERSEERS = (*OFFICERS, "scrutineer", "auditor", "centre_leader", "inspection")


def names(user: User, prefix: str = "") -> Q:
    """Condition: a recommendation names the user, or a window or team the user heads."""
    return (
        Q(**{f"{prefix}person__user": user})
        | Q(**{f"{prefix}window__in": windows_led_by(user)})
        | Q(**{f"{prefix}team__in": teams_led_by(user)})
    )


class AwardQuerySet(models.QuerySet):
    def current(self) -> AwardQuerySet:
        """Not ended."""
        return self.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=clock.today()))


class ElectionQuerySet(models.QuerySet):
    def locked(self, pk: int) -> Election:
        """The round, its row locked until the transaction ends (on SQLite the transaction itself is the lock)."""
        found = self.select_for_update(of=("self",)).select_related("award").get(pk=pk)
        return cast("Election", found)

    def hold(self, pk: int) -> None:
        """Lock the round's row as ``locked`` does, for who has read the round or needs nothing of it."""
        self.select_for_update().values_list("pk").get(pk=pk)

    def running(self) -> ElectionQuerySet:
        """Neither published, nor cancelled, nor annulled."""
        return self.exclude(phase__in=["published", "cancelled", "annulled"])

    def open_at(self, now: dt.datetime) -> ElectionQuerySet:
        """Ballots are taken at that instant."""
        return self.filter(phase="voting", closed_at__isnull=True, voting_opens__lte=now, voting_closes__gt=now)

    def waiting_for_seal(self, now: dt.datetime) -> ElectionQuerySet:
        """Voting is over, or was broken off, and the ballots are not sealed yet."""
        over = Q(phase="voting") & (Q(voting_closes__lte=now) | Q(closed_at__isnull=False))
        broken_off = Q(phase="cancelled", closed_at__isnull=False, sealed_at__isnull=True)
        return self.filter(over | broken_off)

    def visible_to(self, user: User) -> ElectionQuerySet:
        """Officers and overseers see every round; others not those in preparation, or called off before they opened.

        Whoever was on the roll, recommended or voted reads why a round was called off.
        """
        if user.has_role(*OVERSEERS):
            return self
        return self.exclude(phase="preparation").exclude(phase="cancelled", opened_at__isnull=True)


class NominationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> NominationQuerySet:
        """Officers and overseers see all; others those they made, or that name them, or what they head."""
        if user.has_role(*OVERSEERS):
            return self
        return self.concerning(user)

    def naming(self, user: User) -> NominationQuerySet:
        """Those that name someone, or a window or team they head: they answer."""
        return self.filter(names(user))

    def concerning(self, user: User) -> NominationQuerySet:
        """Those someone made, or that name them or a window they head: who may answer or take back."""
        return self.filter(Q(by=user) | names(user))

    def standing(self) -> NominationQuerySet:
        """Neither declined, nor left unanswered to the end, nor rejected, nor withdrawn."""
        return self.exclude(state__in=["declined", "lapsed", "rejected", "withdrawn"])


class HonourQuerySet(models.QuerySet):
    def standing(self) -> HonourQuerySet:
        """Not annulled."""
        return self.filter(annulled_on__isnull=True)

    def certified_for(self, user: User) -> HonourQuerySet:
        """Those whose certificate someone may take: their own, of the window they sit at or head, of a team they
        lead; for officers all.
        """
        if user.has_role(*OFFICERS):
            return self
        seats = Posting.objects.on().filter(person__user=user, window__isnull=False).values("window")
        about = Q(person__user=user) | Q(window__in=seats) | Q(window__in=windows_led_by(user))
        return self.filter(about | Q(team__in=units_led_by(user)))

    def of_year(self, year: int) -> HonourQuerySet:
        """Commended in that year."""
        return self.filter(published_on__year=year)


class VetoQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> VetoQuerySet:
        """Officers and the auditor see all; others those against themselves, or a window or team they head."""
        if user.has_role(*OFFICERS, "auditor"):
            return self
        return self.naming(user)

    def naming(self, user: User) -> VetoQuerySet:
        """Those against whom it names: they may appeal."""
        return self.filter(names(user, "nomination__"))

    def in_force(self) -> VetoQuerySet:
        """Not lifted: a veto under appeal excludes until the appeal is heard."""
        return self.exclude(state="lifted")


class ObjectionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ObjectionQuerySet:
        """With their texts: officers and the auditor. Everyone reads number, channel and answer on the notice."""
        return self if user.has_role(*OFFICERS, "auditor") else self.none()

    def settled(self) -> ObjectionQuerySet:
        """Looked into, with an answer."""
        return self.exclude(outcome="open")

    def in_the_way(self) -> str:
        """ "" or why their round cannot be published, and what to do: one is open, or founded. One query."""
        outcomes = dict(self.exclude(outcome="unfounded").order_by("number").values_list("number", "outcome"))
        founded = [str(number) for number, outcome in outcomes.items() if outcome == "founded"]
        if founded:
            said = _("Objection %(numbers)s is founded. Annul this round; it can be held again.")
            return said % {"numbers": "、".join(founded)}
        if outcomes:
            said = _("Objection %(numbers)s is not settled yet. The notice stays out until it is.")
            return said % {"numbers": "、".join(map(str, outcomes))}
        return ""

    def open(self) -> ObjectionQuerySet:
        """Not settled yet."""
        return self.filter(outcome="open")


class PanelSeatQuerySet(models.QuerySet):
    def waiting(self) -> PanelSeatQuerySet:
        """Scores not handed in yet."""
        return self.filter(handed_in_at__isnull=True)
