"""The union's and the other bodies, and people's places in them; a place is never overwritten, only ended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..querysets import BodyQuerySet, MembershipQuerySet
from .people import Person
from .units import refuse_circle


class Body(models.Model):
    """The union committee and its groups, party branches, women's committee, youth league."""

    class Kind(models.TextChoices):
        UNION_COMMITTEE = "union_committee", _("Union committee")
        UNION_GROUP = "union_group", _("Union group")
        PARTY_BRANCH = "party_branch", _("Party branch")
        WOMEN_COMMITTEE = "women_committee", _("Women's committee")
        YOUTH_LEAGUE = "youth_league", _("Youth league branch")

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    retired_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "name")
        verbose_name = _("body")
        verbose_name_plural = _("bodies")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        refuse_circle(self)


class Membership(models.Model):
    """Someone's place in a body, with dates and office."""

    class Office(models.TextChoices):
        MEMBER = "member", _("member")
        CHAIR = "chair", _("chair")
        VICE_CHAIR = "vice_chair", _("vice chair")
        SECRETARY = "secretary", _("secretary")
        COMMITTEE_MEMBER = "committee_member", _("committee member")
        GROUP_LEADER = "group_leader", _("group leader")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person"))
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("body"))
    office = models.CharField(
        pgettext_lazy("held in a body", "office"), max_length=20, choices=Office.choices, default=Office.MEMBER
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ("body", "-starts_on")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "body"], condition=Q(ends_on__isnull=True), name="people_membership_one_current"
            )
        ]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.person} · {self.body}"
