"""What each role gets at each address of the site."""

from __future__ import annotations

import json
import sys

from django.core.management.base import BaseCommand

from intranet.access import matrix


class Command(BaseCommand):
    help = "One line for each leaf of the URL resolver; exits with 1 if one of them is not classified"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args, **options) -> None:
        unclassified = 0
        for row in matrix.classified():
            unclassified += row["roles"] is None
            self.stdout.write(json.dumps(row, ensure_ascii=False) if options["json"] else self.text(row))
        if unclassified:
            self.stderr.write(f"{unclassified} routes are not classified")
            sys.exit(1)

    @staticmethod
    def text(row: dict) -> str:
        if row["roles"] is None:
            return f"{row['route']}  NOT CLASSIFIED"
        codes = "  ".join(f"{role} {'/'.join(map(str, given))}" for role, given in row["roles"].items())
        return f"{row['route']}  {'open  ' if row['open'] else ''}{codes}"
