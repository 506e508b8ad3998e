"""Who may use sheets, and who may read an uploaded file."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from .models import SheetUpload
from .registry import kinds_for


def uses_sheets(user: Any) -> bool:
    """Whether there is any kind this user may import."""
    return bool(user.is_authenticated and kinds_for(user))


def may_read_file(user: Any, path: str) -> bool:
    """An uploaded sheet is read by who uploaded it, as long as its kind is open to them.

    ``path`` is relative to the uploads folder.
    """
    own = SheetUpload.objects.visible_to(user).with_file().filter(kind__in=list(kinds_for(user)))
    return own.filter(sha256=PurePosixPath(path).name).exists()
