"""Compile every template of the house, so that a typing error shows before a person meets it."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError
from django.template.loader import get_template

INLINE = ("onclick=", "onchange=", "onsubmit=", "onload=", "javascript:", " style=")


def own_templates() -> list[tuple[str, Path]]:
    """(name, file) of every template inside this repository."""
    found = []
    for config in apps.get_app_configs():
        folder = Path(config.path) / "templates"
        if not folder.is_relative_to(settings.BASE_DIR) or "site-packages" in config.path:
            continue
        found += [(str(path.relative_to(folder)), path) for path in sorted(folder.rglob("*")) if path.is_file()]
    return found


class Command(BaseCommand):
    help = "Compile all templates; refuse inline scripts and styles, which the content security policy blocks"

    def handle(self, *args, **options) -> None:
        problems = []
        for name, path in own_templates():
            text = path.read_text(encoding="utf-8")
            try:
                get_template(name)
            except TemplateSyntaxError as error:
                problems.append(f"{name}: {error}")
            if path.suffix == ".html":
                problems += [f"{name}: {word.strip()} is blocked by the policy" for word in INLINE if word in text]
        if problems:
            raise CommandError("\n".join(problems))
