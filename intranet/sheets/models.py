"""Uploads, from the file to the receipt; and a record of what was exported."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .querysets import SheetUploadQuerySet
from .registry import SheetKind, sheet_kinds


class SheetUpload(models.Model):
    """One sheet somebody brought, bound to the person, the kind and the file's hash."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKED = "checked", _("checked")
        CONFIRMED = "confirmed", _("imported")
        FAILED = "failed", _("not imported")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    kind = models.CharField(_("kind"), max_length=60)
    sheet = models.CharField(_("sheet"), max_length=60, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64, db_index=True)
    size = models.PositiveIntegerField(_("size in bytes"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UPLOADED)
    counts = models.JSONField(_("counts"), default=dict)
    options = models.JSONField(_("options"), default=dict)
    # Hash of what the preview showed; confirming holds only for that.
    plan = models.CharField(max_length=64, blank=True, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded on"))
    checked_at = models.DateTimeField(_("checked on"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("imported on"), null=True, blank=True)
    file_removed_at = models.DateTimeField(_("file deleted on"), null=True, blank=True)

    objects = SheetUploadQuerySet.as_manager()

    class Meta:
        ordering = ("-uploaded_at", "-pk")
        verbose_name = _("sheet")
        verbose_name_plural = _("sheets")

    def __str__(self) -> str:
        return self.file_name

    def audit_title(self) -> str:
        return f"sheet {self.pk}"

    @property
    def sheet_kind(self) -> SheetKind | None:
        """The kind; None when its plug-in has been taken out."""
        return sheet_kinds().get(self.kind)

    @property
    def kind_label(self) -> Any:
        kind = self.sheet_kind
        return kind.label if kind else self.kind


class SheetExport(models.Model):
    """Who took which list out of the house, when, and how many rows it had."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    kind = models.CharField(_("kind"), max_length=60)
    form = models.CharField(_("form"), max_length=10)
    rows = models.PositiveIntegerField(_("rows"))
    exported_at = models.DateTimeField(_("exported on"))
    # Whole numbers instead of masks, and why: here and not in the audit log, for it may say private things.
    with_private = models.BooleanField(_("with private columns"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        ordering = ("-exported_at",)
        verbose_name = _("exported list")
        verbose_name_plural = _("exported lists")

    def __str__(self) -> str:
        return f"{self.kind} {self.exported_at:%Y-%m-%d}"

    def audit_title(self) -> str:
        return f"exported list {self.pk}"
