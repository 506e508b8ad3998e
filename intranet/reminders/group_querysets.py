"""Which robots may speak, and what they have to say now."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import models
from django.db.models import Q

from intranet import clock
from intranet.access.roles import SYSTEM_ADMIN

from .states import OutboxState


class RobotQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> RobotQuerySet:
        """Whoever looks after the hall's connections; nobody else learns that there are any."""
        return self.kept() if user.has_role(SYSTEM_ADMIN) else self.none()

    def kept(self) -> RobotQuerySet:
        """Not taken away."""
        return self.filter(removed_at=None)

    def speaking(self) -> RobotQuerySet:
        """Turned on, and not asked by its service to be silent for a while (real time)."""
        rested = Q(silent_until=None) | Q(silent_until__lte=clock.real_now())
        return self.kept().filter(rested, is_on=True)


class TopicQuerySet(models.QuerySet):
    def listened_to(self) -> TopicQuerySet:
        """Of robots that are turned on; a silent one is planned for and told later."""
        return self.filter(robot__is_on=True, robot__removed_at=None)


class GroupPostQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> GroupPostQuerySet:
        return self.filter(robot__removed_at=None) if user.has_role(SYSTEM_ADMIN) else self.none()

    def waiting(self) -> GroupPostQuerySet:
        """Planned, or claimed by somebody whose claim has run out (its process died)."""
        lost = Q(state=OutboxState.CLAIMED, claimed_until__lt=clock.real_now())
        return self.filter(Q(state=OutboxState.PLANNED) | lost)

    def outdated(self, now: dt.datetime) -> GroupPostQuerySet:
        return self.waiting().filter(until__lt=now)

    def deliverable(self, now: dt.datetime) -> GroupPostQuerySet:
        """What may be claimed now, oldest first."""
        rested = Q(next_try=None) | Q(next_try__lte=now)
        return self.waiting().filter(rested, due__lte=now, until__gte=now).order_by("due", "pk")

    def held_by(self, claim: uuid.UUID | None) -> GroupPostQuerySet:
        """What this claim still holds; one that ran out may have been taken by another worker."""
        return self.filter(state=OutboxState.CLAIMED, claim=claim) if claim else self.none()

    def settle(self, state: str, **fields: Any) -> int:
        """End the claim in the given state; gives the number of posts."""
        return self.update(state=state, claim=None, claimed_until=None, **fields)
