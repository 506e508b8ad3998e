"""Where people work and what they lead; nothing here is ever overwritten, only ended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..querysets import LeadershipQuerySet, PostingQuerySet
from .people import Person
from .units import Unit, Window


class Posting(models.Model):
    """Where a person works from a day on: a unit, and a window if they sit at one.

    A transfer ends one posting and begins the next; the row of the past stays.
    """

    class Ending(models.TextChoices):
        TRANSFER = "transfer", _("transfer")
        WITHDRAWAL = "withdrawal", _("withdrawal")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="postings", verbose_name=_("person"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="postings", verbose_name=_("unit"))
    window = models.ForeignKey(
        Window, on_delete=models.PROTECT, null=True, blank=True, related_name="postings", verbose_name=_("window")
    )
    position = models.CharField(_("position"), max_length=60, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    ending = models.CharField(_("how it ended"), max_length=12, choices=Ending.choices, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ends_on__isnull=True), name="people_posting_one_current"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="people_posting_ends_after_start",
            ),
        ]
        verbose_name = _("posting")
        verbose_name_plural = _("postings")

    def __str__(self) -> str:
        return f"{self.person} · {self.unit}"


class Leadership(models.Model):
    """Who leads what: tied to the unit or window, so that it survives a change of person."""

    class Kind(models.TextChoices):
        CHIEF_REPRESENTATIVE = "chief_representative", _("Chief representative")
        WINDOW_HEAD = "window_head", _("Window head")
        UNIT_HEAD = "unit_head", _("Head of unit")

    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="leaderships", verbose_name=_("person"))
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="leaderships", verbose_name=_("unit")
    )
    window = models.ForeignKey(
        Window, on_delete=models.PROTECT, null=True, blank=True, related_name="leaderships", verbose_name=_("window")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    objects = LeadershipQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "-starts_on")
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, window__isnull=True) | Q(unit__isnull=True, window__isnull=False),
                name="people_leadership_unit_or_window",
            ),
            models.UniqueConstraint(
                fields=["kind", "unit"], condition=Q(ends_on__isnull=True), name="people_leadership_one_a_unit"
            ),
            models.UniqueConstraint(
                fields=["kind", "window"], condition=Q(ends_on__isnull=True), name="people_leadership_one_a_window"
            ),
        ]
        verbose_name = _("leadership")
        verbose_name_plural = _("leaderships")

    def __str__(self) -> str:
        return f"{self.person} · {self.get_kind_display()}"

    @property
    def place(self) -> Unit | Window | None:
        """What is led."""
        return self.unit or self.window
