"""What `make demo` does between installing and starting, in one process: starting Django four times takes longer."""

from __future__ import annotations

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Translations, database, demo hall if there is none; then the accounts"

    def handle(self, *args, **options) -> None:
        self.say("[2/4] Preparing translations and the database …")
        call_command("compile_catalogues")
        call_command("prepare", stdout=self.stdout)
        self.say("[3/4] Filling the demo hall (skipped when it is there already) …")
        call_command("load_demo", if_empty=True, stdout=self.stdout)
        self.say("[4/4] Starting. Stop with Ctrl-C; start over with 'make reset'. Accounts:")
        call_command("accounts", stdout=self.stdout)

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
