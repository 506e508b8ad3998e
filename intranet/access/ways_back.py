"""Where somebody may be led after signing in: to a page, never to an address that only takes forms."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

LEADS_NOWHERE = frozenset(
    {
        "access:sign_in",
        "access:sign_out",
        "access:wagtail_login",
        "access:wagtail_frontend_login",
        "wagtailadmin_logout",
    }
)
READS = frozenset({"GET", "HEAD", "OPTIONS"})


def leads_somewhere(address: str) -> bool:
    """Whether an address of this site shows a page to whoever opens it."""
    try:
        match = resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return False
    return match.view_name not in LEADS_NOWHERE and can_be_read(match.func)


def can_be_read(view: Callable[..., Any]) -> bool:
    of_class = getattr(view, "view_class", None)
    if of_class is not None:
        return hasattr(of_class, "get") and "get" in of_class.http_method_names
    return all("GET" in methods for methods in _permitted(view))


def _permitted(view: Any) -> list[list[str]]:
    """The lists that ``require_POST`` and its kin hold around a view. They keep them nowhere but in their closure."""
    found = []
    while view is not None:
        if inspect.isfunction(view):
            names = inspect.getclosurevars(view).nonlocals
            found += [names["request_method_list"]] if "request_method_list" in names else []
        view = getattr(view, "__wrapped__", None)
    return found


def page_of_the_form(request: HttpRequest) -> str:
    """Path and query of the page a form was sent from, or nothing: the browser says so itself, of this site only."""
    before = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(before)
    address = urlunsplit(("", "", parts.path, parts.query, ""))
    return address if leads_somewhere(address) else ""


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """A form sent after the session has ended is not done, and its address often shows no page.

    So whoever sent it is told, and comes back to the page the form stands on; to the desk where that is not known.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        if request.method in READS:
            return super().handle_no_permission(request, view_func)
        match = request.resolver_match
        if match is None or match.view_name not in LEADS_NOWHERE:
            messages.warning(
                request,
                _("You were no longer signed in, and what you sent was not done. Sign in, then send it again."),
            )
        address, sign_in = page_of_the_form(request), self.get_login_url(view_func)
        return redirect_to_login(address, sign_in) if address else redirect(sign_in)
