"""Papers that were made, and templates a hall has brought."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .querysets import OwnTemplateQuerySet, PaperQuerySet
from .registry import PaperKind, paper_kinds


class Paper(models.Model):
    """A paper as it was made: of which kind, about what, by whom. The entry stays when its file goes."""

    kind = models.CharField(_("kind"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    # The object as text, as reminders name theirs: the room knows no model above it. Blank: the whole hall.
    about_model = models.CharField(max_length=60, blank=True)
    about_key = models.BigIntegerField(null=True, blank=True)
    first = models.DateField(_("from"), null=True, blank=True)
    last = models.DateField(_("to"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made on"))
    # Below var/uploads.
    file = models.CharField(max_length=120, unique=True)
    sha256 = models.CharField(_("fingerprint (SHA-256)"), max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    removed_at = models.DateTimeField(_("file deleted on"), null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        indexes = (models.Index(fields=("about_model", "about_key"), name="papers_paper_about"),)
        verbose_name = _("paper")
        verbose_name_plural = _("papers")

    def __str__(self) -> str:
        return self.title

    def audit_title(self) -> str:
        return f"paper {self.pk}"

    @property
    def paper_kind(self) -> PaperKind | None:
        """The kind; None when its plug-in has been taken out."""
        return paper_kinds().get(self.kind)

    @property
    def kind_label(self) -> Any:
        kind = self.paper_kind
        return kind.label if kind else self.kind

    @property
    def about(self) -> str:
        """ "pages.noticepage:12", or ""."""
        return f"{self.about_model}:{self.about_key}" if self.about_model else ""

    @property
    def file_name(self) -> str:
        return f"{self.title}.docx"


class OwnTemplate(models.Model):
    """A template a hall has brought for a kind; earlier ones stay, so that one can be taken up again."""

    kind = models.CharField(_("kind"), max_length=60)
    file_name = models.CharField(_("file"), max_length=200)
    # Below var/uploads.
    file = models.CharField(max_length=120, unique=True)
    sha256 = models.CharField(_("fingerprint (SHA-256)"), max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("brought by")
    )
    brought_at = models.DateTimeField(_("brought on"))
    in_use = models.BooleanField(_("in use"), default=True)

    objects = OwnTemplateQuerySet.as_manager()

    class Meta:
        ordering = ("-brought_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("kind",), condition=Q(in_use=True), name="papers_one_template_in_use"),
        )
        verbose_name = _("own template")
        verbose_name_plural = _("own templates")

    def __str__(self) -> str:
        return self.file_name

    def audit_title(self) -> str:
        return f"own template {self.pk}"
