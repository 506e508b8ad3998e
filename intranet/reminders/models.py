"""The outbox, the inbox, and the marks of the clock."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .querysets import ClockMarkQuerySet, InboxQuerySet, OutboxQuerySet
from .registry import Reminder
from .states import OutboxState


class OutboxRow(models.Model):
    """One reminder to one person over one channel. The unique key is what makes doubling impossible.

    ``claim`` and ``claimed_until`` say which sweep holds the row and how long that counts (real
    time); ``failure`` is a neutral English msgid, never what a mail server said.
    """

    State = OutboxState

    rule = models.CharField(max_length=60)
    object = models.CharField(max_length=80)
    occasion = models.CharField(max_length=60)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=20)
    due = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "object", "occasion", "recipient", "channel"], name="reminders_outbox_once"
            )
        ]
        indexes = [models.Index(fields=["state", "due"], name="reminders_outbox_due")]
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")

    def __str__(self) -> str:
        return f"{self.rule} {self.object} {self.occasion} {self.channel}"

    @property
    def reminder(self) -> Reminder:
        """The row as its rule knows it."""
        return Reminder(self.object, self.occasion, self.recipient_id, self.due, self.until)

    @property
    def message_id(self) -> str:
        """The mail's Message-ID: made from the unique key, so every try carries the same one."""
        key = "\n".join([self.rule, self.object, self.occasion, str(self.recipient_id), self.channel])
        return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@reminders.nuanjia>"


class InboxMessage(models.Model):
    """A reminder as its reader sees it on the site."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="inbox")
    outbox = models.OneToOneField(OutboxRow, on_delete=models.CASCADE, related_name="inbox_message")
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    url = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = InboxQuerySet.as_manager()

    class Meta:
        ordering = ("-received_at", "-pk")
        indexes = [models.Index(fields=["recipient", "-received_at"], name="reminders_inbox_newest")]
        verbose_name = _("message")
        verbose_name_plural = _("messages")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class ClockMark(models.Model):
    """How far something the clock runs has come, and when a process last showed life.

    Keys: ``planner:<rule>`` (planned up to), ``job:<key>`` (run up to), both by the clock of the
    house; ``tick`` (last whole run), ``worker`` and ``beat`` (pulse), by real time.
    """

    key = models.CharField(max_length=80, primary_key=True)
    reached = models.DateTimeField()

    objects = ClockMarkQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key


# Django looks for models here; those of chat groups have a file of their own.
from .group_models import GroupPost, Robot, RobotTopic  # noqa: E402, F401
