"""Slots: what apps may add to my desk, to a person's page and to the menu."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from intranet.socket import collect


@dataclass(frozen=True)
class DeskCard:
    """A card on my desk.

    ``context(request)`` gives the template's variables, or None when there is nothing to
    show this person. ``template`` draws the card (extend ``ui/desk_card.html``).
    A card whose ``waiting`` is true holds something the person must do; these come first.
    """

    key: str
    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]
    order: int = 100
    waiting: bool = False


@dataclass(frozen=True)
class ProfileSection:
    """A section of the page of a person or a window (``of``).

    ``context(request, person)`` may answer None to stay away.
    """

    key: str
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None]
    order: int = 100
    of: str = "person"


@dataclass(frozen=True)
class NavigationItem:
    """A place in the menu. ``visible(user)`` decides who sees it. ``area``: "main", "office" or "me".

    ``sentence`` says what one does there; my desk shows it beside the tools of the area "office".
    """

    key: str
    label: Any
    url_name: str
    visible: Callable[[Any], bool] = lambda user: True
    order: int = 100
    area: str = "main"
    sentence: Any = ""


def _ordered(hook_name: str) -> list[Any]:
    return sorted(collect(hook_name).values(), key=lambda item: (item.order, item.key))


def desk_cards() -> list[DeskCard]:
    return _ordered("register_desk_card")


def profile_sections(of: str = "person") -> list[ProfileSection]:
    """The sections of persons' pages, or of windows'."""
    return [section for section in _ordered("register_profile_section") if section.of == of]


def navigation_items() -> list[NavigationItem]:
    return _ordered("register_navigation_item")
