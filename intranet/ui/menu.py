"""The menu: what apps registered, narrowed to the person who looks, the current place marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .registry import NavigationItem, navigation_items

AREA_LABELS = {"main": _("The hall"), "office": _("Office work"), "me": _("Mine")}


@dataclass(frozen=True)
class Place:
    """One line of the menu; ``current`` is "page" on the place itself, "true" somewhere below it, or ""."""

    key: str
    label: Any
    url: str
    current: str = ""


@dataclass(frozen=True)
class Area:
    """A group of places: ``main``, ``office`` or ``me``."""

    key: str
    label: Any
    places: list[Place]


def _current(items: list[tuple[NavigationItem, str]], path: str) -> str:
    """The address that names where the person is: the longest one the path starts with."""
    under = [url for item, url in items if path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))]
    return max(under, key=len, default="")


def areas(request: HttpRequest | None) -> list[Area]:
    """The areas that hold at least one place for this person; none for strangers."""
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return []
    items = [(item, reverse(item.url_name)) for item in navigation_items() if item.visible(user)]
    here = _current(items, request.path)
    found = []
    for key, label in AREA_LABELS.items():
        places = [
            Place(item.key, item.label, url, _mark(url, here, request.path))
            for item, url in items
            if item.area == key
        ]
        if places:
            found.append(Area(key, label, places))
    return found


def _mark(url: str, here: str, path: str) -> str:
    if url != here:
        return ""
    return "page" if path == url else "true"
