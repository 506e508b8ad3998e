"""The QR code for the wall."""

from __future__ import annotations

import segno
from django.http import HttpRequest
from django.urls import reverse

from .models import Election


def vote_address(request: HttpRequest, election: Election) -> str:
    """The whole address of the ballot page, as reached by whoever prints the poster."""
    return request.build_absolute_uri(reverse("evaluations:vote", kwargs={"slug": election.slug}))


def qr_image(address: str) -> str:
    """The code as an SVG data address, black on white whatever the theme."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=10, border=2, dark="#000", light="#fff")
