"""Memory of dated things, and who may fetch a feed."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from intranet import clock

from .querysets import FeedTokenQuerySet, InvitationQuerySet, ScheduledQuerySet


class Scheduled(models.Model):
    """What a calendar has once shown: so that an entry keeps its UID, raises its SEQUENCE, and can be cancelled.

    ``title`` is kept for who is told of it outside their feed: invitations, and entries whose row is gone.
    """

    uid = models.CharField(max_length=120, unique=True)
    title = models.CharField(max_length=200, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    location = models.CharField(max_length=120, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    objects = ScheduledQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar entry")
        verbose_name_plural = _("calendar entries")

    def __str__(self) -> str:
        return self.uid

    @property
    def lasts_whole_days(self) -> bool:
        """From midnight to midnight at the hall is a whole day, or several."""
        times = {moment.astimezone(clock.HALL_ZONE).time() for moment in (self.starts, self.ends)}
        return times == {dt.time(0)} and self.ends > self.starts


class Invitation(models.Model):
    """Who is invited by mail to something remembered, at most once; whoever is withdrawn stays, with the day.

    The SEQUENCE of what is mailed is that of the entry and ``steps`` together: both only rise.
    ``told_from`` is the one of the first mail, so that a later one is known as a change; ``withdrawn_with`` that of
    the last one: what happens to the entry after a withdrawal is not this person's business.
    """

    scheduled = models.ForeignKey(Scheduled, on_delete=models.CASCADE, related_name="invitations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    steps = models.PositiveIntegerField(default=0)
    told_from = models.PositiveIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_with = models.PositiveIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField()

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheduled", "user"], name="calendars_invited_once")]
        indexes = [models.Index(fields=["changed_at"], name="calendars_invitation_changed")]
        verbose_name = _("calendar invitation")
        verbose_name_plural = _("calendar invitations")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def sequence(self) -> int:
        if self.withdrawn_with is not None:
            return self.withdrawn_with
        return self.scheduled.sequence + self.steps

    @property
    def cancelled(self) -> bool:
        """Whether it does not take place, or no longer with this person."""
        return self.withdrawn_at is not None or self.scheduled.cancelled_at is not None

    @property
    def changed(self) -> dt.datetime:
        """When what this person is to be told last changed."""
        if self.withdrawn_at is not None:
            return self.changed_at
        return max(self.changed_at, self.scheduled.changed_at)


class Colour(models.TextChoices):
    """Names of CSS, as RFC 7986 wants them."""

    TEAL = "teal", _("teal")
    FIREBRICK = "firebrick", _("red")
    STEELBLUE = "steelblue", _("blue")
    DARKORANGE = "darkorange", _("orange")
    MEDIUMORCHID = "mediumorchid", _("violet")
    SLATEGREY = "slategrey", _("grey")


class FeedToken(models.Model):
    """One feed on one device: a person's own, or of a subject. Only the hash of the token is kept.

    ``off`` holds the keys of the sources that are switched off, so that a new kind is on by default.
    ``subject`` is the key of a CalendarSubject, ``subject_key`` one of its objects; "" is one's own calendar.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="feed_tokens")
    label = models.CharField(_("device"), max_length=60)
    title = models.CharField(_("name of the calendar"), max_length=60, blank=True)
    colour = models.CharField(_("colour"), max_length=20, choices=Colour.choices, default=Colour.TEAL)
    off = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=60, blank=True)
    subject_key = models.CharField(max_length=60, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_fetched_on = models.DateField(null=True, blank=True)

    objects = FeedTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("calendar subscription")
        verbose_name_plural = _("calendar subscriptions")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
