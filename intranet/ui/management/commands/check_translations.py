"""Every English msgid has a Chinese text, and every Chinese text has Chinese characters."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from .compile_catalogues import catalogues

HAN = re.compile(r"[\u3400-\u9fff]")
ENTRY = re.compile(r'^(?:msgctxt (".*")\n)?msgid ((?:".*"\n)+)', re.MULTILINE)
LETTERS = re.compile(r"[A-Za-z]{2,}")
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}|<[^>]+>")
# Texts that are names or signs and stay as they are in Chinese.
NAMES = frozenset({"English", "Excel", "Word", "WPS", "PDF", "CSV", "JSON", "QR", "Outlook", "iPhone", "Android"})


def texts(message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def twice(catalogue: str) -> list[str]:
    """Msgids that stand more than once in their context, as two people who merge their work leave them: gettext's own
    tools refuse the whole catalogue then, and the reader used here takes either.
    """
    found = Counter(ENTRY.findall(catalogue))
    return sorted(msgid.strip() for (_context, msgid), number in found.items() if number > 1)


class Command(BaseCommand):
    help = "Refuse missing, fuzzy, doubled, obsolete or Han-less translations, and msgids in no catalogue"

    def handle(self, *args, **options) -> None:
        problems: list[str] = []
        for path in catalogues():
            problems += self.of_catalogue(path)
        if shutil.which("xgettext"):
            problems += self.not_in_a_catalogue()
        else:
            self.stderr.write("check_translations: gettext is not installed, so new msgids were not looked for")
        if problems:
            raise CommandError("\n".join(problems))

    def of_catalogue(self, path: Path) -> list[str]:
        name = path.relative_to(settings.BASE_DIR)
        with path.open("rb") as given:
            catalogue = read_po(given, locale="zh_Hans")
        problems = [f"{name}: obsolete entry {entry!r}" for entry in catalogue.obsolete]
        problems += [f"{name}: twice: {entry}" for entry in twice(path.read_text(encoding="utf-8"))]
        for message in catalogue:
            if not message.id:
                continue
            label = message.id if isinstance(message.id, str) else message.id[0]
            if message.fuzzy:
                problems.append(f"{name}: fuzzy: {label!r}")
            for text in texts(message):
                bare = PLACEHOLDER.sub("", text)
                if not text:
                    problems.append(f"{name}: no translation: {label!r}")
                elif LETTERS.search(bare) and not HAN.search(bare) and bare.strip() not in NAMES:
                    problems.append(f"{name}: no Chinese character: {label!r} → {text!r}")
        return problems

    def not_in_a_catalogue(self) -> list[str]:
        """Extract anew from every app's source and compare with what its catalogue knows."""
        problems = []
        for path in catalogues():
            app = path.parents[3]
            if path.parents[2] in [Path(p) for p in settings.LOCALE_PATHS]:
                continue
            with path.open("rb") as given:
                known = {
                    message.id if isinstance(message.id, str) else message.id[0]
                    for message in read_po(given, locale="zh_Hans")
                }
            for found in sorted(self.extracted(app) - known):
                problems.append(f"{path.relative_to(settings.BASE_DIR)}: missing msgid {found!r}")
        return problems

    def extracted(self, app: Path) -> set[str]:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / app.name
            shutil.copytree(app, copy, ignore=shutil.ignore_patterns("locale", "__pycache__", "migrations"))
            (copy / "locale").mkdir(exist_ok=True)
            subprocess.run(
                [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-location", "-v", "0"],
                cwd=copy,
                # Without settings: the copy stands outside the project and could not import them.
                env={key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"},
                check=True,
                capture_output=True,
            )
            made = copy / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
            if not made.exists():
                return set()
            # Fresh plural entries have a place for each English form; the reader remarks on every one.
            with made.open("rb") as given, contextlib.redirect_stdout(io.StringIO()):
                return {m.id if isinstance(m.id, str) else m.id[0] for m in read_po(given) if m.id}
