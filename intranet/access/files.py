"""Files under var/uploads: nothing there is public, each one is served after asking who may read it."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from .registry import PrivateFile, private_files

# What a browser shows without running anything; all else is downloaded.
SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})


def rule_for(path: str) -> PrivateFile | None:
    """The registered rule with the longest prefix of the path, or None."""
    fitting = [rule for rule in private_files().values() if path.startswith(rule.prefix)]
    return max(fitting, key=lambda rule: len(rule.prefix), default=None)


def may_read(user: Any, path: str) -> bool:
    """Nobody, unless a rule for the path says yes."""
    rule = rule_for(path)
    return rule is not None and user.is_authenticated and bool(rule.allowed(user, path))


def located(path: str) -> Path | None:
    """The file on disk, or None for anything that is not a plain path to a file inside the folder."""
    parts = path.split("/")
    if "\\" in path or "\0" in path or any(part in ("", ".", "..") or part.startswith(".") for part in parts):
        return None
    root = Path(settings.MEDIA_ROOT).resolve()
    found = root.joinpath(*parts)
    try:
        inside = found.resolve(strict=True).is_relative_to(root)
    except OSError:
        return None
    return found if inside and found.is_file() else None


def file(request: HttpRequest, path: str) -> HttpResponseBase:
    """A missing file and one this person may not read answer alike."""
    found = located(path)
    if found is None or not may_read(request.user, path):
        raise Http404
    status = found.stat()
    etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
    kind = mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    response: HttpResponseBase
    if settings.PRIVATE_FILES_ACCEL:
        response = HttpResponse(content_type=kind)
        response.headers["X-Accel-Redirect"] = settings.PRIVATE_FILES_ACCEL.rstrip("/") + "/" + quote(path)
    else:
        # Not modified is answered without opening the file.
        unchanged = get_conditional_response(request, etag=etag)
        response = unchanged or FileResponse(found.open("rb"), content_type=kind)
    response.headers["ETag"] = etag
    # The next person at the same machine must ask again.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    disposition = content_disposition_header(kind not in SHOWN, found.name)
    response.headers["Content-Disposition"] = disposition or "inline"
    return response
