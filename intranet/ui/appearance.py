"""How a person likes to read: light, dark or as the machine says; normal or large text. Kept in cookies."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

THEME_COOKIE = "hall_theme"
TEXT_COOKIE = "hall_text"
THEMES = ("auto", "light", "dark")
TEXTS = ("normal", "large")


@dataclass(frozen=True)
class Appearance:
    """``theme`` is one of THEMES, ``text`` one of TEXTS."""

    theme: str = "auto"
    text: str = "normal"

    @property
    def dark_media(self) -> str:
        """For which media the dark tokens count; paper stays white in every theme."""
        return {"dark": "screen", "light": "not all"}.get(self.theme, "screen and (prefers-color-scheme: dark)")


def appearance_of(request: HttpRequest) -> Appearance:
    """The person's choice; an unknown value in a cookie counts as none."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    text = request.COOKIES.get(TEXT_COOKIE, "")
    return Appearance(theme if theme in THEMES else THEMES[0], text if text in TEXTS else TEXTS[0])
