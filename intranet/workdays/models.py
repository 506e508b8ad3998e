"""The hall's table of days."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Day(models.Model):
    """A day that differs from its weekday: a holiday, a make-up workday, a half day for some."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("holiday")
        WORKDAY = "workday", _("make-up workday")
        HALF_DAY = "half_day", _("half day")

    day = models.DateField(pgettext_lazy("of a calendar", "day"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=40)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        ordering = ("day",)
        verbose_name = _("day")
        verbose_name_plural = _("days")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"


class Year(models.Model):
    """Whether the official notice for a year is in the table; without it, days ahead are provisional."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    announced = models.BooleanField(_("announced"), default=False)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        ordering = ("year",)
        verbose_name = _("year")
        verbose_name_plural = _("years")

    def __str__(self) -> str:
        return str(self.year)
