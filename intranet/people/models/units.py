"""The hall's units, and its windows in their zones; a closed one stays, with its day."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from intranet import clock

from ..querysets import UnitQuerySet, WindowQuerySet, ZoneQuerySet


def refuse_circle(place: Any) -> None:
    """A unit or body inside itself would stand in no tree; raises ValidationError."""
    above, seen = place.parent, set()
    while above is not None and above.pk not in seen:
        if above.pk == place.pk:
            raise ValidationError({"parent": _("This belongs to the entry itself. Choose one above it.")})
        seen.add(above.pk)
        above = above.parent


def refuse_closing_over_people(place: Any) -> None:
    """A closed place is in no list, so nobody may be left there; raises ValidationError. A day to come is a plan."""
    if place.pk is None or place.retired_on is None or place.retired_on > clock.today():
        return
    left = place.postings.on().values("person").distinct().count()
    if left:
        raise ValidationError(
            {
                "retired_on": ngettext(
                    "%(n)d person is still posted here. Transfer or withdraw them, then close it.",
                    "%(n)d people are still posted here. Transfer or withdraw them, then close it.",
                    left,
                )
                % {"n": left}
            }
        )


class Unit(models.Model):
    """The centre, a posting department, a back office, the bank's counter."""

    class Kind(models.TextChoices):
        CENTRE = "centre", _("Service centre")
        SUB_CENTRE = "sub_centre", _("Sub-centre")
        POSTING_DEPARTMENT = "posting_department", _("Posting department")
        BACK_OFFICE = "back_office", _("Back office")
        BANK_COUNTER = "bank_counter", _("Bank counter")

    name = models.CharField(_("name"), max_length=80, unique=True)
    short_name = models.CharField(_("short name"), max_length=30, blank=True)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    order = models.PositiveIntegerField(_("order"), default=100)
    office_phone = models.CharField(_("office phone"), max_length=40, blank=True)
    retired_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ("order", "name")
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        refuse_circle(self)
        refuse_closing_over_people(self)


class Zone(models.Model):
    """An area of the hall."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    order = models.PositiveIntegerField(_("order"), default=100)

    objects = ZoneQuerySet.as_manager()

    class Meta:
        ordering = ("order", "name")
        verbose_name = _("zone")
        verbose_name_plural = _("zones")

    def __str__(self) -> str:
        return self.name


class Window(models.Model):
    """A counter with a number. Several units may share one; a joint-approval window has no single owner."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("Department window")
        GENERAL = "general_window", _("General window")
        JOINT_APPROVAL = "joint_approval_window", _("Joint-approval window")
        BANK = "bank", _("Bank counter")

    number = models.CharField(_("number"), max_length=10, unique=True)
    # Digits first, so that window 9 stands before window 10.
    sort_key = models.CharField(max_length=16, editable=False, db_index=True, default="")
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices, default=Kind.DEPARTMENT)
    zone = models.ForeignKey(
        Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="windows", verbose_name=_("zone")
    )
    units = models.ManyToManyField(Unit, blank=True, related_name="windows", verbose_name=_("units"))
    retired_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = WindowQuerySet.as_manager()

    class Meta:
        ordering = ("sort_key", "number")
        verbose_name = _("window")
        verbose_name_plural = _("windows")

    def __str__(self) -> str:
        return f"{self.number}号 {self.name}"

    def save(self, *args, **kwargs) -> None:
        self.sort_key = self.sort_key_of(self.number)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self.number = "".join(unicodedata.normalize("NFKC", self.number).split())
        refuse_closing_over_people(self)

    @staticmethod
    def sort_key_of(number: str) -> str:
        digits = "".join(ch for ch in number if ch.isdecimal())
        return f"{int(digits or 0):06d}{number}"[:16]
