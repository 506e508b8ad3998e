"""Whose pages these are: for those to whom some kind of sheet is open, and each upload for who brought it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from intranet.access.downloads import download
from intranet.access.views import visible_or_404

from ..models import SheetUpload
from ..registry import kinds_for
from ..rights import uses_sheets

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def for_those_who_import(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """403 for everyone whom no kind of sheet is open to."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not uses_sheets(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def own_upload(request: HttpRequest, pk: int) -> SheetUpload:
    """One's own upload, of a kind one may still use or that is not yet known; anything else is missing."""
    upload = visible_or_404(SheetUpload, request.user, pk=pk)
    if upload.kind and upload.kind not in kinds_for(request.user):
        raise Http404
    return upload


def file_response(held: BytesIO, name: str, content_type: str) -> HttpResponse:
    return download(held.getvalue(), name, content_type)
