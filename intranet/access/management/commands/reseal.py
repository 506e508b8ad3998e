"""After a new secret in SEALING_KEYS: seal every sealed value with it. May be stopped and run again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from intranet.access.resealing import reseal


class Command(BaseCommand):
    help = "Seal every sealed value with the first of SEALING_KEYS (exit 1: there are some that no key opens)"

    def handle(self, *args: Any, **options: Any) -> None:
        lost = 0
        for name, changed, broken in reseal():
            self.stdout.write(f"{name}: {changed} sealed anew, {broken} that no key opens")
            lost += broken
        if lost:
            raise SystemExit(1)
