"""What enters a score beside ballots: seats of a panel and their scores, and values brought for a component."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from evaluations.querysets import PanelSeatQuerySet

from .elections import Candidate, Election

HUNDRED = (MinValueValidator(0), MaxValueValidator(100))


class PanelSeat(models.Model):
    """Someone who scores in a component's box, frozen when the review is finished."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="seats", verbose_name=_("round"))
    component = models.CharField(_("component"), max_length=20)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    role = models.CharField(_("role"), max_length=24)
    handed_in_at = models.DateTimeField(_("handed in"), null=True, blank=True)

    objects = PanelSeatQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("election", "component", "name")
        constraints = [
            models.UniqueConstraint(fields=["election", "component", "user"], name="evaluations_seat_once")
        ]
        verbose_name = _("seat of a panel")
        verbose_name_plural = _("seats of a panel")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class PanelScore(models.Model):
    """What one seat gives one candidate: a score, or a declared conflict instead of one."""

    seat = models.ForeignKey(PanelSeat, on_delete=models.CASCADE, related_name="scores")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+")
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True, blank=True, validators=HUNDRED)
    has_conflict = models.BooleanField(_("has a conflict of interest"), default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("seat", "candidate")
        constraints = [
            models.UniqueConstraint(fields=["seat", "candidate"], name="evaluations_panel_score_once"),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True) | models.Q(has_conflict=False),
                name="evaluations_panel_score_or_conflict",
            ),
        ]
        verbose_name = _("score of a panel")
        verbose_name_plural = _("scores of a panel")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class RoundInput(models.Model):
    """A value brought for one candidate and component: clients' votes, or a bonus or deduction by hand."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="brought", verbose_name=_("round"))
    component = models.CharField(_("component"), max_length=20)
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="+", verbose_name=_("candidate"))
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=4)
    # Shown beside the value: counts behind it, or the reason of a bonus or deduction.
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField()

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("election", "component", "candidate", "created_at")
        verbose_name = _("value of a component")
        verbose_name_plural = _("values of a component")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
