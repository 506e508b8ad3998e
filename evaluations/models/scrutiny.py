"""What scrutineers do in two: confirmations of one act, counts of paper ballots; and the shared terminals."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .elections import Election


class Attestation(models.Model):
    """One scrutineer stands for one act of a round; what asks for two is done when two have."""

    class Act(models.TextChoices):
        CLOSE = "close", _("voting closed and ballots sealed")
        LOT = "lot", _("lot drawn")
        RECORD = "record", _("record signed")

    election = models.ForeignKey(
        Election, on_delete=models.CASCADE, related_name="attestations", verbose_name=_("round")
    )
    act = models.CharField(_("act"), max_length=10, choices=Act.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("election", "created_at")
        constraints = [models.UniqueConstraint(fields=["election", "act", "by"], name="evaluations_attestation_once")]
        verbose_name = _("attestation")
        verbose_name_plural = _("attestations")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class PaperCount(models.Model):
    """What one scrutineer read from the paper ballots of one box. Two equal ones put the ballots into the box.

    ``ballots`` is a sorted list of [choices, how many such ballots]; choices as in ``tally``. Emptied when the
    ballots are in the box: only the totals stay.
    """

    election = models.ForeignKey(
        Election, on_delete=models.CASCADE, related_name="paper_counts", verbose_name=_("round")
    )
    box = models.CharField(_("box"), max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    returned = models.PositiveIntegerField(_("ballots returned"))
    ballots = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    counted_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("election", "box", "created_at")
        constraints = [models.UniqueConstraint(fields=["election", "box", "by"], name="evaluations_paper_count_once")]
        verbose_name = _("count of paper ballots")
        verbose_name_plural = _("counts of paper ballots")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class Terminal(models.Model):
    """A browser in a corner of the hall at which staff vote with staff number and PIN."""

    label = models.CharField(_("where it stands"), max_length=60)
    # Hash of the secret in the browser's cookie.
    token_hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        ordering = ("label", "pk")
        verbose_name = _("voting terminal")
        verbose_name_plural = _("voting terminals")

    def __str__(self) -> str:
        return self.label
