"""Make roles and groups agree with what the apps declare."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from intranet.access.roles import ROLES, sync_roles


class Command(BaseCommand):
    help = "Make the rows of every role and its group, and give each group what the apps grant"

    def handle(self, *args, **options) -> None:
        missing = sync_roles()
        if missing:
            raise CommandError("These permissions are granted but do not exist: " + ", ".join(missing))
        self.stdout.write(f"{len(ROLES)} roles agree with the apps")
