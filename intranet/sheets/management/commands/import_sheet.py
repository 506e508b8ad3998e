"""Check or import sheets from the command line; one JSON object a line with --json."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from intranet.access.audit import acting
from intranet.access.exceptions import RuleError
from intranet.sheets.issues import Issue
from intranet.sheets.registry import sheet_kinds
from intranet.sheets.services import Report, import_file

CLEAN, ERRORS, REFUSED = 0, 1, 2
EXITS = {"clean": CLEAN, "errors": ERRORS, "refused": REFUSED}


class Command(BaseCommand):
    help = "Import sheets of one kind, each all or nothing. Exit: 0 clean, 1 problems in rows, 2 refused."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("kind", help="a kind of sheet, such as staff_register")
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--check", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object a line and nothing else")
        parser.add_argument("--as", dest="username", help="act with the rights of this user")
        parser.add_argument("--sheet", default="", help="name of the sheet, when several in the file fit")
        parser.add_argument("--option", action="append", default=[], help="KEY=VALUE, such as accounts=inactive")

    def handle(self, *args: Any, **options: Any) -> None:
        kinds = sheet_kinds()
        if options["kind"] not in kinds:
            raise CommandError(f"Unknown kind {options['kind']!r}. Known: {', '.join(kinds)}", returncode=REFUSED)
        user = acting_user(options["username"])
        worst = CLEAN
        with acting(user=user):
            for path in options["files"]:
                try:
                    report = self._one(path, user, options)
                except RuleError as error:
                    # A right that is missing, or a register that changed meanwhile: the file as a whole is refused.
                    report = _refused(kinds[options["kind"]], path, str(error))
                worst = max(worst, EXITS[report.outcome])
                self._say(report, path, options["json"])
        if worst:
            raise SystemExit(worst)

    def _one(self, path: Path, user: Any, options: dict[str, Any]) -> Report:
        return import_file(
            kind=options["kind"],
            path=path,
            by=user,
            sheet=options["sheet"],
            options=dict(pair.partition("=")[::2] for pair in options["option"]),
            check_only=options["check"],
        )

    def _say(self, report: Report, path: Path, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(as_line(report, path), ensure_ascii=False))
            return
        counts = report.counts
        self.stdout.write(f"{path}: {report.outcome} " + " ".join(f"{key}={value}" for key, value in counts.items()))
        for issue in [*report.errors, *report.warnings]:
            place = f"{issue.column}{issue.row}" if issue.row else "-"
            self.stdout.write(f"  {place}\t{issue.code}\t{issue.message}")


def acting_user(username: str | None) -> Any:
    """The user of --as; None is the command line itself, which may do everything."""
    if not username:
        return None
    user = get_user_model().objects.filter(username=username, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active user {username!r}", returncode=REFUSED)
    return user


def as_line(report: Report, path: Path) -> dict[str, Any]:
    """The published form of one file's outcome (docs/sheets.md)."""
    peak = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, report.peak_mb)
    return {
        "file": str(path),
        "outcome": report.outcome,
        "sha256": report.sha256,
        "rows": len(report.rows),
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "warnings": [issue.as_json() for issue in report.warnings],
        "errors": [issue.as_json() for issue in report.errors],
        "seconds": report.seconds,
        "peak_mb": round(peak, 1),
        "reader_mb": report.peak_mb,
    }


def _refused(kind: Any, path: Path, sentence: str) -> Report:
    return Report(kind, path.name, "", "refused", errors=[Issue("not_allowed", sentence)])
