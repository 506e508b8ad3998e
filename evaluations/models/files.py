"""Scans and photos of a round: sealed forms, evidence, minutes, letters, the notice on the wall."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .elections import Election


def stored_as(instance: RoundFile, filename: str) -> str:
    """A path that says nothing: neither the round's people nor the name the file came with."""
    ending = filename.rsplit(".", 1)[-1].lower()[:5] if "." in filename else "bin"
    return f"evaluations/{secrets.token_hex(16)}.{ending}"


class RoundFile(models.Model):
    """A file that belongs to a round, with its SHA-256 at filing. Who may read it follows from its kind."""

    class Kind(models.TextChoices):
        RECOMMENDATION = "recommendation", _("sealed recommendation")
        EVIDENCE = "evidence", _("evidence of a veto")
        OBJECTION = "objection", _("letter of objection")
        MINUTES = "minutes", _("minutes of the meeting")
        NOTICE_PHOTO = "notice_photo", _("photo of the notice")
        SIGNED_RECORD = "signed_record", _("signed record of the scrutineers")

    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="files", verbose_name=_("round"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    file = models.FileField(_("file"), upload_to=stored_as, max_length=120)
    title = models.CharField(_("title"), max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("filed"))

    wagtail_reference_index_ignore = True

    class Meta:
        ordering = ("created_at", "pk")
        verbose_name = _("file of a round")
        verbose_name_plural = _("files of a round")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
