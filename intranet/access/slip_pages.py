"""Slips as they are printed: eight to an A4 page, each with a QR code that opens the form filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from intranet.ui.addresses import is_reachable

from . import one_time

ON_A_PAGE = 8
# From how many characters on a name or a department is set smaller.
LONG_NAME, LONGEST_NAME, LONG_PLACE = 9, 25, 25


@dataclass(frozen=True)
class Slip:
    """What stands on one slip. ``place`` is the department, or ""."""

    name: str
    username: str
    code: str
    expires: dt.datetime
    place: str = ""

    @property
    def printed_code(self) -> str:
        return one_time.grouped(self.code)

    @property
    def name_size(self) -> str:
        """ "", "long" or "longest": some names have five parts."""
        return "longest" if len(self.name) >= LONGEST_NAME else "long" if len(self.name) >= LONG_NAME else ""

    @property
    def has_long_place(self) -> bool:
        return len(self.place) >= LONG_PLACE


def link(slip: Slip, address: str) -> str:
    """Behind the # stands what a browser never sends to a server: no log and no proxy sees the code."""
    return f"{address}#{quote(slip.username)}/{slip.code}"


def code_of(slip: Slip, address: str) -> segno.QRCode:
    """The picture to scan; ``address`` is where codes are entered."""
    return segno.make(link(slip, address), error="m", micro=False, boost_error=False)


def page(
    request: HttpRequest,
    slips: Sequence[Slip],
    *,
    back: str,
    word: Callable[[Sequence[tuple[Slip, segno.QRCode]], str], str] | None = None,
) -> HttpResponse:
    """The one page that ever holds these codes; no browser and no proxy keeps it.

    ``word(slips with their pictures, address)`` gives them as a Word file: a link that holds the file itself, or "".
    """
    address = request.build_absolute_uri(reverse("access:activate"))
    coded = [(slip, code_of(slip, address)) for slip in slips]
    drawn = [{"slip": slip, "code": code.svg_data_uri(border=2, light="#fff")} for slip, code in coded]
    sheets = [drawn[start : start + ON_A_PAGE] for start in range(0, len(drawn), ON_A_PAGE)]
    context = {"sheets": sheets, "count": len(slips), "address": address, "back": back}
    context["reachable"] = is_reachable(request)
    context["word"] = word(coded, address) if word is not None else ""
    response = render(request, "access/slips.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response
