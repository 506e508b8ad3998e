"""Fill an installation with the demo hall: the same for the same seed, through the services a person uses."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from intranet import clock
from intranet.access.canaries import plant
from intranet.access.registry import DemoHall, demo_parts


@contextmanager
def not_waiting_for_the_disk() -> Iterator[None]:
    """Thousands of ballots and recommendations, each its own transaction, and none that anybody was told is safe: a
    hall broken off by a power cut is reset and loaded again. The first transaction afterwards waits for all of them.
    """
    here, there = ("PRAGMA synchronous = NORMAL", "PRAGMA synchronous = FULL")
    if connection.vendor == "postgresql":
        here, there = ("SET synchronous_commit = off", "RESET synchronous_commit")
    with connection.cursor() as cursor:
        cursor.execute(here)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(there)


class Command(BaseCommand):
    help = "The demo hall; --staff people, from --seed; --canaries writes where marked private texts were put"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--staff", type=int, default=200, help="people at the hall (at least 70)")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--canaries", type=Path, help="file for one JSON object a line")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are people already")

    def handle(self, *args, **options) -> None:
        if not settings.DEMO_ALLOWED:
            raise CommandError("The demo hall is not for production", returncode=2)
        if options["staff"] < 70:
            raise CommandError("A demo hall has at least 70 people: 43 windows and 8 back offices must be manned")
        if get_user_model().objects.exists():
            if options["if_empty"]:
                self.stdout.write("  the hall is already there; its data stays")
                return
            raise CommandError("There are people in this hall already. 'make reset' starts over.")
        draw = random.Random(options["seed"])
        hall = DemoHall(
            data=settings.BASE_DIR / "demo",
            draw=draw,
            today=clock.today(),
            staff=options["staff"],
            say=lambda text: self.stdout.write(f"  {text}"),
        )
        with not_waiting_for_the_disk():
            for part in demo_parts():
                part.load(hall)
            # What the clock would have sent these days: the inboxes are not empty on the first morning.
            hall.say("提醒 …")
            first = clock.start_of(hall.today - dt.timedelta(days=3))
            call_command("tick", "--from", first.isoformat(), "--every", "12h", stdout=io.StringIO())
        if options["canaries"]:
            planted = plant(draw)
            options["canaries"].write_text(
                "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in planted), encoding="utf-8"
            )
        call_command("rebuild_modelsearch_index", verbosity=0)
