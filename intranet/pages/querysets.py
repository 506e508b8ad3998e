"""Which pages someone may see, and the verbs of notices."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import ExtractYear
from wagtail.models import PageManager, PageViewRestriction
from wagtail.query import PageQuerySet

from .unplugged import only_known

if TYPE_CHECKING:
    from intranet.access.models import User


def _closed_to(user: User | AnonymousUser) -> Q:
    """Where view restrictions keep this person out. Pages under a password are never listed."""
    groups = set(user.groups.values_list("pk", flat=True)) if user.is_authenticated else set()
    closed = Q(pk__in=[])
    for restriction in PageViewRestriction.objects.select_related("page").prefetch_related("groups"):
        admitted = {
            PageViewRestriction.LOGIN: user.is_authenticated,
            PageViewRestriction.GROUPS: bool(groups & {group.pk for group in restriction.groups.all()}),
        }
        if not admitted.get(restriction.restriction_type, False):
            closed |= Q(path__startswith=restriction.page.path)
    return closed


def visible_pages(pages: Any, user: User | AnonymousUser) -> Any:
    """Published pages of a plugged-in type that this person may open; no drafts, nothing scheduled.

    ``pages`` is a queryset of any kind of page; gives one of the same kind.
    """
    closed = _closed_to(user)
    pages = only_known(pages.filter(live=True))
    return pages.exclude(closed) if closed.children != [("pk__in", [])] else pages


def open_to_all(pages: Any) -> Any:
    """Published pages that everyone who signs in may open: not those kept to groups or under a password."""
    for restriction in PageViewRestriction.objects.select_related("page"):
        if restriction.restriction_type != PageViewRestriction.LOGIN:
            pages = pages.exclude(path__startswith=restriction.page.path)
    return only_known(pages.filter(live=True))


class HallPageQuerySet(PageQuerySet):
    def open_to_all(self) -> HallPageQuerySet:
        return open_to_all(self)

    def visible_to(self, user: User | AnonymousUser) -> HallPageQuerySet:
        return visible_pages(self, user)


class NewsQuerySet(HallPageQuerySet):
    def newest(self) -> NewsQuerySet:
        return self.order_by("-date", "-pk")

    def with_pictures(self) -> NewsQuerySet:
        """Pictures and the small versions already made of them, in two more queries at most."""
        return self.select_related("picture").prefetch_related("picture__renditions")

    def years(self) -> list[int]:
        """The years something is dated in, newest first."""
        found = self.order_by().annotate(year=ExtractYear("date")).values_list("year", flat=True).distinct()
        return sorted(found, reverse=True)

    def of_year(self, year: int) -> NewsQuerySet:
        return self.filter(date__gte=dt.date(year, 1, 1), date__lte=dt.date(year, 12, 31))


class NoticeQuerySet(NewsQuerySet):
    def must_read(self) -> NoticeQuerySet:
        return self.filter(must_read=True)

    def with_read_mark(self, user: User) -> NoticeQuerySet:
        """Adds ``is_read``: whether this person has confirmed the notice."""
        receipts = self.model.receipts.rel.related_model
        return self.annotate(is_read=Exists(receipts.objects.filter(notice=OuterRef("pk"), user=user)))

    def unread_by(self, user: User) -> NoticeQuerySet:
        """Must-read notices this person has not confirmed yet."""
        return self.must_read().with_read_mark(user).filter(is_read=False)


HallPageManager = PageManager.from_queryset(HallPageQuerySet)
NewsManager = PageManager.from_queryset(NewsQuerySet)
NoticeManager = PageManager.from_queryset(NoticeQuerySet)
