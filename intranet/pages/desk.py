"""My desk: what waits first, who this person is here, and the tools of their office."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access.roles import ROLES, STAFF
from intranet.people.reach import person_of, place_of
from intranet.ui.registry import DeskCard, desk_cards, navigation_items

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class DrawnCard:
    key: str
    html: SafeString
    waiting: bool


@dataclass(frozen=True)
class Tool:
    """A tool of an office: where it leads, and what one does there."""

    label: Any
    sentence: Any
    url: str


def drawn_cards(request: HttpRequest) -> list[DrawnCard]:
    """The cards that have something to show this person, those with something to do first.

    A card's ``context`` may set ``waiting`` itself and so overrule its registration. A card that
    fails is logged and replaced by a neutral sentence; the others are shown as ever.
    """
    found = [drawn for card in desk_cards() if (drawn := _drawn(card, request)) is not None]
    return sorted(found, key=lambda drawn: not drawn.waiting)


def _drawn(card: DeskCard, request: HttpRequest) -> DrawnCard | None:
    try:
        context = card.context(request)
        if context is None:
            return None
        waiting = bool(context.get("waiting", card.waiting))
        html = render_to_string(card.template, {**context, "card": {"key": card.key, "waiting": waiting}}, request)
    except Exception:
        # Whatever goes wrong in somebody else's card, the desk itself must stand.
        logger.exception("The desk card %s could not be drawn", card.key)
        html = render_to_string("pages/failed_card.html", {"card": {"key": card.key}}, request)
        waiting = False
    return DrawnCard(card.key, html, waiting)


def greeting() -> str:
    """By the hall's clock, for the time of day."""
    hour = clock.now().astimezone(clock.HALL_ZONE).hour
    if hour < 11:
        return _("Good morning")
    return _("Good day") if hour < 14 else _("Good afternoon") if hour < 18 else _("Good evening")


def roles_of(user: Any) -> list[Any]:
    """The words for what this person is here, in the order of the roles; "Staff" only when it is all."""
    held = [kind.label for key, kind in ROLES.items() if key != STAFF and user.has_role(key)]
    return held or [ROLES[STAFF].label]


def office_tools(user: Any) -> list[Tool]:
    """What this person's roles let them do, as the menu's area "office" has it."""
    return [
        Tool(item.label, item.sentence, reverse(item.url_name))
        for item in navigation_items()
        if item.area == "office" and item.visible(user)
    ]


def desk(request: HttpRequest) -> dict[str, Any]:
    """Everything the desk's template shows."""
    cards = drawn_cards(request)
    return {
        "greeting": greeting(),
        "roles": roles_of(request.user),
        "place": place_of(person_of(request.user)),
        "waiting": [card for card in cards if card.waiting],
        "cards": [card for card in cards if not card.waiting],
        "tools": office_tools(request.user),
        "today": clock.today(),
    }
