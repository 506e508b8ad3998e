"""Uploads, from the file to the receipt; what was shown, what could be undone; and a record of what was exported."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .querysets import SheetJobQuerySet, SheetUploadQuerySet
from .registry import SheetKind, sheet_kinds


class SheetUpload(models.Model):
    """One sheet somebody brought, bound to the person, the kind and the file's hash."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKED = "checked", _("checked")
        CONFIRMED = "confirmed", _("imported")
        FAILED = "failed", _("not imported")
        UNDONE = "undone", _("undone")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    # Blank until it is recognised or the person has said what it is.
    kind = models.CharField(_("kind"), max_length=60, blank=True)
    sheet = models.CharField(_("sheet"), max_length=60, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64, db_index=True)
    size = models.PositiveIntegerField(_("size in bytes"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.UPLOADED)
    counts = models.JSONField(_("counts"), default=dict)
    options = models.JSONField(_("options"), default=dict)
    # What the person said where the sheet left something open (see ``answers.py``).
    answers = models.JSONField(default=dict, editable=False)
    # Hash of what the preview showed; confirming holds only for that.
    plan = models.CharField(max_length=64, blank=True, editable=False)
    uploaded_at = models.DateTimeField(_("uploaded on"))
    checked_at = models.DateTimeField(_("checked on"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("imported on"), null=True, blank=True)
    undone_at = models.DateTimeField(_("undone on"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("undone by"),
    )
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
        return kind.label if kind else self.kind or _("Not yet known")

    @property
    def imported(self) -> bool:
        """Whether it was written to the register once, also if that has been undone since."""
        return self.confirmed_at is not None


class SheetJob(models.Model):
    """Work on a large sheet that nobody should wait for in a request. This row is the record; a message only wakes.

    A worker claims it until ``claimed_until`` and says from time to time how far it is. Whoever is killed lets the
    claim run out; then the next worker begins anew: checking writes nothing, and importing writes all or nothing.
    """

    class Task(models.TextChoices):
        CHECK = "check", _("checking")
        IMPORT = "import", _("importing")

    class Stage(models.TextChoices):
        WAITING = "waiting", _("waiting for its turn")
        READING = "reading", _("reading the file")
        CHECKING = "checking", _("checking the rows")
        WRITING = "writing", _("writing to the register")
        DONE = "done", _("done")
        FAILED = "failed", _("not done")

    upload = models.OneToOneField(SheetUpload, on_delete=models.CASCADE, related_name="job")
    task = models.CharField(max_length=10, choices=Task.choices)
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    # The language of who asked: sentences are made for that person.
    language = models.CharField(max_length=10)
    # Why it was not done, as a sentence for that person.
    message = models.TextField(blank=True)
    asked_at = models.DateTimeField()

    objects = SheetJobQuerySet.as_manager()

    class Meta:
        ordering = ("asked_at", "pk")
        verbose_name = _("work on a sheet")
        verbose_name_plural = _("work on sheets")

    def __str__(self) -> str:
        return f"{self.task} {self.upload_id}"

    @property
    def open(self) -> bool:
        return self.stage not in (self.Stage.DONE, self.Stage.FAILED)

    @property
    def percent(self) -> int:
        """0–100 for the bar: reading is a tenth, checking the larger part."""
        whole = {"waiting": 0, "reading": 5, "writing": 90, "done": 100, "failed": 100}
        if self.stage != self.Stage.CHECKING:
            return whole[self.stage]
        return 10 + (80 * self.done // self.total if self.total else 0)


class SheetPreview(models.Model):
    """What a large sheet's check found, as the pages show it; goes with the file."""

    upload = models.OneToOneField(SheetUpload, on_delete=models.CASCADE, related_name="preview")
    language = models.CharField(max_length=10)
    packed = models.BinaryField()

    class Meta:
        verbose_name = _("preview")
        verbose_name_plural = _("previews")

    def __str__(self) -> str:
        return f"preview {self.upload_id}"


class SheetJournal(models.Model):
    """What an import wrote, so that it can be taken back: see ``journal.py``. Goes with the file."""

    upload = models.OneToOneField(SheetUpload, on_delete=models.CASCADE, related_name="journal")
    packed = models.BinaryField()

    class Meta:
        verbose_name = _("journal")
        verbose_name_plural = _("journals")

    def __str__(self) -> str:
        return f"journal {self.upload_id}"


class KnownHeading(models.Model):
    """A heading this hall uses, and the column somebody once said it is; holds for everyone who imports the kind."""

    kind = models.CharField(_("kind"), max_length=60)
    # Reduced as headings.plain does; ``heading`` is how it was written.
    spelling = models.CharField(max_length=120)
    heading = models.CharField(_("heading"), max_length=120)
    column = models.CharField(_("column"), max_length=60)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    said_at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ("kind", "spelling")
        verbose_name = _("known heading")
        verbose_name_plural = _("known headings")
        constraints = (models.UniqueConstraint(fields=("kind", "spelling"), name="sheets_heading_once_a_kind"),)

    def __str__(self) -> str:
        return self.heading

    def audit_title(self) -> str:
        return f"known heading {self.pk}"

    @property
    def column_label(self) -> Any:
        kind = sheet_kinds().get(self.kind)
        return next((column.label for column in kind.columns if column.name == self.column), "") if kind else ""


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
