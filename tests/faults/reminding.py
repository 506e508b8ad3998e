"""A hall at work for the tests that kill it: two workers, one beat, a broker, and a mail server that counts."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import get_user_model

from intranet.reminders.models import OutboxRow
from tests.machine import PATIENCE, need
from tests.reminders.processes import ROOT, Worker

PLANTS = 10
# Planted in a folder outside the repository, as a plug-in of a hall would be. Its reminders fall due in different
# hours, one of them just now: that one is asked for again by every tick of the next ten minutes.
PLUGIN = {
    "__init__.py": "",
    "apps.py": """
import datetime as dt
import os

from django.apps import AppConfig
from django.conf import settings


class GardeningConfig(AppConfig):
    name = "gardening"

    def ready(self):
        from intranet.reminders.channels import CHANNELS

        # A test cannot wait a minute for each tick and four for the claim of a killed worker.
        settings.CELERY_BEAT_SCHEDULE["tick"]["schedule"] = 2.0
        for channel in CHANNELS.values():
            channel.hold = dt.timedelta(seconds=int(os.environ["GARDENING_HOLD"]))
""",
    "wagtail_hooks.py": """
import datetime as dt
import os

from django.contrib.auth import get_user_model
from wagtail import hooks

from intranet import clock
from intranet.reminders.registry import Reminder, ReminderRule, Text

BASE = clock.parse(os.environ["GARDENING_BASE"])


def due(start, end):
    plants = range(int(os.environ["GARDENING_PLANTS"]))
    hours = [BASE - dt.timedelta(hours=2 * plant) for plant in plants]
    wanted = [(plant, hour) for plant, hour in enumerate(hours) if start < hour <= end]
    people = get_user_model().objects.filter(username__startswith="gardener").values_list("pk", flat=True)
    for person in people if wanted else ():
        for plant, hour in wanted:
            yield Reminder(f"gardening.plant:{plant}", "dry", person, hour, BASE + dt.timedelta(days=3))


def texts(reminders):
    return [Text("浇水", "该浇水了") for _one in reminders]


@hooks.register("register_reminder_rule")
def rule():
    return ReminderRule("gardening.water", "浇水", due, texts)
""",
}
WITHOUT_THE_CLAIM = """
from intranet.reminders import sweeper
from intranet.reminders.models import OutboxRow
from intranet.reminders.querysets import OutboxQuerySet


def unguarded(channel, rules, now, *more, **others):
    rows = OutboxRow.objects.deliverable(channel=channel.key, rules=rules, now=now)
    return list(rows.select_related("recipient").order_by("rule", "due", "pk")[: channel.batch])


sweeper.claim = unguarded
OutboxQuerySet.held_by = lambda rows, claim: rows
"""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class MailServer:
    """The server's process, and what it has noted in ``folder``."""

    def __init__(self, folder: Path, *options: str) -> None:
        folder.mkdir()
        self.folder = folder
        command = [sys.executable, "-m", "tests.faults.mail_server", str(folder), *options]
        self.process = subprocess.Popen(command, cwd=ROOT)
        began = time.monotonic()
        while not (folder / "port").exists():
            assert self.process.poll() is None, "the mail server ended"
            assert time.monotonic() - began < PATIENCE, "the mail server does not listen"
            time.sleep(0.05)
        self.port = int((folder / "port").read_text())

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def noted(self, name: str) -> list[str]:
        return (self.folder / name).read_text().splitlines()

    def close(self) -> None:
        self.process.kill()
        self.process.wait(timeout=PATIENCE)


class Broker:
    """A Redis of the test's own, which keeps nothing: what a killed broker held is gone."""

    name = "broker"

    def __init__(self, folder: Path) -> None:
        need("redis-server")
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        with open(self.folder / "broker.log", "ab") as log:
            self.process = subprocess.Popen([*command, "--dir", str(self.folder)], stdout=log, stderr=log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=PATIENCE)

    def ended(self) -> bool:
        return self.process.poll() is not None


