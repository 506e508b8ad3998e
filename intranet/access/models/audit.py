"""The audit log's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models.audit_log import BaseLogEntry, BaseLogEntryManager, LogEntryQuerySet

from intranet import clock

from ..audit import current_address, neutral_title
from ..registry import has_private_fields

if TYPE_CHECKING:
    from .users import User


class AuditEntryQuerySet(LogEntryQuerySet):
    """Append-only in bulk too."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("The audit log is append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("The audit log is append-only")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        raise TypeError("The audit log is append-only")

    def readable_by(self, user: Any) -> AuditEntryQuerySet:
        """Auditors read everything; nobody else reads the log as such."""
        return self if user.is_authenticated and user.has_role("auditor") else self.none()


class AuditEntryManager(BaseLogEntryManager):
    def get_queryset(self) -> AuditEntryQuerySet:
        return AuditEntryQuerySet(self.model, using=self._db)

    def get_instance_title(self, instance: models.Model) -> str:
        return neutral_title(instance)

    def log_action(self, instance: models.Model, action: str, **kwargs: Any) -> AuditEntry:
        """Write one entry; Wagtail calls this too, for what is done in its admin.

        The title is neutral whoever calls. What Wagtail adds as data is left out for models with private
        fields, because it may name values.
        """
        kwargs.setdefault("timestamp", clock.now())
        kwargs.setdefault("address", current_address())
        kwargs["title"] = neutral_title(instance)
        if action.startswith("wagtail.") and has_private_fields(type(instance)):
            kwargs["data"] = {}
        return super().log_action(instance, action, **{**kwargs, "object_id": str(instance.pk)})

    def for_instance(self, instance: models.Model) -> AuditEntryQuerySet:
        """What was done to one object, for Wagtail's history page of that object."""
        return self.get_for_model(type(instance)).filter(object_id=str(instance.pk))

    def viewable_by_user(self, user: User) -> AuditEntryQuerySet:
        """Auditors only; Wagtail's site history asks this and would otherwise show foreign labels."""
        return self.get_queryset().readable_by(user)


class AuditEntry(BaseLogEntry):
    """Append-only: a row is written once, and neither changed nor deleted by the application."""

    object_id = models.CharField(max_length=60, db_index=True)
    address = models.CharField(_("from address"), max_length=45, blank=True)

    objects = AuditEntryManager()

    class Meta(BaseLogEntry.Meta):
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")

    def __str__(self) -> str:
        return f"{self.action} {self.label}"

    def save(self, *args, **kwargs) -> None:
        if self.pk is not None:
            raise TypeError("The audit log is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("The audit log is append-only")
