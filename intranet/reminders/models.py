"""The outbox, the inbox, and the marks of the clock."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from .querysets import (
    ClockMarkQuerySet,
    HoldQuerySet,
    InboxQuerySet,
    OutboxQuerySet,
    RuleSettingQuerySet,
    RuleTextQuerySet,
    WishQuerySet,
)
from .registry import Reminder
from .states import OutboxState


class OutboxRow(models.Model):
    """One reminder to one person over one channel. The unique key is what makes doubling impossible.

    ``next_try`` is the instant before which it does not go: after a failed try, in its reader's quiet hours, or
    because others of its group fall due by then. ``leader`` is the row that leads the letter in which this one was
    first claimed, itself if it goes alone; once set it stays, so that every try of a letter carries the same
    Message-ID and what falls due later is never added to a letter that may have been sent. ``claim`` and
    ``claimed_until`` say which sweep holds the row and how long that counts (real time); ``failure`` is a neutral
    English msgid of ``states.py``, never what a mail server said.
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
    leader = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    # On a claimed row in hand: whether no sweep had claimed it before.
    first_claim = False

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
        """The Message-ID of the mail it goes in: made from the unique key of the row that leads it, so every try
        carries the same one. ``select_related("leader")`` saves a query a row.
        """
        led = self if self.leader_id in (None, self.pk) else self.leader
        key = "\n".join([led.rule, led.object, led.occasion, str(led.recipient_id), led.channel])
        return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@reminders.nuanjia>"


class InboxMessage(models.Model):
    """A letter as its reader sees it on the site.

    ``outbox`` is the first of the rows it was made of; the others have the same leader. Where there are several,
    ``items`` holds subject, body and url of each.
    """

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="inbox")
    outbox = models.OneToOneField(OutboxRow, on_delete=models.CASCADE, related_name="inbox_message")
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    url = models.CharField(max_length=300, blank=True)
    items = models.JSONField(default=list, blank=True)
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

    class Meta:
        verbose_name = _("clock mark")
        verbose_name_plural = _("clock marks")

    def __str__(self) -> str:
        return self.key


class RuleSetting(models.Model):
    """What the hall says about one kind of reminder; without a row it goes out, and people may do without mail."""

    rule = models.CharField(max_length=60, unique=True)
    enabled = models.BooleanField(_("goes out"), default=True)
    mandatory = models.BooleanField(_("mail cannot be switched off"), default=False)

    objects = RuleSettingQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of reminder")
        verbose_name_plural = _("kinds of reminders")

    def __str__(self) -> str:
        return self.rule


class RuleText(models.Model):
    """The hall's own words for one kind of reminder in one language; earlier ones are in the audit log."""

    rule = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200)
    body = models.TextField()

    objects = RuleTextQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "language"], name="reminders_text_once")]
        verbose_name = _("text of a reminder")
        verbose_name_plural = _("texts of reminders")

    def __str__(self) -> str:
        return f"{self.rule} {self.language}"


class Hold(models.Model):
    """An occasion that an officer holds back or leaves out, planned or not yet planned."""

    class Kind(models.TextChoices):
        HELD = "held", _("held")
        SKIPPED = "skipped", _("skipped")

    rule = models.CharField(max_length=60)
    object = models.CharField(max_length=80)
    occasion = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind.choices)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "object", "occasion"], name="reminders_hold_once"),
        ]
        verbose_name = _("held or left out occasion")
        verbose_name_plural = _("held or left out occasions")

    def __str__(self) -> str:
        return f"{self.rule} {self.object} {self.occasion}"


class Preference(models.Model):
    """How one person wants to be told: in which language, and when nothing should leave the site for them."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reminder_preference", primary_key=True
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_to=None)
                | models.Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~models.Q(quiet_from=F("quiet_to")),
                name="reminders_quiet_from_and_to",
            )
        ]
        verbose_name = _("wishes for reminders")
        verbose_name_plural = _("wishes for reminders")

    def __str__(self) -> str:
        return str(self.user_id)


class Wish(models.Model):
    """One person's wish for the mail of one kind of reminder; the inbox is always on."""

    class Mail(models.TextChoices):
        ON = "on", _("By mail; in my quiet hours, when they end")
        AT_ONCE = "at_once", _("By mail, in my quiet hours too")
        OFF = "off", _("On the site only")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=60)
    mail = models.CharField(max_length=10, choices=Mail.choices)

    objects = WishQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "user"], name="reminders_wish_once")]
        verbose_name = _("wish for a kind of reminder")
        verbose_name_plural = _("wishes for kinds of reminders")

    def __str__(self) -> str:
        return f"{self.rule} {self.user_id}"


# Django looks for models here; those of chat groups have a file of their own.
from .group_models import GroupPost, Robot, RobotTopic  # noqa: E402, F401
