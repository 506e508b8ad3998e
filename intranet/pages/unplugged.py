"""Pages whose plug-in is taken out: their rows stay, and nobody may see, change or lose them.

Wagtail shows such a page as a bare stub, answers 500 when it is edited, moved or copied, and
deletes it together with a parent. So the ground leaves them out of every list, answers 404 for
them, and refuses in words what would touch them.
"""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from wagtail.models import Page, get_page_models


def known_types() -> list[int]:
    """Primary keys of the content types of every page model that is plugged in (kept by Django)."""
    return [kind.pk for kind in ContentType.objects.get_for_models(*get_page_models()).values()]


def only_known(pages: QuerySet) -> QuerySet:
    return pages.filter(content_type__in=known_types())


def is_unplugged(page: Page) -> bool:
    return page.content_type_id not in known_types()


def holds_unplugged(page: Page) -> bool:
    """Whether the page, or anything below it, is of a type that is not plugged in."""
    return page.get_descendants(inclusive=True).exclude(content_type__in=known_types()).exists()


def nearest_known(page: Page) -> Page:
    """The page itself, or the closest one above it whose type is plugged in."""
    return only_known(page.get_ancestors(inclusive=True)).last() or Page.get_first_root_node()
