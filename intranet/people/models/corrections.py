"""Requests to put an entry of the register right."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..querysets import CorrectionRequestQuerySet
from .people import Person


class CorrectionRequest(models.Model):
    """A person asks the personnel office to put an entry about them right."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("a request", "open")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="corrections", verbose_name=_("person"))
    field = models.CharField(_("entry"), max_length=40)
    text = models.TextField(_("what is right"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    requested_at = models.DateTimeField(_("asked on"))
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answer = models.TextField(_("answer"), blank=True)

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        ordering = ("-requested_at",)
        verbose_name = _("request for correction")
        verbose_name_plural = _("requests for correction")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
