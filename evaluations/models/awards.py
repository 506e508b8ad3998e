"""What is elected again and again: the service star, the model window."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from evaluations.querysets import AwardQuerySet


class Award(models.Model):
    """An award and its rules. A round copies them when it opens; later changes touch no open round."""

    class Subject(models.TextChoices):
        PERSON = "person", _("person")
        WINDOW = "window", _("window")

    class Period(models.TextChoices):
        MONTH = "month", _("month")
        QUARTER = "quarter", _("quarter")
        YEAR = "year", _("year")
        ONCE = "once", _("once")

    class Electorate(models.TextChoices):
        EVERYONE = "everyone", _("everyone at the hall")
        WINDOW_STAFF = "window_staff", _("window staff")

    slug = models.SlugField(_("short name in addresses"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60, unique=True)
    subject = models.CharField(_("who is honoured"), max_length=10, choices=Subject.choices, default=Subject.PERSON)
    period = models.CharField(_("period"), max_length=10, choices=Period.choices, default=Period.MONTH)
    places = models.PositiveSmallIntegerField(_("places"), default=3, validators=[MinValueValidator(1)])
    max_choices = models.PositiveSmallIntegerField(
        _("most choices on a ballot"), default=3, validators=[MinValueValidator(1)]
    )
    min_choices = models.PositiveSmallIntegerField(
        _("fewest choices on a ballot"), default=1, validators=[MinValueValidator(1)]
    )
    electorate = models.CharField(
        _("who may vote"), max_length=16, choices=Electorate.choices, default=Electorate.EVERYONE
    )
    quota_per_unit = models.PositiveSmallIntegerField(_("recommendations per unit"), default=1)
    self_allowed = models.BooleanField(_("staff may recommend themselves"), default=True)
    colleague_allowed = models.BooleanField(_("staff may recommend a colleague"), default=True)
    window_staff_only = models.BooleanField(_("only window staff may be recommended"), default=True)
    leaders_excluded = models.BooleanField(_("leaders of the centre may not be recommended"), default=True)
    months_at_hall = models.PositiveSmallIntegerField(
        _("months at the hall before one may be recommended"), default=3, validators=[MaxValueValidator(60)]
    )
    notice_workdays = models.PositiveSmallIntegerField(
        _("working days of public notice"), default=5, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    honour_text = models.CharField(_("text of honour"), max_length=200, blank=True)
    basis = models.CharField(_("basis document"), max_length=200, blank=True)
    retired_on = models.DateField(_("ended on"), null=True, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name = _("award")
        verbose_name_plural = _("awards")

    def __str__(self) -> str:
        return self.name

    def rules(self) -> dict[str, Any]:
        """Everything a round needs to know of its award, as plain JSON."""
        kept = (
            "name subject period places max_choices min_choices electorate quota_per_unit self_allowed "
            "colleague_allowed window_staff_only leaders_excluded months_at_hall notice_workdays honour_text basis"
        )
        return {field: getattr(self, field) for field in kept.split()}
