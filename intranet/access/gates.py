"""What stands between signing in and the site: the second factor, a password of one's own, setting a factor up.

Closed by default: whoever has not passed gets to no view but those a gate names and those that strangers may see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from . import phones
from .models import RememberedPhone, User
from .registry import browser_gates
from .ways_back import leads_somewhere

FACTOR = "second_factor"
# The page somebody was on the way to, for when the code has been given.
AFTERWARDS = "after_second_factor"
WAY_OUT = frozenset({"access:sign_out", "access:sign_in", "access:sign_in_help", "ui:language", "ui:appearance"})


@dataclass(frozen=True)
class Gate:
    """``closed(request)`` for somebody signed in; they are sent to ``leads_to`` and may use ``open_views``."""

    leads_to: str
    closed: Callable[[HttpRequest], bool]
    open_views: frozenset[str]


def passed_second_factor(request: HttpRequest, user: User) -> None:
    """This session is good for the factor as it is set up now."""
    request.session[FACTOR] = user.second_factor_since.isoformat() if user.second_factor_since else ""


def _code_is_due(request: HttpRequest) -> bool:
    since = request.user.second_factor_since  # type: ignore[union-attr]
    return since is not None and request.session.get(FACTOR) != since.isoformat()


def _password_is_due(request: HttpRequest) -> bool:
    return request.user.must_change_password  # type: ignore[union-attr]


def _set_up_is_due(request: HttpRequest) -> bool:
    user: Any = request.user
    return settings.OFFICERS_NEED_TWO_FACTORS and user.second_factor_since is None and user.has_officer_rights


GATES = (
    Gate("access:second_factor", _code_is_due, WAY_OUT | {"access:second_factor"}),
    Gate("access:password", _password_is_due, WAY_OUT | {"access:password"}),
    Gate("access:two_factors", _set_up_is_due, WAY_OUT | {"access:two_factors", "access:password"}),
)


class BrowserGatesMiddleware:
    """Before the site asks who somebody is: browsers that plug-ins keep to a few pages (a terminal in the hall)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        answers = (gate.answer(request) for gate in browser_gates().values())
        return next((answer for answer in answers if answer is not None), None)


class SignInGatesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if not request.user.is_authenticated or not getattr(view, "login_required", True):
            return None
        gate = next((gate for gate in GATES if gate.closed(request)), None)
        match = request.resolver_match
        if gate is None or (match is not None and match.view_name in gate.open_views):
            return None
        path = request.get_full_path()
        if request.method == "GET" and request.accepts("text/html") and gate is GATES[0] and leads_somewhere(path):
            request.session[AFTERWARDS] = path
        return redirect(gate.leads_to)


class RememberedPhoneMiddleware:
    """A session that a remembered phone keeps for a month ends as soon as the phone is forgotten."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        phone = request.session.get(phones.MARK)
        if phone is not None and request.user.is_authenticated:
            mine = RememberedPhone.objects.good().filter(pk=phone, user=request.user)
            if not mine.exists():
                logout(request)
        return self.get_response(request)
