"""Rows that are about exactly one person, window or unit."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intranet.people.models import Person, Unit, Window

SUBJECTS = ("person", "window", "unit")


def one_subject(prefix: str) -> models.CheckConstraint:
    """Of the three exactly one is given."""
    parts = [Q(**{f"{name}__isnull": name != given for name in SUBJECTS}) for given in SUBJECTS]
    return models.CheckConstraint(condition=parts[0] | parts[1] | parts[2], name=f"{prefix}_one_subject")


class AboutSomebody(models.Model):
    """Abstract: a person, a window or a unit."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    window = models.ForeignKey(
        Window, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("window")
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )

    class Meta:
        abstract = True

    @property
    def subject_kind(self) -> str:
        return next(name for name in SUBJECTS if getattr(self, f"{name}_id") is not None)

    @property
    def subject(self) -> Any:
        return getattr(self, self.subject_kind)
