"""The choices of language and appearance, the error pages, and the gallery of components."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from . import gallery as showcase
from .appearance import TEXT_COOKIE, TEXTS, THEME_COOKIE, THEMES

YEAR = 365 * 24 * 60 * 60


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To where the person was; never to another site."""
    wanted = request.POST.get("next") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        wanted = "/"
    return HttpResponseRedirect(wanted)


def _remember(response: HttpResponse, cookie: str, value: str) -> None:
    response.set_cookie(
        cookie, value, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language; an unknown one changes nothing."""
    response = _back(request)
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        _remember(response, settings.LANGUAGE_COOKIE_NAME, wanted)
    return response


@login_not_required
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Remember theme and text size; an unknown value changes nothing."""
    response = _back(request)
    for name, cookie, known in (("theme", THEME_COOKIE, THEMES), ("text", TEXT_COOKIE, TEXTS)):
        wanted = request.POST.get(name, "")
        if wanted in known:
            _remember(response, cookie, wanted)
    return response


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component with the content of a hall; in local settings only."""
    if not settings.UI_GALLERY:
        raise Http404
    return render(request, "ui/gallery.html", showcase.everything(request.GET.get("page")))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Without request and database: whatever broke must not break this page too."""
    return HttpResponse(render(None, "500.html").content, status=500)