class Part(Worker):
    """A worker or beat that can be killed and started again as it was."""

    def __init__(self, name: str, command: tuple[str, ...], *given, **environment: str) -> None:
        super().__init__(*given, **environment)
        self.name, self.command = name, command

    def again(self) -> None:
        self.start(*self.command)

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None


WORKER = ("worker", "-P", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat")


@dataclass(frozen=True)
class Asked:
    """``more`` is put into the plug-in; ``pause`` seconds the mail server takes for a message, ``hold`` seconds a
    claim counts; each gardener is reminded of ``plants`` plants."""

    redis: bool
    more: str = ""
    pause: float = 0.01
    plants: int = PLANTS
    hold: int = 20


class Garden:
    """The parts of a hall whose gardeners are reminded of their plants by mail and on the site."""

    def __init__(self, database, folder: Path, stack: ExitStack, asked: Asked) -> None:
        from intranet import clock

        plugin = folder / "gardening"
        plugin.mkdir()
        for name, text in PLUGIN.items():
            (plugin / name).write_text(text + (asked.more if name == "wagtail_hooks.py" else ""), encoding="utf-8")
        self.mail = MailServer(folder / "smtp", "--pause", str(asked.pause))
        stack.callback(self.mail.close)
        self.parts: list[Broker | Part] = []
        environment = {
            "PLUGINS": "gardening",
            "PYTHONPATH": str(folder),
            "EMAIL_URL": self.mail.url,
            "GARDENING_BASE": clock.real_now().isoformat(),
            "GARDENING_PLANTS": str(asked.plants),
            "GARDENING_HOLD": str(asked.hold),
        }
        if asked.redis:
            broker = Broker(folder)
            stack.callback(broker.kill)
            self.parts.append(broker)
            environment["REDIS_URL"] = broker.url
        for name, command in (("worker 1", WORKER), ("worker 2", WORKER), ("beat", ("beat", "--pidfile="))):
            part = Part(name, command, database.url, folder, **environment)
            stack.callback(part.kill)
            part.again()
            self.parts.append(part)

    def keep_up(self) -> None:
        """What a supervisor does: start again what has ended."""
        for part in self.parts:
            if part.ended():
                part.start() if isinstance(part, Broker) else part.again()

    def wait(self, wanted: Callable[[], bool], doing: str) -> None:
        began = time.monotonic()
        while not wanted():
            self.keep_up()
            assert time.monotonic() - began < 3 * PATIENCE, f"{doing}: {self.story()}"
            time.sleep(0.1)

    def story(self) -> str:
        states = Counter(OutboxRow.objects.values_list("channel", "state"))
        log = (self.parts[-1].folder / "worker.log").read_text(errors="replace")[-4000:]
        return f"{states}, {len(self.mail.noted('taken'))} mails taken\n{log}"

    def killed_while_sending(self, mails: int, kills: int, draw: random.Random) -> Counter[str]:
        """Kill one part after another while the first ``mails`` mails go out; gives how often each was killed."""
        victims: Counter[str] = Counter()
        for number in range(1, kills + 1):
            mark = mails * number // (kills + 1)
            self.wait(lambda mark=mark: len(self.mail.noted("taken")) >= mark, f"before kill {number}")
            time.sleep(draw.uniform(0, 0.3))
            victim = draw.choice(self.parts)
            victims[victim.name.split()[0]] += 1
            if isinstance(victim, Broker):
                victim.kill()
            else:
                victim.signal(signal.SIGKILL)
                victim.kill()
            self.keep_up()
        return victims


@contextmanager
def garden(database, folder: Path, **asked) -> Iterator[Garden]:
    """The hall at work, as ``Asked``."""
    with ExitStack() as stack:
        yield Garden(database, folder, stack, Asked(**asked))


def gardeners(count: int) -> None:
    """People who have a mail address and nothing else."""
    users = get_user_model()
    users.objects.bulk_create(
        users(username=f"gardener{number}", name="园丁", email=f"g{number}@hall.test") for number in range(count)
    )


SEED = os.environ.get("KILL_SEED", str(random.randrange(10**6)))
