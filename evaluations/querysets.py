"""The domain's verbs on awards, rounds, recommendations and honours."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast

from django.db import models
from django.db.models import Q

from intranet import clock
from intranet.people.reach import windows_led_by

if TYPE_CHECKING:
    from evaluations.models import Election
    from intranet.access.models import User

OFFICERS = ("union_officer", "union_chair")
OVERSEERS = (*OFFICERS, "scrutineer", "auditor", "centre_leader", "inspection")


def names(user: User) -> Q:
    """Condition: a recommendation names the user, or a window the user heads."""
    return Q(person__user=user) | Q(window__in=windows_led_by(user))


class AwardQuerySet(models.QuerySet):
    def current(self) -> AwardQuerySet:
        """Not ended."""
        return self.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=clock.today()))


class ElectionQuerySet(models.QuerySet):
    def locked(self, pk: int) -> Election:
        """The round, its row locked until the transaction ends (on SQLite the transaction itself is the lock)."""
        found = self.select_for_update(of=("self",)).select_related("award").get(pk=pk)
        return cast("Election", found)

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
        """Officers and overseers see all; others those they made, or that name them or a window they head."""
        if user.has_role(*OVERSEERS):
            return self
        return self.concerning(user)

    def naming(self, user: User) -> NominationQuerySet:
        """Those that name someone, or a window they head: they answer."""
        return self.filter(names(user))

    def concerning(self, user: User) -> NominationQuerySet:
        """Those someone made, or that name them or a window they head: who may answer or take back."""
        return self.filter(Q(by=user) | names(user))

    def standing(self) -> NominationQuerySet:
        """Neither declined, nor rejected, nor withdrawn."""
        return self.exclude(state__in=["declined", "rejected", "withdrawn"])


class HonourQuerySet(models.QuerySet):
    def standing(self) -> HonourQuerySet:
        """Not annulled."""
        return self.filter(annulled_on__isnull=True)
