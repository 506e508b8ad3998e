"""Refusals in words where Wagtail would answer 500 or lose rows of a plug-in that is taken out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import ProtectedError, RestrictedError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from wagtail.models import Page

from .unplugged import holds_unplugged, is_unplugged, nearest_known

# What changes or destroys a page together with everything below it.
WRITING = frozenset(
    {
        "edit",
        "delete",
        "copy",
        "move",
        "move_confirm",
        "unpublish",
        "convert_alias",
        "set_page_position",
        "revisions_revert",
    }
)


class UnpluggedPagesMiddleware:
    """Stands before Wagtail's page views: its own hooks run after the point where they fail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not request.path.startswith("/admin/"):
            return None
        if not request.user.has_perm("wagtailadmin.access_admin"):
            return None
        named, written = _pages_touched(request, match.namespaces, match.url_name or "", kwargs)
        for page in Page.objects.filter(pk__in=named | written):
            if is_unplugged(page) or (page.pk in written and holds_unplugged(page)):
                return _refused(request, page)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A row something else still needs: a sentence instead of a broken page."""
        if not _is_still_needed(exception):
            return None
        return render(request, "pages/still_needed.html", status=409)


def _pages_touched(
    request: HttpRequest, namespaces: list[str], name: str, kwargs: dict[str, Any]
) -> tuple[set[int], set[int]]:
    """Primary keys of the pages a request names, and of those it changes with everything below them."""
    if name == "wagtail_bulk_action" and kwargs.get("model_name") == "page":
        return set(), _chosen_in_bulk(request)
    if "wagtailadmin_pages" in namespaces or name.startswith("wagtailadmin_explore"):
        subject = {kwargs[key] for key in ("page_id", "page_to_move_id") if key in kwargs}
        around = {kwargs[key] for key in ("parent_page_id", "destination_id") if key in kwargs}
        return (around, subject) if name in WRITING else (around | subject, set())
    return set(), set()


def _chosen_in_bulk(request: HttpRequest) -> set[int]:
    """The ticked pages; "all" of a listing counts as the page that is listed, or as the whole tree."""
    chosen = request.GET.getlist("id")
    if "all" in chosen:
        parent = request.GET.get("childOf", "")
        return {int(parent)} if parent.isdecimal() else set(Page.get_root_nodes().values_list("pk", flat=True))
    return {int(key) for key in chosen if key.isdecimal()}


def _refused(request: HttpRequest, page: Page) -> HttpResponse:
    if is_unplugged(page):
        sentence = _(
            "“%(title)s” belongs to an application that is not switched on here. "
            "Nothing was changed. Ask the system administrator to switch the application on first."
        ) % {"title": page.title}
    else:
        sentence = _(
            "Below “%(title)s” there are pages of an application that is not switched on here, "
            "and they must not get lost. Nothing was changed. Ask the system administrator to switch "
            "the application on first."
        ) % {"title": page.title}
    if "application/json" in request.headers.get("Accept", "") and not request.accepts("text/html"):
        answer = {"success": False, "error_code": "unplugged", "error_message": sentence}
        return JsonResponse(answer, status=400)
    messages.error(request, sentence)
    return redirect("wagtailadmin_explore", nearest_known(page).pk)


def _is_still_needed(exception: Exception) -> bool:
    if isinstance(exception, (ProtectedError, RestrictedError)):
        return True
    # SQLite and PostgreSQL name a broken reference with these words.
    return isinstance(exception, IntegrityError) and "foreign key" in str(exception).lower()
