"""Headings this hall uses beside those a kind knows: said once, remembered for everyone who imports the kind."""

from __future__ import annotations

from collections.abc import Mapping

from .models import KnownHeading


def known_headings() -> dict[str, dict[str, str]]:
    """Kind → spelling of the heading → name of the column it means."""
    found: dict[str, dict[str, str]] = {}
    for kind, spelling, column in KnownHeading.objects.values_list("kind", "spelling", "column"):
        found.setdefault(kind, {})[spelling] = column
    return found


def known_headings_of(kind: str) -> Mapping[str, str]:
    return dict(KnownHeading.objects.filter(kind=kind).values_list("spelling", "column"))
