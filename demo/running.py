"""A hall as it runs in earnest: web and worker as their own processes, started from the Procfile."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Installation:
    """A hall's database and files, whether its processes run or not."""

    environment: dict[str, str]

    @property
    def var(self) -> Path:
        return Path(self.environment["VAR_DIR"])

    def manage(self, *words: str, check: bool = True, typed: str | None = None) -> subprocess.CompletedProcess:
        """Run a management command in this hall; ``typed`` is what it reads from standard input."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            input=typed,
        )
        if check and done.returncode:
            raise RuntimeError(f"manage.py {' '.join(words)}:\n{done.stdout[-1500:]}{done.stderr[-3000:]}")
        return done


@dataclass
class RunningHall(Installation):
    """Address and processes of a hall at work; stopped by ``stop()``."""

    base: str
    processes: subprocess.Popen

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.base}/readyz", timeout=5) as answer:
                return json.load(answer)["ok"]
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def wait(self, seconds: float = 300) -> None:
        deadline = time.monotonic() + seconds
        while not self.ready():
            if self.processes.poll() is not None or time.monotonic() > deadline:
                log = Path(self.var, "log", "processes.log").read_text()[-3000:]
                raise RuntimeError(f"the hall did not become ready:\n{log}")
            time.sleep(0.3)

    def ask_to_stop(self) -> None:
        """Web and worker finish what they have begun, which takes seconds; asking again does no harm."""
        if self.processes.poll() is None:
            os.killpg(self.processes.pid, signal.SIGTERM)

    def stop(self) -> None:
        """Ask, and wait until they have ended."""
        self.ask_to_stop()
        try:
            self.processes.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.processes.pid, signal.SIGKILL)
            self.processes.wait()


def environment_for(var: Path, database_url: str, clock: str = "") -> dict[str, str]:
    """What the hall's processes see: settings as in `make demo`, its own files, database and port."""
    dropped = (
        "DJANGO_SETTINGS_MODULE",
        "VAR_DIR",
        "DATABASE_URL",
        "PYTEST_CURRENT_TEST",
        "CLOCK",
        "DJANGO_ALLOW_ASYNC_UNSAFE",
    )
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    given = {
        "DJANGO_SETTINGS_MODULE": "intranet.settings.local",
        "VAR_DIR": str(var),
        "PORT": str(free_port()),
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "PYTHONUNBUFFERED": "1",
    }
    if database_url:
        given["DATABASE_URL"] = database_url
    if clock:
        given["CLOCK"] = clock
    return {**kept, **given}


def prepare(var: Path, database_url: str, commands: tuple[tuple[str, ...], ...], clock: str = "") -> None:
    """Run management commands on an installation below ``var``; raises with their output when one fails."""
    environment = environment_for(var, database_url, clock)
    for words in commands:
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(words)}:\n{done.stdout[-1500:]}{done.stderr[-3000:]}")


def start(
    var: Path,
    database_url: str = "",
    *,
    prepare_with: tuple[tuple[str, ...], ...] = (("prepare",),),
    clock: str = "",
) -> RunningHall:
    """Prepare a hall with management commands, then start web and worker and wait until it is ready."""
    for folder in ("log", "run"):
        (var / folder).mkdir(parents=True, exist_ok=True)
    prepare(var, database_url, prepare_with, clock)
    environment = environment_for(var, database_url, clock)
    with open(var / "log" / "processes.log", "a") as log:
        processes = subprocess.Popen(
            [str(BIN / "honcho"), "start"], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    hall = RunningHall(environment, f"http://127.0.0.1:{environment['PORT']}", processes)
    hall.wait()
    return hall
