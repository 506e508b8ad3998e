"""A file that is made for one person: kept by no cache in between, and named as its reader would name it."""

from __future__ import annotations

from typing import BinaryIO, TypeVar
from urllib.parse import quote

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

Answer = TypeVar("Answer", bound=HttpResponseBase)


def download(content: bytes, name: str, content_type: str) -> HttpResponse:
    """The answer that saves ``content`` under ``name``, without what no file system takes in a name."""
    return saved_as(HttpResponse(content, content_type=content_type), name)


def saved_as(response: Answer, name: str) -> Answer:
    """The headers by which a browser saves what it gets, and nobody in between keeps it."""
    safe = "".join("_" if letter in '\\/:*?"<>|' or ord(letter) < 32 else letter for letter in name)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(safe)}"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def stream(file: BinaryIO, name: str, content_type: str) -> FileResponse:
    """The answer that saves a file too large to hold; it is closed when it has been sent."""
    response = FileResponse(file, content_type=content_type)
    return saved_as(response, name)
