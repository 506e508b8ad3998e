"""The editor's desk under /admin/ in the hall's colours, its fields named, without links that leave the hall."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail.admin.menu import MenuItem


def stylesheet() -> str:
    """The link to the colours."""
    return format_html('<link rel="stylesheet" href="{}">', static("ui/admin.css"))


def script() -> str:
    """The link to the script that names fields Wagtail leaves without a name."""
    return format_html('<script src="{}" defer></script>', static("ui/admin.js"))


def keep_inside(request: HttpRequest, items: list[MenuItem]) -> None:
    """Take out help items that point to other sites: nothing leaves the hall's network."""
    outside = ("http:", "https:", "//")
    items[:] = [item for item in items if not str(getattr(item, "url", "") or "").startswith(outside)]
