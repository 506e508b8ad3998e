"""Robots of chat groups, what they are told to carry, and every message to a group."""

from __future__ import annotations

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .group_querysets import GroupPostQuerySet, RobotQuerySet, TopicQuerySet
from .registry import GroupNotice
from .states import OutboxState


class Robot(models.Model):
    """A webhook into one chat group, or into a program of the hall. Off until somebody turns it on.

    Whoever knows its address or secret can speak in its name: both are kept sealed, and pages show ``shown``,
    the host with the last four characters. A robot that is taken away keeps its history and loses both.
    """

    class Form(models.TextChoices):
        WECOM = "wecom", _("WeCom group robot")
        DINGTALK = "dingtalk", _("DingTalk group robot")
        SIGNED = "signed", _("signed webhook")

    name = models.CharField(pgettext_lazy("robot", "name"), max_length=60)
    form = models.CharField(pgettext_lazy("robot", "form"), max_length=10, choices=Form.choices)
    address_sealed = models.TextField(blank=True)
    secret_sealed = models.TextField(blank=True)
    shown = models.CharField(_("address"), max_length=120, blank=True)
    is_on = models.BooleanField(_("turned on"), default=False)
    removed_at = models.DateTimeField(null=True, blank=True)
    # Real time: the service has said that there were too many messages.
    silent_until = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_failure_at = models.DateTimeField(null=True, blank=True)

    objects = RobotQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(removed_at=None), name="reminders_robot_name_once"
            )
        ]
        ordering = ("name",)
        verbose_name = _("robot")
        verbose_name_plural = _("robots")

    def __str__(self) -> str:
        return self.name


class RobotTopic(models.Model):
    """A kind of notice that a robot carries, and from when on: nothing that was due before is told."""

    robot = models.ForeignKey(Robot, on_delete=models.CASCADE, related_name="topics")
    kind = models.CharField(max_length=60)
    since = models.DateTimeField()

    objects = TopicQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["robot", "kind"], name="reminders_topic_once")]
        ordering = ("kind",)
        verbose_name = _("kind of message of a robot")
        verbose_name_plural = _("kinds of messages of robots")

    def __str__(self) -> str:
        return self.kind


class GroupPost(models.Model):
    """One notice through one robot. The unique key is what makes doubling impossible.

    ``failure`` is a neutral English msgid and ``code`` the number the other side gave, never what it said.
    ``tried_at`` is real time and counts for the number of messages a minute.
    """

    kind = models.CharField(max_length=60)
    object = models.CharField(max_length=80)
    occasion = models.CharField(max_length=60)
    robot = models.ForeignKey(Robot, on_delete=models.PROTECT, related_name="posts")
    due = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=OutboxState.choices, default=OutboxState.PLANNED)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    code = models.IntegerField(null=True, blank=True)

    objects = GroupPostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object", "occasion", "robot"], name="reminders_group_post_once")
        ]
        indexes = [models.Index(fields=["robot", "state", "due"], name="reminders_group_post_due")]
        ordering = ("-due", "-pk")
        verbose_name = _("message to a group")
        verbose_name_plural = _("messages to groups")

    def __str__(self) -> str:
        return f"{self.kind} {self.object} {self.occasion}"

    @property
    def notice(self) -> GroupNotice:
        """The post as its kind knows it."""
        return GroupNotice(self.object, self.occasion, self.due, self.until)

    @property
    def delivery(self) -> str:
        """The same on every try: a receiver that has seen it has seen the message."""
        key = "\n".join([self.kind, self.object, self.occasion, str(self.robot_id)])
        return hashlib.sha256(key.encode()).hexdigest()[:40]
