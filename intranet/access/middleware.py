"""Who acts and from where, for the audit log; which addresses are read, what no browser keeps; the doors of
the editors' desk; its looser script policy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.datastructures import MultiValueDictKeyError

from intranet.ui.views import forbidden

from .audit import acting
from .editors_desk import has_business
from .sign_in import client_address

DESK_OF_EDITORS = "/admin/"
OPEN_TO_ALL_SIGNED_IN = frozenset(
    {
        *("wagtailadmin_sprite", "wagtailadmin_javascript_catalog", "wagtailadmin_logout"),
        *("access:wagtail_login", "access:wagtail_password_reset"),
    }
)

# Wagtail's own sentence (``wagtail.admin.auth.permission_denied``); its catalogue translates it.
REFUSAL = "Sorry, you do not have permission to access this area."


def _in(language: str) -> str:
    with translation.override(language):
        return translation.gettext(REFUSAL)


class AuditContextMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting(user=request.user, address=client_address(request)):
            return self.get_response(request)


class ReadableAddressMiddleware:
    """A NUL character in a path leads nowhere (404), in a query it is a bad request (400).

    No page, name or search word has one; PostgreSQL refuses such a text with an exception, which would be a 500
    in every list that looks for what the address says, Wagtail's included. Forms refuse it by themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest(translation.gettext("This address is not readable."))
        return self.get_response(request)


class PersonalPagesMiddleware:
    """What somebody signed in was shown is kept by no browser and no proxy, unless the view says otherwise.

    At a window several people share a machine: after signing out, neither the back button nor the browser's
    store on disk may bring the page back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Asked before the view: signing out makes a stranger of the request.
        is_personal = request.user.is_authenticated
        response = self.get_response(request)
        if is_personal and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class EditorsDeskMiddleware:
    """403 where Wagtail would send someone back and forth with a message.

    Without ``wagtailadmin.access_admin`` Wagtail sends a signed-in person to the sign-in page, which sends
    them back; with it, a page that is not theirs sends them to the editors' home.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(DESK_OF_EDITORS) and self.was_sent_home(request, response):
            return forbidden(request)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if not request.path.startswith(DESK_OF_EDITORS) or not request.user.is_authenticated:
            return
        match = request.resolver_match
        if match is not None and match.view_name in OPEN_TO_ALL_SIGNED_IN:
            return
        if match is not None and match.view_name == "wagtailadmin_error_test":
            # Wagtail's page for looking at a broken page; in a hall it is only a broken page.
            raise Http404
        if not request.user.has_perm("wagtailadmin.access_admin") or not has_business(request.user, match):
            raise PermissionDenied

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Three of Wagtail's views break on a form that arrives empty: they read a field that is not there, before
        anything is saved. 400 says so; every other exception stays what it is.
        """
        if request.method != "POST" or not request.path.startswith(DESK_OF_EDITORS):
            return None
        if set(request.POST) - {"csrfmiddlewaretoken"} or request.FILES:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        reads_a_link = name.startswith("wagtailadmin_choose_page") and isinstance(exception, AttributeError)
        if not reads_a_link and not isinstance(exception, MultiValueDictKeyError):
            return None
        return HttpResponseBadRequest(
            translation.gettext("The form arrived empty. Please go back and send it again.")
        )

    def was_sent_home(self, request: HttpRequest, response: HttpResponse) -> bool:
        if response.status_code != 302 or response.headers.get("Location") != reverse("wagtailadmin_home"):
            return False
        sentences = {_in(language) for language, _label in settings.LANGUAGES}
        queued = getattr(get_messages(request), "_queued_messages", [])
        refusals = [message for message in queued if any(sentence in str(message) for sentence in sentences)]
        for message in refusals:
            queued.remove(message)
        return bool(refusals)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere except under /admin/, whose page editor has inline scripts."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path.startswith(DESK_OF_EDITORS):
            response._csp_update = {  # type: ignore[attr-defined]
                "script-src": ["'unsafe-inline'"],
                "style-src": ["'unsafe-inline'"],
                "img-src": ["blob:"],
            }
        return super().process_response(request, response)
