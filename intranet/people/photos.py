"""Portraits as they are kept: small, and without what the camera wrote into them (place, device, time)."""

from __future__ import annotations

import io
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from .exceptions import RegisterError

LARGEST = (600, 800)  # pixels


def portrait(upload: Any) -> ContentFile:
    """The picture drawn anew as a JPEG within 600 × 800, turned upright, under a name that says nothing.

    Raises RegisterError for a file that is no picture.
    """
    try:
        upload.seek(0)
        with Image.open(upload) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail(LARGEST)
            # A new image takes the pixels and leaves everything else behind.
            plain = Image.new("RGB", upright.size)
            plain.paste(upright)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise RegisterError(_("The photo cannot be read. Choose a JPEG or PNG picture.")) from error
    written = io.BytesIO()
    plain.save(written, "JPEG", quality=88)
    return ContentFile(written.getvalue(), name=f"{uuid.uuid4().hex}.jpg")
