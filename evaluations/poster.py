"""The QR code for the wall, and the text for the hall's group chat."""

from __future__ import annotations

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from intranet.ui.templatetags.ui import hall_date, hall_datetime

from .models import Election

Phase = Election.Phase


def vote_address(request: HttpRequest, election: Election) -> str:
    """The whole address of the ballot page, as reached by whoever prints the poster."""
    return request.build_absolute_uri(reverse("evaluations:vote", kwargs={"slug": election.slug}))


def qr_image(address: str) -> str:
    """The code as an SVG data address, black on white whatever the theme."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=10, border=2, dark="#000", light="#fff")


def group_text(request: HttpRequest, election: Election) -> str:
    """What the officer pastes into the group chat; "" when there is nothing to tell in this phase."""
    kind = TEXTS.get(election.phase)
    if kind is None:
        return ""
    name = (
        "recommend"
        if election.phase == Phase.RECOMMENDATION
        else "vote"
        if election.phase == Phase.VOTING
        else "notice"
    )
    address = request.build_absolute_uri(reverse(f"evaluations:{name}", kwargs={"slug": election.slug}))
    return kind(election, address)


def _recommendation_text(election: Election, address: str) -> str:
    return _(
        "[%(hall)s] %(round)s: recommendations are open until %(until)s. "
        "You may recommend yourself or a colleague. Sign in here: %(address)s"
    ) % {
        "hall": settings.HALL_NAME,
        "round": election,
        "until": hall_datetime(election.recommendation_closes),
        "address": address,
    }


def _voting_text(election: Election, address: str) -> str:
    return _(
        "[%(hall)s] %(round)s: voting is open until %(until)s. "
        "Vote on your phone in half a minute, or scan the code on the wall: %(address)s"
    ) % {
        "hall": settings.HALL_NAME,
        "round": election,
        "until": hall_datetime(election.voting_closes),
        "address": address,
    }


def _notice_text(election: Election, address: str) -> str:
    return _(
        "[%(hall)s] %(round)s: the result is on public notice until %(until)s. "
        "Read it here; objections go to the union office: %(address)s"
    ) % {
        "hall": settings.HALL_NAME,
        "round": election,
        "until": hall_date(election.notice_last),
        "address": address,
    }


def _published_text(election: Election, address: str) -> str:
    return _("[%(hall)s] %(round)s: the commendation is published. Congratulations: %(address)s") % {
        "hall": settings.HALL_NAME,
        "round": election,
        "address": address,
    }


TEXTS = {
    Phase.RECOMMENDATION: _recommendation_text,
    Phase.VOTING: _voting_text,
    Phase.PUBLIC_NOTICE: _notice_text,
    Phase.PUBLISHED: _published_text,
}
