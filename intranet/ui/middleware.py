"""Language by cookie; parts of admin pages made whole; the number of queries, in local and test settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe


class LanguageMiddleware:
    """Chinese first: only the person's own choice (a cookie) changes the language.

    The browser's header is left aside on purpose: many office machines in a hall
    run an English system, and their users still read Chinese.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        known = dict(settings.LANGUAGES)
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class WholePageMiddleware:
    """A part of an admin page, opened as a page of its own, gets a title, a language and a way back.

    Wagtail's listings fetch their rows from addresses such as ``…/results/``. Opened in a new tab, or restored
    by a browser, such a row list would be a document without a head. ``Sec-Fetch-Dest: document`` is what
    browsers send for a page and never for what a script fetches.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/admin/") and self.is_part(response):
            patch_vary_headers(response, ["Sec-Fetch-Dest"])
            if request.headers.get("Sec-Fetch-Dest") == "document":
                self.make_whole(request, response)
        return response

    def is_part(self, response: HttpResponse) -> bool:
        if response.streaming or response.status_code != 200 or "Content-Disposition" in response.headers:
            return False
        kind = response.headers.get("Content-Type", "")
        return kind.startswith("text/html") and b"<html" not in response.content[:4096].lower()

    def make_whole(self, request: HttpRequest, response: HttpResponse) -> None:
        part = response.content.decode(response.charset)
        # What a view of the admin has answered is markup already.
        page = render_to_string("ui/part_of_the_desk.html", {"part": mark_safe(part)}, request)
        response.content = page.encode(response.charset)


class ServerTimingMiddleware:
    """``Server-Timing: db;desc="7"``: how many queries this response took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = 0

        def counting(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal count
            count += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(counting):
            response = self.get_response(request)
        response.headers["Server-Timing"] = f'db;desc="{count}"'
        return response
