"""Compile the translations with Babel, so that a fresh machine needs no gettext."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed


def catalogues() -> list[Path]:
    """Every .po file of the house: the project's own and those of the apps inside this repository."""
    places = [Path(path) for path in settings.LOCALE_PATHS]
    places += [
        Path(config.path) / "locale"
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(settings.BASE_DIR) and "site-packages" not in config.path
    ]
    return sorted({found for place in places for found in place.glob("*/LC_MESSAGES/*.po")})


class Command(BaseCommand):
    help = "Compile every catalogue whose .po is newer than its .mo"
    requires_system_checks: list[str] = []

    def handle(self, *args, **options) -> None:
        for source in catalogues():
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
                continue
            with source.open("rb") as given, target.open("wb") as written:
                write_mo(written, read_po(given, locale="zh_Hans"))
            # This process may have looked for the file before it was there, and remembers that there was none:
            # what it writes next (a demo hall's messages, a round's events) would stay English.
            translation_file_changed(None, target)
