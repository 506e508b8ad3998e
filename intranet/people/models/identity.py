"""Who was shown whose identity number, and why."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..querysets import IdentityDisclosureQuerySet
from .people import Person


class IdentityDisclosure(models.Model):
    """An identity number was shown once. The reason stands here, not in the audit log: it may be private itself."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="disclosures", verbose_name=_("person"))
    shown_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("shown to")
    )
    reason = models.CharField(_("reason"), max_length=200)
    shown_at = models.DateTimeField(_("shown on"))

    objects = IdentityDisclosureQuerySet.as_manager()

    class Meta:
        ordering = ("-shown_at", "-pk")
        verbose_name = _("disclosure of an identity number")
        verbose_name_plural = _("disclosures of identity numbers")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    def audit_title(self) -> str:
        return f"disclosure {self.pk}"
