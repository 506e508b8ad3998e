"""The domain's verbs on units, windows, people and their places."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, Value
from django.db.models.functions import Replace

from intranet import clock
from intranet.access import roles
from intranet.sheets.values.words import DOTS

from .pinyin import search_term

SEES_LEAVERS = (roles.HR_ADMIN, roles.AUDITOR)


def in_force(day: dt.date | None = None, prefix: str = "") -> Q:
    """Rows with ``starts_on``/``ends_on`` that hold on a day (today by default)."""
    day = day or clock.today()
    return Q(**{f"{prefix}starts_on__lte": day}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": day})
    )


def is_signed_in(user: Any) -> bool:
    return user is not None and bool(getattr(user, "is_authenticated", False)) and user.is_active


def sees_leavers(user: Any) -> bool:
    return is_signed_in(user) and user.has_role(*SEES_LEAVERS)


class RetirableQuerySet(models.QuerySet):
    """Units, windows, bodies: closed with a date, never deleted."""

    def current(self, day: dt.date | None = None):
        """Not closed on that day (``retired_on`` is the first day without it)."""
        return self.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=day or clock.today()))

    def visible_to(self, user: Any):
        """Everyone signed in sees what is open; the personnel office and auditors also what was closed."""
        if not is_signed_in(user):
            return self.none()
        return self if user.has_role(*SEES_LEAVERS) else self.current()


class UnitQuerySet(RetirableQuerySet):
    pass


class WindowQuerySet(RetirableQuerySet):
    pass


class BodyQuerySet(RetirableQuerySet):
    pass


class ZoneQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> ZoneQuerySet:
        return self if is_signed_in(user) else self.none()


class PersonQuerySet(models.QuerySet):
    def current(self, day: dt.date | None = None) -> PersonQuerySet:
        """At the hall on that day: entered, and not yet left (``left_on`` is the last day)."""
        day = day or clock.today()
        return self.filter(Q(left_on__isnull=True) | Q(left_on__gte=day)).filter(
            Q(entered_on__isnull=True) | Q(entered_on__lte=day)
        )

    def visible_to(self, user: Any) -> PersonQuerySet:
        """Everyone signed in sees who is at the hall; the personnel office and auditors also see leavers."""
        if not is_signed_in(user):
            return self.none()
        return self if user.has_role(*SEES_LEAVERS) else self.current()

    def without_account_in_use(self) -> PersonQuerySet:
        """No account, one that nobody has opened yet, or one whose password was taken away."""
        unusable = Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return self.filter(Q(user__isnull=True) | Q(user__is_active=False) | unusable)

    def search(self, text: str) -> PersonQuerySet:
        """By 汉字, pinyin (whole or beginning, of the surname or the given name), initials, staff number,
        unit or window number. Several words must all match. An empty text finds everyone.
        """
        found = self.alias(undotted_name=Replace("name", Value("·"), Value("")))
        for word in unicodedata.normalize("NFKC", text).split()[:6]:
            found = found.filter(_matches(word[:60]))
        return found

    def unplaced(self, day: dt.date | None = None) -> PersonQuerySet:
        """Posted nowhere on that day."""
        return self.exclude(Exists(_postings_on(day)))

    def in_units(self, unit_ids: list[int], day: dt.date | None = None) -> PersonQuerySet:
        """Posted on that day to one of these units."""
        return self.filter(Exists(_postings_on(day).filter(unit__in=unit_ids)))

    def at_window(self, window: Any, day: dt.date | None = None) -> PersonQuerySet:
        """Posted on that day to this window."""
        return self.filter(Exists(_postings_on(day).filter(window=window)))

    def with_places(self, day: dt.date | None = None) -> PersonQuerySet:
        """Every ``person.place`` (the Posting on that day, or None) with unit, window, zone: one query more."""
        posting_model: Any = self.model._meta.get_field("postings").related_model
        places = posting_model.objects.on(day).select_related("unit", "window__zone")
        return self.prefetch_related(Prefetch("postings", queryset=places, to_attr="places_on_day"))


def _postings_on(day: dt.date | None = None) -> Any:
    from django.apps import apps

    return apps.get_model("people", "Posting").objects.on(day).filter(person=OuterRef("pk"))


def _matches(word: str) -> Any:
    places = _postings_on()
    number = word.removesuffix("窗口").removesuffix("号")
    # 买买提·艾力 is found with whatever dot somebody's keyboard gives, and without one.
    found: Any = Q(undotted_name__icontains=DOTS.sub("", word) or word) | Q(staff_number__istartswith=word)
    found |= Exists(
        places.filter(
            Q(unit__name__icontains=word) | Q(unit__short_name__icontains=word) | Q(window__name__icontains=word)
        )
    )
    if number:
        found |= Exists(places.filter(window__number__iexact=number))
    term = search_term(word)
    if term:
        found |= Q(search_key__contains=f" {term}") | Q(pinyin_initials__startswith=term)
    return found


class PostingQuerySet(models.QuerySet):
    def on(self, day: dt.date | None = None) -> PostingQuerySet:
        """In force on a day."""
        return self.filter(in_force(day))

    def open(self) -> PostingQuerySet:
        """Without a last day."""
        return self.filter(ends_on__isnull=True)


class LeadershipQuerySet(models.QuerySet):
    def on(self, day: dt.date | None = None) -> LeadershipQuerySet:
        """In force on a day."""
        return self.filter(in_force(day))


class MembershipQuerySet(models.QuerySet):
    def on(self, day: dt.date | None = None) -> MembershipQuerySet:
        """In force on a day."""
        return self.filter(in_force(day))


class CorrectionRequestQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> CorrectionRequestQuerySet:
        """One's own; the personnel office sees all."""
        if not is_signed_in(user):
            return self.none()
        return self if user.has_role(roles.HR_ADMIN) else self.filter(person__user=user)

    def waiting(self) -> CorrectionRequestQuerySet:
        return self.filter(state="open")


class IdentityDisclosureQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> IdentityDisclosureQuerySet:
        """Auditors see all; everyone those about themselves."""
        if not is_signed_in(user):
            return self.none()
        return self if user.has_role(roles.AUDITOR) else self.filter(person__user=user)
