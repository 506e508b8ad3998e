"""The staff register: one entry a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intranet import clock

from .. import pinyin
from ..querysets import PersonQuerySet
from ..rules import birthday_fault, clean_name, clean_staff_number

if TYPE_CHECKING:
    from .postings import Posting


class Person(models.Model):
    """One entry of the staff register. Leavers stay, with ``left_on``."""

    class Sex(models.TextChoices):
        FEMALE = "female", _("female")
        MALE = "male", _("male")

    class Calendar(models.TextChoices):
        SOLAR = "solar", _("solar")
        LUNAR = "lunar", _("lunar")

    class Precision(models.TextChoices):
        DAY = "day", _("day")
        MONTH = "month", _("month")
        YEAR = "year", _("year")

    class PoliticalStatus(models.TextChoices):
        PARTY_MEMBER = "party_member", _("party member")
        PROBATIONARY = "probationary_member", _("probationary party member")
        LEAGUE_MEMBER = "league_member", _("League member")
        DEMOCRATIC_PARTY = "democratic_party", _("member of a democratic party")
        NO_PARTY = "no_party", _("person without party affiliation")
        MASSES = "masses", _("the masses")

    class Employment(models.TextChoices):
        PERMANENT = "permanent", _("permanent")
        CONTRACT = "contract", _("contract")
        AGENCY = "agency", _("agency")
        PUBLIC_WELFARE = "public_welfare_post", _("public-welfare post")

    staff_number = models.CharField(_("staff number"), max_length=20, unique=True)
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=60)
    pinyin_full = models.CharField(
        _("pinyin"),
        max_length=160,
        blank=True,
        help_text=_("Syllables apart, as in “ou yang xiu”. Leave empty to have it made from the name."),
    )
    # The name the stored pinyin belongs to: tells an edited pinyin from a made one.
    pinyin_of = models.CharField(max_length=60, blank=True, editable=False)
    pinyin_initials = models.CharField(_("pinyin initials"), max_length=20, blank=True, editable=False)
    sort_key = models.CharField(max_length=200, blank=True, editable=False, db_index=True)
    search_key = models.CharField(max_length=400, blank=True, editable=False)
    sex = models.CharField(_("sex"), max_length=8, choices=Sex.choices, blank=True)
    # For a lunar birthday too this is the solar day of birth; the calendar says which one is kept.
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    birthday_calendar = models.CharField(
        _("birthday calendar"), max_length=8, choices=Calendar.choices, default=Calendar.SOLAR
    )
    birthday_precision = models.CharField(
        _("birthday known to the"), max_length=8, choices=Precision.choices, default=Precision.DAY
    )
    political_status = models.CharField(
        _("political status"), max_length=24, choices=PoliticalStatus.choices, blank=True
    )
    is_union_member = models.BooleanField(_("union member"), default=False)
    employment = models.CharField(_("employment kind"), max_length=24, choices=Employment.choices, blank=True)
    mobile = models.CharField(_("mobile"), max_length=20, blank=True)
    office_phone = models.CharField(_("office phone"), max_length=40, blank=True)
    email = models.EmailField(_("mail address"), blank=True)
    # Sealed, found by the keyed hash, shown only with a reason (people.identity); empty unless the hall keeps them.
    national_id_sealed = models.CharField(max_length=255, blank=True, editable=False)
    national_id_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    note = models.TextField(_("note of the personnel office"), blank=True)
    photo = models.ImageField(_("photo"), upload_to="people/photos/", blank=True)
    service_start_month = models.DateField(_("in service since"), null=True, blank=True)
    entered_on = models.DateField(_("at the hall since"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ("sort_key", "staff_number")
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs) -> None:
        pinyin.fill(self)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], *pinyin.FILLED}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self.staff_number = clean_staff_number(self.staff_number)
        self.name = clean_name(self.name)
        faults = {}
        if not self.name:
            faults["name"] = _("Give the name.")
        if not self.staff_number:
            faults["staff_number"] = _("Give the staff number.")
        if birthday := birthday_fault(self.birthday, clock.today()):
            faults["birthday"] = birthday
        if self.entered_on and self.left_on and self.left_on < self.entered_on:
            faults["left_on"] = _("The last day cannot be before the first day at the hall.")
        if faults:
            raise ValidationError(faults)

    @property
    def place(self) -> Posting | None:
        """The posting of the day asked for in ``with_places(day)``; without it, today's, by one query."""
        if not hasattr(self, "places_on_day"):
            self.places_on_day = list(self.postings.on().select_related("unit", "window__zone"))
        return self.places_on_day[0] if self.places_on_day else None

    @property
    def has_left(self) -> bool:
        return self.left_on is not None and self.left_on < clock.today()

    def audit_title(self) -> str:
        return f"person {self.pk}"
