"""Pictures and documents of the editors: who may read them, and what their files may not carry."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image as Pictures
from PIL import ImageOps
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, CollectionViewRestriction

from .registry import PrivateFile

CARRIES_METADATA = {"JPEG", "MPO", "PNG", "WEBP", "TIFF", "AVIF"}


def may_see_collection(user: Any, collection: Collection) -> bool:
    """Everyone signed in, unless the collection or one above it is restricted to groups or by a password.

    A password is asked for by Wagtail's document page; a file by itself has nobody to ask.
    """
    for restriction in collection.get_view_restrictions().prefetch_related("groups"):
        if restriction.restriction_type == CollectionViewRestriction.PASSWORD:
            return False
        if restriction.restriction_type == CollectionViewRestriction.GROUPS:
            allowed = {group.pk for group in restriction.groups.all()}
            if not allowed & set(user.groups.values_list("pk", flat=True)):
                return False
    return True


def may_see_rendition(user: Any, path: str) -> bool:
    rendition = get_image_model().get_rendition_model().objects.filter(file=path).select_related("image__collection")
    found = rendition.first()
    return found is not None and may_see_collection(user, found.image.collection)


def may_see_original(user: Any, path: str) -> bool:
    found = get_image_model().objects.filter(file=path).select_related("collection").first()
    return found is not None and may_see_collection(user, found.collection)


def may_see_document(user: Any, path: str) -> bool:
    found = get_document_model().objects.filter(file=path).select_related("collection").first()
    return found is not None and may_see_collection(user, found.collection)


PRIVATE_FILES = [
    PrivateFile("access.renditions", "images/", may_see_rendition),
    PrivateFile("access.originals", "original_images/", may_see_original),
    PrivateFile("access.documents", "documents/", may_see_document),
]


def without_metadata(source: Any, name: str) -> ContentFile | None:
    """The picture turned upright and without EXIF, XMP or comments (place, time and device of the shot).

    Takes an open file; gives None when there is nothing to take out or the file is no such picture.
    The colour profile stays.
    """
    source.seek(0)
    try:
        with Pictures.open(source) as picture:
            if picture.format not in CARRIES_METADATA or not _carries(picture):
                return None
            kind = "JPEG" if picture.format == "MPO" else picture.format
            return ContentFile(_written_anew(picture, kind), name=name)
    except (OSError, SyntaxError, ValueError):  # no picture: the form's own check says so
        return None
    finally:
        source.seek(0)


def _carries(picture: Any) -> bool:
    known = {"exif", "xmp", "XML:com.adobe.xmp", "Raw profile type exif", "comment", "photoshop", "mp"}
    return bool(picture.getexif()) or bool(known & set(picture.info)) or picture.format == "MPO"


def _written_anew(picture: Any, kind: str) -> bytes:
    upright = ImageOps.exif_transpose(picture)
    clean = upright.copy()
    profile = picture.info.get("icc_profile")
    clean.info = {key: value for key, value in picture.info.items() if key in ("transparency", "duration", "loop")}
    target = io.BytesIO()
    options: dict[str, Any] = {"icc_profile": profile} if profile else {}
    if kind in ("JPEG", "WEBP", "AVIF"):
        options["quality"] = 92
    clean.save(target, format=kind, exif=b"", **options)
    return target.getvalue()


def strip_at_upload(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Before an image is stored for the first time, or with a new file."""
    stored = instance.file
    if not stored or getattr(stored, "_committed", True):
        return
    clean = without_metadata(stored.file, stored.name)
    if clean is None:
        return
    instance.file.save(stored.name, clean, save=False)
    instance._set_image_file_metadata()
