"""Django's command, with the page types of plug-ins that are taken out kept."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.management.commands import remove_stale_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import CommandError
from wagtail.models import Page

from intranet.pages.unplugged import known_types


class Command(remove_stale_contenttypes.Command):
    help = f"{remove_stale_contenttypes.Command.help} Refuses while pages of an absent application exist."

    def handle(self, **options: Any) -> None:
        kept = Page.objects.exclude(content_type__in=known_types()).values("content_type")
        kinds = [f"{kind.app_label}.{kind.model}" for kind in ContentType.objects.filter(pk__in=kept)]
        if kinds:
            raise CommandError(
                f"There are pages of types whose application is not plugged in: {', '.join(sorted(kinds))}. "
                "Removing these content types would turn the pages into bare pages for good. "
                "Plug the application in again, or remove it for good with `manage.py migrate APP zero`."
            )
        super().handle(**options)
