"""A file that is made for one person: kept by no cache in between, and named as its reader would name it."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse


def download(content: bytes, name: str, content_type: str) -> HttpResponse:
    """The answer that saves ``content`` under ``name``, without what no file system takes in a name."""
    safe = "".join("_" if letter in '\\/:*?"<>|' or ord(letter) < 32 else letter for letter in name)
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(safe)}"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
