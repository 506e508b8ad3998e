"""Complaints, praise, press and other incidents: what was heard, whether it holds, and what those named say to it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..querysets import GOOD, IncidentQuerySet
from .subjects import AboutSomebody, one_subject


class Incident(AboutSomebody):
    """One incident, registered by the inspection section.

    It counts in figures and may exclude from an award only once it is verified; an appeal that succeeds takes that
    back. ``points`` are what the section gives (praise) or takes off for it.
    """

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", _("complaint")
        PRAISE = "praise", _("praise")
        BAD_RATING = "bad_rating", _("bad rating")
        NEGATIVE_PRESS = "negative_press", _("negative press")
        GOOD_PRESS = "good_press", _("good press")
        OVERDUE_CASE = "overdue_case", _("overdue case")
        UNDERCOVER = "undercover_inspection", _("reported by an undercover inspection")
        DISCIPLINE = "discipline", _("breach of discipline")
        QUARREL = "quarrel", _("quarrel with a visitor")

    class Channel(models.TextChoices):
        DESK = "desk", _("complaints desk")
        BOX = "box", _("complaints box")
        PHONE = "phone", _("complaints telephone")
        DEVICE = "rating_device", _("rating device")
        PRESS = "press", _("press")
        INSPECTION = "inspection", _("inspection")

    class State(models.TextChoices):
        REGISTERED = "registered", _("being looked into")
        VERIFIED = "verified", _("verified")
        NOT_UPHELD = "not_upheld", _("not upheld")

    class Appeal(models.TextChoices):
        NONE = "", _("no appeal")
        OPEN = "open", _("appeal open")
        DISMISSED = "dismissed", _("appeal dismissed")
        SUCCEEDED = "succeeded", _("appeal succeeded")

    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    channel = models.CharField(pgettext_lazy("of a complaint", "channel"), max_length=16, choices=Channel.choices)
    occurred_on = models.DateField(_("day of the incident"))
    # Who said it, or where it stood: a case number, a newspaper. It may name somebody.
    source = models.CharField(pgettext_lazy("of an incident", "source"), max_length=120, blank=True)
    text = models.TextField(_("what happened"), max_length=1000)
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, default=0)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.REGISTERED)
    finding = models.TextField(_("finding"), max_length=500, blank=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("registered by")
    )
    registered_at = models.DateTimeField(_("registered on"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    appeal = models.CharField(_("appeal"), max_length=10, choices=Appeal.choices, default=Appeal.NONE, blank=True)
    appeal_text = models.TextField(_("what is said to it"), max_length=500, blank=True)
    appealed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("appealed by"),
    )
    appealed_at = models.DateTimeField(_("appealed on"), null=True, blank=True)
    answer = models.TextField(_("answer"), max_length=500, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )
    settled_at = models.DateTimeField(_("settled on"), null=True, blank=True)

    objects = IncidentQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("-occurred_on", "-pk")
        constraints = [
            one_subject("figures_incident"),
            models.CheckConstraint(
                condition=Q(appeal="") | ~Q(state="registered"), name="figures_incident_appeal_after_decision"
            ),
        ]
        indexes = [models.Index(fields=["state", "occurred_on"], name="figures_incident_state_day")]
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_good(self) -> bool:
        return self.kind in GOOD

    def audit_title(self) -> str:
        return f"incident {self.pk}"
