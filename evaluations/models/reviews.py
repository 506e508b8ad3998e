"""What speaks against somebody: vetoes before the vote, objections after it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evaluations.querysets import ObjectionQuerySet, VetoQuerySet

from .elections import Election, Nomination
from .files import RoundFile


class Veto(models.Model):
    """One fault that excludes (一票否决), with its evidence; it may be appealed, and lifted."""

    class State(models.TextChoices):
        STANDING = "standing", _("stands")
        APPEALED = "appealed", _("under appeal")
        UPHELD = "upheld", _("stands after appeal")
        LIFTED = "lifted", _("lifted")

    nomination = models.ForeignKey(
        Nomination, on_delete=models.PROTECT, related_name="vetoes", verbose_name=_("recommendation")
    )
    # A key of ``evaluations.vetoes``; the same words as the kinds of incidents.
    kind = models.CharField(_("kind"), max_length=32)
    evidence = models.TextField(_("evidence"), max_length=500)
    # The incident it rests on (``figures``), as its number: the register of incidents may be kept elsewhere.
    incident = models.PositiveIntegerField(null=True, blank=True)
    file = models.ForeignKey(
        RoundFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.STANDING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField()
    appeal = models.TextField(_("appeal"), max_length=500, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    settled_reason = models.CharField(_("reason of the decision"), max_length=300, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = VetoQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["nomination", "incident"],
                condition=Q(incident__isnull=False),
                name="evaluations_veto_once_an_incident",
            )
        ]
        verbose_name = _("veto")
        verbose_name_plural = _("vetoes")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Objection(models.Model):
    """What somebody says against a result during its public notice (异议), registered by an officer."""

    class Channel(models.TextChoices):
        ON_SITE = "on_site", _("on site")
        PHONE = "phone", _("by phone")
        LETTER = "letter", _("by letter")
        UNNAMED = "unnamed", _("unnamed")

    class Outcome(models.TextChoices):
        OPEN = "open", _("being looked into")
        UNFOUNDED = "unfounded", _("looked into; the result stands")
        FOUNDED = "founded", _("founded")

    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, related_name="objections", verbose_name=_("round")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    channel = models.CharField(_("how it came"), max_length=10, choices=Channel.choices)
    # Who objects; never shown but to officers and the auditor, and blank for the unnamed.
    name = models.CharField(_("name"), max_length=60, blank=True)
    text = models.TextField(_("what is said"), max_length=1000)
    received_on = models.DateField(_("received on"))
    file = models.ForeignKey(
        RoundFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("file")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField()
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    # Shown to everyone together with the outcome: says what was found without naming who objected.
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = ObjectionQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("election", "number")
        constraints = [
            models.UniqueConstraint(fields=["election", "number"], name="evaluations_objection_number_once")
        ]
        verbose_name = _("objection")
        verbose_name_plural = _("objections")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
