"""What a scan or photo is kept as: known by its content, and without what the camera wrote into it."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from .exceptions import RoundError

LARGEST = 10 * 1024 * 1024  # bytes
LONGEST_SIDE = 4000  # pixels: a page of A4 at 300 dots an inch is 3,508 long
MOST_PIXELS = 60_000_000  # a page of A3 at 600 dots an inch has no more; larger ones would fill the memory
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


def cleaned(upload: Any) -> tuple[bytes, str]:
    """The bytes to keep and their ending (pdf, jpg, png, webp). Raises RoundError for anything else."""
    if upload.size > LARGEST:
        raise RoundError(_("The file is larger than 10 MB. Scan it in lower resolution and choose it again."))
    upload.seek(0)
    content = upload.read()
    return (content, "pdf") if is_pdf(content) else _redrawn(content)


def is_pdf(content: bytes) -> bool:
    """A PDF may begin with a few bytes of its own; readers look for its mark in the first kilobyte."""
    return b"%PDF-" in content[:1024]


def _redrawn(content: bytes) -> tuple[bytes, str]:
    """A new picture takes the pixels, turned upright, and leaves place, device and time behind."""
    try:
        with Image.open(io.BytesIO(content), formats=tuple(ENDINGS)) as picture:
            kind = str(picture.format)
            if picture.width * picture.height > MOST_PIXELS:
                raise RoundError(_("The picture is too large. Scan it in lower resolution and choose it again."))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise RoundError(_("This file cannot be read. Choose a PDF, or a JPEG, PNG or WebP picture.")) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new("RGB", upright.size)
    plain.paste(upright)
    written = io.BytesIO()
    plain.save(written, kind, **({} if kind == "PNG" else {"quality": 88}))
    return written.getvalue(), ENDINGS[kind]
