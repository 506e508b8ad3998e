"""The wall of honour."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from evaluations.querysets import HonourQuerySet
from intranet.people.models import Person, Unit, Window

from .awards import Award
from .elections import Election


class Honour(models.Model):
    """An honour published at the end of a round, with names as they were that day."""

    # Of honours from before this site, brought by a sheet, there is no round.
    election = models.ForeignKey(
        Election, on_delete=models.PROTECT, null=True, blank=True, related_name="honours", verbose_name=_("round")
    )
    award = models.ForeignKey(
        Award, on_delete=models.PROTECT, null=True, blank=True, related_name="honours", verbose_name=_("award")
    )
    period_first = models.DateField(_("appraised from"), null=True, blank=True)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="honours", verbose_name=_("person")
    )
    window = models.ForeignKey(
        Window, on_delete=models.PROTECT, null=True, blank=True, related_name="honours", verbose_name=_("window")
    )
    team = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="honours", verbose_name=_("team")
    )
    award_name = models.CharField(_("award"), max_length=60)
    name = models.CharField(_("name"), max_length=80)
    unit_name = models.CharField(_("unit"), max_length=80, blank=True)
    period_label = models.CharField(_("period"), max_length=30)
    text = models.CharField(_("text of honour"), max_length=200, blank=True)
    published_on = models.DateField(_("commended on"))
    annulled_on = models.DateField(_("annulled on"), null=True, blank=True)

    objects = HonourQuerySet.as_manager()

    class Meta:
        ordering = ("-published_on", "award_name", "name")
        verbose_name = _("honour")
        verbose_name_plural = _("honours")

    def __str__(self) -> str:
        return f"{self.award_name} {self.period_label} {self.name}"
