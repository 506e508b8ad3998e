"""Who has business where on Wagtail's desk: pages, pictures and documents are for people who work on them.

The right to enter the desk is shared by everybody who keeps any list there. Wagtail's own choosers, bulk actions
and confirmation pages ask for no more than that, and show titles of drafts and of closed collections to all of them.
"""

from __future__ import annotations

from typing import Any

from django.urls import ResolverMatch
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

WORK = frozenset({"add", "change", "delete", "publish", "bulk_delete", "lock", "unlock", "choose"})
PAGES = ("wagtailadmin_pages", "wagtailadmin_explore", "wagtailadmin_choose_page", "wagtailadmin_api:pages")
BY_NAME = {
    Page: (*PAGES, "wagtailadmin_workflows", "wagtailadmin_tag"),
    "image": ("wagtailimages", "wagtailadmin_api:images"),
    "document": ("wagtaildocs", "wagtailadmin_api:documents"),
}


def worked_on(match: ResolverMatch) -> Any:
    """The model that an address of the desk is about, if it is one of Wagtail's own with rights of its own."""
    models = {"image": get_image_model(), "document": get_document_model()}
    if match.view_name == "wagtail_bulk_action":
        wanted = (match.kwargs["app_label"], match.kwargs["model_name"])
        known = {(model._meta.app_label, model._meta.model_name): model for model in (Page, *models.values())}
        return known.get(wanted)
    for kind, names in BY_NAME.items():
        if match.view_name.startswith(names):
            return models.get(kind, kind)  # type: ignore[arg-type]
    return None


def has_business(user: Any, match: ResolverMatch | None) -> bool:
    """Whether the person may do any work on what the address is about; every other address decides by itself."""
    model = worked_on(match) if match is not None else None
    if model is None:
        return True
    policy = policy_registry.get_by_type(model, fallback=False)
    return bool(policy.user_has_any_permission(user, WORK))
