"""Files of papers and templates: whole under their name or not there, and never two under one."""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from ..exceptions import PaperError

FOLDER, TEMPLATES = "papers", "papers/templates"


@dataclass(frozen=True)
class Kept:
    """A file that is on disk: its path below var/uploads, its fingerprint and size."""

    file: str
    sha256: str
    size: int


def located(file: str) -> Path:
    return Path(settings.MEDIA_ROOT) / file


def keep(data: bytes, folder: str) -> Kept:
    """Write bytes under a name nobody else has; raises PaperError when the disk takes them not."""
    name = f"{folder}/{uuid.uuid4().hex}.docx"
    place = located(name)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, held = tempfile.mkstemp(dir=place.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(held, place)
        finally:
            Path(held).unlink(missing_ok=True)
    except OSError as error:
        raise PaperError(
            _("The paper could not be kept: the disk is full or not writable. Tell the administrator.")
        ) from error
    return Kept(name, hashlib.sha256(data).hexdigest(), len(data))


def discard(file: str) -> None:
    located(file).unlink(missing_ok=True)
