"""Delete every identity number the hall has kept: for a hall that gives the practice up."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from intranet.people.services import identity


class Command(BaseCommand):
    help = "Delete every kept identity number (with --yes; there is no way back)"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--yes", action="store_true", help="really delete them")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["yes"]:
            raise CommandError("This deletes every kept identity number for good. Say --yes if that is meant.")
        self.stdout.write(f"{identity.forget_all(by=None)} numbers deleted")
