"""Keeps a terminal's browser to the ballot: nothing else of the site opens there, and nobody stays signed in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from intranet.access.registry import BrowserGate

from .models import Terminal
from .services import terminals

COOKIE = "hall_terminal"
SALT = "evaluations.terminal"
# In the session of somebody who signed in at a terminal: its number.
MARK = "evaluations.terminal"
# Seconds without a sign of life until the session is gone; counted by the server, the page only helps.
PATIENCE = 60
START = "evaluations:terminal"
OPEN_TO_VOTERS = frozenset({"evaluations:vote", "evaluations:receipt", "evaluations:terminal_stay"})


def terminal_of(request: HttpRequest) -> Terminal | None:
    """The terminal this browser is, by its signed cookie."""
    if COOKIE not in request.COOKIES:
        return None
    return terminals.of_token(request.get_signed_cookie(COOKIE, default="", salt=SALT) or "")


def answer(request: HttpRequest) -> HttpResponseBase | None:
    """None lets the request through; anything but the ballot leads to the terminal's start."""
    terminal = terminal_of(request)
    mark = request.session.get(MARK)
    if terminal is None and mark is None:
        return None
    match = request.resolver_match
    name = match.view_name if match is not None else ""
    if terminal is None or (request.user.is_authenticated and mark != terminal.pk):
        # Ended meanwhile, or signed in elsewhere than at this terminal.
        logout(request)
        return None if name == START else redirect(START)
    request.terminal = terminal  # type: ignore[attr-defined]
    request.ballot_frame = "evaluations/terminal_frame.html"  # type: ignore[attr-defined]
    if name == START or request.path.startswith(settings.STATIC_URL):
        return None
    if name in OPEN_TO_VOTERS and request.user.is_authenticated:
        request.session.set_expiry(PATIENCE)
        return None
    return _to_start(request)


def _to_start(request: HttpRequest) -> HttpResponse:
    # 303: a ballot sent after the minute was over is not sent again to the start.
    response = HttpResponseRedirect(reverse(START))
    response.status_code = 303
    return response


GATE = BrowserGate("evaluations.terminal", answer)
