"""A worker of its own process, and waiting for it without guessing how fast the machine is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.test import Client

from intranet.reminders import health
from tests.machine import PATIENCE

ROOT = Path(settings.BASE_DIR)
EMBEDDED = ("worker", "-P", "solo", "--clock", "--without-gossip", "--without-mingle")


def ready() -> tuple[int, dict]:
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()


class Worker:
    """Worker and beat in one process, as the Procfile starts them; or one of them, by its words."""

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "VAR_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "intranet.settings.local",
            "REDIS_URL": "",
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.folder = folder
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *raised: object) -> None:
        self.kill()

    def start(self, *command: str) -> None:
        with open(self.folder / "worker.log", "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "intranet", *(command or EMBEDDED), "--loglevel", "WARNING"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self.signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE)

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait(timeout=PATIENCE)

    def until(self, wanted: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until ``wanted`` is true; a worker that has ended fails at once, and its log is shown."""
        began = time.monotonic()
        while not wanted():
            ended = self.process.poll()
            assert ended is None, f"the worker ended with {ended}\n{self.story()}"
            assert time.monotonic() - began < seconds, f"not within {seconds} s\n{self.story()}"
            time.sleep(0.25)

    def story(self) -> str:
        log = (self.folder / "worker.log").read_text(errors="replace")[-6000:]
        return f"ready: {health.report()}\nworker.log:\n{log or '(empty)'}"


def shows_within_ten_seconds(*silent: str) -> dict:
    """Whoever asks ten seconds from now or later is told that the parts ``silent`` do not work; gives the answer.

    A machine too busy to ask in time proves nothing either way: only an answer counts, by when it was asked for.
    """
    stopped = time.monotonic()
    while True:
        asked = time.monotonic()
        status, parts = ready()
        if status == 503 and not any(parts[part] for part in silent):
            return parts
        assert asked - stopped < 10, f"ten seconds later still {status}: {parts}"
        time.sleep(0.25)
