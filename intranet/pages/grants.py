"""What the role of site editor may do with pages, pictures and files."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from intranet.access.models import Role
from intranet.access.roles import SITE_EDITOR, sync_roles

from .models import HomePage

ON_PAGES = ("add_page", "change_page", "publish_page")
ON_FILES = ("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document")


def grant_pages() -> None:
    """Let site editors write below the home page and use the collections; may run any number of times."""
    role = Role.objects.select_related("group").filter(key=SITE_EDITOR).first()
    if role is None:
        sync_roles()
        role = Role.objects.select_related("group").get(key=SITE_EDITOR)
    home, collection = HomePage.objects.first(), Collection.get_first_root_node()
    for permission in _named(ON_PAGES, "wagtailcore"):
        GroupPagePermission.objects.get_or_create(group=role.group, page=home, permission=permission)
    for permission in _named(ON_FILES, "wagtailimages", "wagtaildocs"):
        GroupCollectionPermission.objects.get_or_create(
            group=role.group, collection=collection, permission=permission
        )


def _named(codenames: tuple[str, ...], *apps: str) -> Any:
    return Permission.objects.filter(codename__in=codenames, content_type__app_label__in=apps)
