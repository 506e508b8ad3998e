"""Write a list, or the template of a kind, to a file: what that person may see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from intranet.access.audit import acting
from intranet.access.exceptions import RuleError
from intranet.sheets import exports
from intranet.sheets.registry import sheet_kinds
from intranet.sheets.services import kind_for

from .import_sheet import acting_user


class Command(BaseCommand):
    help = "Export the list of a kind to FILE (.xlsx or .csv), or its template."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("kind")
        parser.add_argument("file", type=Path)
        parser.add_argument("--template", action="store_true", help="headings, notes, dropdowns and an example")
        parser.add_argument("--with-ids", action="store_true", help="private columns whole instead of masked")
        parser.add_argument("--reason", default="", help="why, with --with-ids; it is kept with the record")
        parser.add_argument("--as", dest="username", help="what this user may see")

    def handle(self, *args: Any, **options: Any) -> None:
        key, path, user = options["kind"], options["file"], acting_user(options["username"])
        if key not in sheet_kinds():
            raise CommandError(f"Unknown kind {key!r}. Known: {', '.join(sheet_kinds())}", returncode=2)
        try:
            with acting(user=user):
                kind = kind_for(key, user)
                with path.open("wb") as file:
                    if options["template"]:
                        exports.write_template(kind, file)
                    else:
                        form = "csv" if path.suffix == ".csv" else "xlsx"
                        private = {"with_private": options["with_ids"], "reason": options["reason"]}
                        exports.export(kind=key, form=form, file=file, by=user, **private)
        except RuleError as error:
            raise CommandError(str(error), returncode=2) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}", returncode=2) from error
