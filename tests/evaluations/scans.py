"""Uploads for tests: a small PDF, and pictures that carry the place where they were taken."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def pdf(name: str = "scan.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def photo(kind: str = "JPEG", name: str = "IMG_0001.jpg", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    """A picture whose EXIF names a camera and a place."""
    picture, written = Image.new("RGB", size, "white"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    picture.save(written, kind, exif=exif)
    return SimpleUploadedFile(name, written.getvalue(), "image/jpeg")
