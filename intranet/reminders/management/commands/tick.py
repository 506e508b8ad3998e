from __future__ import annotations

import datetime as dt
import re
from argparse import ArgumentTypeError
from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError, CommandParser

from intranet import clock
from intranet.reminders.services import TickFailed, tick

# How long the command waits for the worker's own tick before it gives up.
WAIT = dt.timedelta(seconds=60)


def instant(text: str) -> dt.datetime:
    try:
        return clock.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not an ISO 8601 date or time") from error


def duration(text: str) -> dt.timedelta:
    match = re.fullmatch(r"([1-9]\d{0,5})([smhd])", text)
    if match is None:
        raise ArgumentTypeError(f"{text!r} is not a duration such as 30m, 12h or 1d")
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}[match[2]]
    return dt.timedelta(**{unit: int(match[1])})


def steps(start: dt.datetime, end: dt.datetime, every: dt.timedelta) -> Iterator[dt.datetime]:
    """The instants from ``start`` in steps of ``every``, and ``end`` as the last."""
    while start < end:
        yield start
        start += every
    yield end


class Command(BaseCommand):
    help = "Does everything due up to now, or up to --at; with --from, step by step. Twice does nothing twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", type=instant, help="the instant it is taken to be (ISO 8601; hall time)")
        parser.add_argument("--from", type=instant, dest="start", help="begin here and go on to --at, or now")
        parser.add_argument("--every", type=duration, help="length of the steps of --from (12h)")

    def handle(self, *args, **options) -> None:
        end = options["at"] or clock.now()
        start, every = options["start"], options["every"]
        if every and not start:
            raise CommandError("--every needs --from")
        if start and start > end:
            raise CommandError("--from lies after --at")
        failed: list[str] = []
        for moment in steps(start or end, end, every or dt.timedelta(hours=12)):
            failed += self._tick(moment)
        if failed:
            raise CommandError(f"failed: {', '.join(sorted(set(failed)))} (the log says why)")

    def _tick(self, moment: dt.datetime) -> list[str]:
        try:
            done = tick(moment, wait=WAIT)
        except TickFailed as error:
            return error.keys
        if not done.led:
            raise CommandError("another tick is at work and did not end within a minute")
        counts = ", ".join(f"{count} {state}" for state, count in sorted(done.rows.items()) if count)
        self.stdout.write(f"{moment.isoformat()}: {counts or 'nothing to send'}")
        return []
