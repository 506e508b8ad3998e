"""The demo people and how to sign in as them."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from intranet.access import demo


class Command(BaseCommand):
    help = "The demo accounts (exits with 2 where demo people are not allowed)"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="every demo person, one JSON object a line")

    def handle(self, *args, **options) -> None:
        if not settings.DEMO_ALLOWED:
            self.stderr.write("There are no demo accounts in production.")
            sys.exit(2)
        lines = demo.accounts()
        if options["json"]:
            for line in lines:
                self.stdout.write(json.dumps(line, ensure_ascii=False))
            return
        for line in demo.first_of_each_role(lines):
            self.stdout.write(self.text(line))

    @staticmethod
    def text(line: dict[str, Any]) -> str:
        return f"  {line['username']:<12} {line['password']:<20} {line['role']:<22} {line['name']}"
