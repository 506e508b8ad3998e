"""Make an installation ready: folders, database, write-ahead log, roles, site tree. Safe to repeat."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from intranet.access.roles import sync_roles
from intranet.pages.services import lay_out_site

FOLDERS = ("log", "mail", "broker", "uploads", "run", "static")


def migrations_wait() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


class Command(BaseCommand):
    help = "Folders, migrations, WAL, roles and the site tree; safe to repeat"

    def handle(self, *args, **options) -> None:
        for folder in FOLDERS:
            (settings.VAR_DIR / folder).mkdir(parents=True, exist_ok=True)
        if migrations_wait():
            self.stdout.write("  migrations (half a minute the first time) …")
            # Roles and the site tree come with it, after migrating.
            call_command("migrate", interactive=False, verbosity=0)
            self.write_ahead()
        else:
            sync_roles()
            lay_out_site()
        self.stdout.write("  ready")

    @staticmethod
    def write_ahead() -> None:
        """SQLite's write-ahead log, switched on once: at first connection by several processes it locks."""
        if connection.vendor == "sqlite":
            connection.close()
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA journal_mode=WAL")
