"""What officers and the clock did in a round: a chain of hashes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .elections import Election


class ElectionEvent(models.Model):
    """What officers and the clock did in a round, as a chain of hashes; never how anyone voted."""

    election = models.ForeignKey(Election, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    who = models.CharField(max_length=80)
    what = models.CharField(max_length=300)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("election", "number")
        constraints = [models.UniqueConstraint(fields=["election", "number"], name="evaluations_event_number_once")]
        verbose_name = _("event of a round")
        verbose_name_plural = _("events of a round")

    def __str__(self) -> str:
        return f"{self.number} {self.what}"
