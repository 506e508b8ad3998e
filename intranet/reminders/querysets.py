"""What can be delivered now, what a person may read, and how far the clock has come."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from intranet import clock

from .registry import ReminderRule
from .states import OutboxState


class OutboxQuerySet(models.QuerySet):
    def worth_sending(self, now: dt.datetime) -> OutboxQuerySet:
        """Rows whose ``until`` has not passed; the instant itself still counts."""
        return self.filter(until__gte=now)

    def outdated(self, now: dt.datetime) -> OutboxQuerySet:
        """Unsent rows that nobody is sending at this moment and that came too late."""
        return self.filter(until__lt=now).filter(self._free())

    def deliverable(self, *, channel: str, rules: Iterable[str], now: dt.datetime) -> OutboxQuerySet:
        """Rows of one channel that may be claimed now.

        Rows of a rule that is not registered (its plug-in is out) are left as they are:
        nobody could say what to write, and the plug-in may come back. What an officer holds or leaves out is asked
        for here once more: the planner may have written a row while the officer decided.
        """
        rested = Q(next_try=None) | Q(next_try__lte=now)
        holds = self.model._meta.apps.get_model("reminders", "Hold").objects
        stopped = Exists(
            holds.filter(rule=OuterRef("rule"), object=OuterRef("object"), occasion=OuterRef("occasion"))
        )
        return (
            self.worth_sending(now)
            .filter(self._free(), rested, channel=channel, rule__in=list(rules), due__lte=now)
            .filter(Q(leader__isnull=False) | ~stopped)
            .order_by("due", "pk")
        )

    def _free(self) -> Q:
        """Planned, or claimed by somebody whose claim has run out (its process died)."""
        return Q(state=OutboxState.PLANNED) | Q(state=OutboxState.CLAIMED, claimed_until__lt=clock.real_now())

    def of(self, rule: str, object: str, occasion: str) -> OutboxQuerySet:
        """The rows of one occasion, to everybody and over every channel."""
        return self.filter(rule=rule, object=object, occasion=occasion)

    def untouched(self) -> OutboxQuerySet:
        """Rows that no sweep has ever claimed; what was claimed may be on its way."""
        return self.filter(leader=None)

    def held_by(self, claim: uuid.UUID | None) -> OutboxQuerySet:
        """Rows this claim still holds; one that ran out may have been taken by another worker."""
        return self.filter(state=OutboxState.CLAIMED, claim=claim) if claim else self.none()

    def settle(self, state: str, **fields: Any) -> int:
        """End the claim in the given state; gives the number of rows."""
        return self.update(state=state, claim=None, claimed_until=None, **fields)


class InboxQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> InboxQuerySet:
        """A message is for its recipient's eyes only, whatever the role."""
        return self.filter(recipient_id=user.pk) if user.is_active else self.none()

    def unread(self) -> InboxQuerySet:
        return self.filter(read_at=None)

    def unread_first(self) -> InboxQuerySet:
        return self.order_by(
            models.Case(models.When(read_at=None, then=0), default=1), F("received_at").desc(), "-pk"
        )

    def mark_read(self) -> int:
        """Mark the unread ones as read now; gives their number."""
        return self.unread().update(read_at=clock.now())


class ClockMarkQuerySet(models.QuerySet):
    def under(self, prefix: str) -> dict[str, dt.datetime]:
        """The marks whose key is "<prefix>:<name>", by name; one query."""
        found = self.filter(key__startswith=f"{prefix}:").values_list("key", "reached")
        return {key.partition(":")[2]: reached for key, reached in found}

    def reach(self, marks: dict[str, dt.datetime]) -> None:
        """Set marks, in one statement; a clock that went back takes its marks back too."""
        self.bulk_create(
            [self.model(key=key, reached=reached) for key, reached in sorted(marks.items())],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["reached"],
        )


class HallsWord:
    """What the hall says about each kind of reminder, from one query; a rule's own ``essential`` stands above it."""

    def __init__(self, settings: Iterable[Any]) -> None:
        self.by_rule = {setting.rule: setting for setting in settings}

    def sends(self, rule: ReminderRule) -> bool:
        """Whether this kind goes out at all."""
        said = self.by_rule.get(rule.key)
        return rule.essential or said is None or said.enabled

    def insists(self, rule: ReminderRule) -> bool:
        """Whether nobody can do without its mail."""
        said = self.by_rule.get(rule.key)
        return rule.essential or (said is not None and said.mandatory)


class RuleSettingQuerySet(models.QuerySet):
    def by_rule(self) -> HallsWord:
        return HallsWord(self)


class RuleTextQuerySet(models.QuerySet):
    def words(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Subject and body by rule and language; one query."""
        return {
            (rule, language): (subject, body)
            for rule, language, subject, body in self.values_list("rule", "language", "subject", "body")
        }


class HoldQuerySet(models.QuerySet):
    def of(self, rule: str) -> dict[tuple[str, str], str]:
        """What is held or left out of one rule: the kind by object and occasion; one query."""
        found = self.filter(rule=rule).values_list("object", "occasion", "kind")
        return {(object, occasion): kind for object, occasion, kind in found}


class WishQuerySet(models.QuerySet):
    def without_mail(self, rule: str) -> set[int]:
        """The users who do without the mail of one rule; one query."""
        return set(self.filter(rule=rule, mail="off").values_list("user_id", flat=True))

    def at_once(self, users: Iterable[int]) -> set[tuple[int, str]]:
        """User and rule where the mail comes in quiet hours too; one query."""
        return set(self.filter(user__in=users, mail="at_once").values_list("user_id", "rule"))
