"""Health, with a real worker that is killed and stopped."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import Client

from intranet import clock
from intranet.reminders import health
from intranet.reminders.models import ClockMark, InboxMessage, OutboxRow
from tests.machine import need, redis_url
from tests.people_of_the_hall import make_user

from .dummy import MORNING

ROOT = Path(settings.BASE_DIR)
SECOND = clock.dt.timedelta(seconds=1)


def ready() -> tuple[int, dict]:
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()


def until(wanted, seconds) -> float:
    """Poll ``wanted`` until it is true; gives how long that took, fails after ``seconds``."""
    began = time.monotonic()
    while not wanted():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {health.report()}"
        time.sleep(0.25)
    return time.monotonic() - began


class Worker:
    """Worker and beat in one process, as the Procfile starts them."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "VAR_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "intranet.settings.local",
            "REDIS_URL": "",
        }
        self.folder = folder
        self.process: subprocess.Popen | None = None

    def start(self, *command: str) -> None:
        command = command or ("worker", "-P", "solo", "--clock", "--without-gossip", "--without-mingle")
        with open(self.folder / "worker.log", "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "intranet", *command, "--loglevel", "WARNING"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait(timeout=30)


@pytest.fixture
def worker(own_database, tmp_path):
    given = Worker(own_database.url, tmp_path)
    given.start()
    yield given
    given.end()


@pytest.mark.xdist_group("processes")
def test_a_killed_and_a_stopped_worker_show_within_ten_seconds(worker):
    until(lambda: ready()[0] == 200, 60)
    assert ready()[1] == {
        "ok": True,
        "database": True,
        "broker": True,
        "migrations": True,
        "worker": True,
        "tick": True,
    }
    assert (worker.folder / "run" / "worker.pid").read_text().strip() == str(worker.process.pid)
    worker.signal(signal.SIGSTOP)
    assert until(lambda: ready()[0] == 503, 10) < 10
    worker.signal(signal.SIGCONT)
    until(lambda: ready()[0] == 200, 30)
    worker.signal(signal.SIGKILL)
    assert until(lambda: ready()[0] == 503, 10) < 10
    assert (ready()[1]["worker"], ready()[1]["tick"], ready()[1]["database"]) == (False, False, True)
    worker.end()
    worker.start()
    until(lambda: ready()[0] == 200, 60)
    worker.signal(signal.SIGTERM)
    worker.process.wait(timeout=30)
    assert not (worker.folder / "run" / "worker.pid").exists()


@pytest.mark.xdist_group("processes")
def test_worker_and_beat_apart_on_redis(own_database, tmp_path, settings):
    """As in production: processes of their own, and either one's end shows."""
    need("redis")
    url = f"{redis_url().rsplit('/', 1)[0]}/13"
    settings.CELERY_BROKER_URL = url
    worker, beat = Worker(own_database.url, tmp_path), Worker(own_database.url, tmp_path)
    worker.environment["REDIS_URL"] = beat.environment["REDIS_URL"] = url
    try:
        worker.start("worker", "-c", "1")
        beat.start("beat", "--pidfile=")
        until(lambda: ready()[0] == 200, 60)
        beat.signal(signal.SIGKILL)
        assert until(lambda: ready()[0] == 503, 10) < 10
        assert (ready()[1]["worker"], ready()[1]["tick"]) == (True, False)
        worker.signal(signal.SIGTERM)
        worker.process.wait(timeout=30)
        assert until(lambda: not ready()[1]["worker"], 10) < 10
    finally:
        beat.end()
        worker.end()


@pytest.mark.xdist_group("processes")
def test_a_worker_takes_no_message_of_another_hall_on_the_same_redis(own_database, tmp_path, settings):
    """A stolen tick would leave the other hall without its clock."""
    need("redis")
    url = f"{redis_url().rsplit('/', 1)[0]}/12"
    settings.CELERY_BROKER_URL = url
    worker = Worker(own_database.url, tmp_path)
    worker.environment["REDIS_URL"] = url
    send = "from intranet.celery import app; app.send_task('reminders.tick'); print(app.conf.task_default_queue)"
    sent = subprocess.run(
        [sys.executable, "-c", send],
        cwd=ROOT,
        env={**worker.environment, "DATABASE_URL": f"sqlite:///{tmp_path}/neighbour.sqlite3"},
        capture_output=True,
        text=True,
        check=True,
    )
    queue = sent.stdout.strip()
    with redis.Redis.from_url(url) as client:
        try:
            worker.start()
            until(lambda: ready()[0] == 200, 60)
            assert client.llen(queue) == 1
        finally:
            worker.end()
            client.delete(queue)


@pytest.mark.xdist_group("processes")
def test_a_killed_worker_loses_no_row(own_database, tmp_path):
    """Rows planned and claimed before the kill are delivered by the next worker, once.

    The worker knows no rule of the tests, so a plug-in from outside registers one.
    """
    plugin = tmp_path / "gardening"
    plugin.mkdir()
    (plugin / "__init__.py").write_text("")
    (plugin / "wagtail_hooks.py").write_text(PLUGIN)
    reader = make_user(email="reader@hall.test")
    now = clock.real_now()
    OutboxRow.objects.bulk_create(
        OutboxRow(
            rule="gardening.water",
            object=f"gardening.plant:{number}",
            occasion="dry",
            recipient=reader,
            channel=channel,
            due=now - SECOND,
            until=now + 3600 * SECOND,
            # A worker died holding these: its claim has run out.
            state="claimed" if number % 2 else "planned",
            claimed_until=now - SECOND if number % 2 else None,
        )
        for number in range(100)
        for channel in ("inbox", "mail")
    )
    worker = Worker(own_database.url, tmp_path)
    worker.environment |= {"PLUGINS": "gardening", "PYTHONPATH": str(tmp_path)}
    try:
        worker.start()
        until(lambda: OutboxRow.objects.filter(state="sent").exists(), 60)
        worker.signal(signal.SIGKILL)
        worker.end()
        claimed = OutboxRow.objects.filter(state="claimed")
        claimed.update(claimed_until=clock.real_now() - SECOND)
        worker.start()
        until(lambda: OutboxRow.objects.filter(state="sent").count() == 200, 60)
    finally:
        worker.end()
    assert InboxMessage.objects.count() == 100
    files = list((tmp_path / "mail").glob("*.eml"))
    identities = {file.name.rsplit("-", 1)[0] for file in files}
    assert len(identities) == 100
    assert len(files) <= 101  # one kill, at most one message sent and not yet written down


PLUGIN = """
from wagtail import hooks

from intranet.reminders.registry import ReminderRule, Text


@hooks.register("register_reminder_rule")
def rule():
    def texts(reminders):
        return [Text("浇水", "该浇水了") for _ in reminders]

    return ReminderRule("gardening.water", "浇水", lambda start, end: [], texts)
"""


def test_healthz_asks_nobody(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert "no-store" in answer["Cache-Control"]


@pytest.fixture
def alive(own_database):
    """Everything works: fresh marks in a database of the test's own."""
    now = clock.real_now()
    ClockMark.objects.reach({"worker": now, "beat": now, "tick": now})


@pytest.mark.usefixtures("alive")
def test_ready_when_all_parts_are():
    status, parts = ready()
    assert (status, parts["ok"]) == (200, True)


@pytest.mark.usefixtures("alive")
@pytest.mark.parametrize(
    ("key", "age", "part", "works"),
    [
        ("worker", 6 * SECOND, "worker", True),
        ("worker", 8 * SECOND, "worker", False),
        ("beat", 6 * SECOND, "tick", True),
        ("beat", 8 * SECOND, "tick", False),
        ("tick", 140 * SECOND, "tick", True),
        ("tick", 151 * SECOND, "tick", False),
    ],
)
def test_a_silent_part(key, age, part, works):
    ClockMark.objects.reach({key: clock.real_now() - age})
    status, parts = ready()
    assert status == (200 if works else 503)
    assert parts[part] is works


@pytest.mark.usefixtures("alive")
def test_a_rehearsal_changes_nothing():
    with clock.at(MORNING):
        assert ready()[0] == 200


@pytest.mark.usefixtures("alive")
def test_no_worker_ever():
    ClockMark.objects.all().delete()
    status, parts = ready()
    assert status == 503
    assert (parts["database"], parts["migrations"], parts["worker"], parts["tick"]) == (True, True, False, False)


@pytest.mark.usefixtures("alive")
def test_a_broker_folder_that_is_gone(settings, tmp_path):
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path / "gone")}
    settings.CELERY_BROKER_URL = "filesystem://"
    assert ready() == (503, {**ready()[1], "ok": False, "broker": False})


@pytest.mark.usefixtures("alive")
def test_a_redis_that_is_gone(settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    status, parts = ready()
    assert (status, parts["broker"], parts["worker"]) == (503, False, True)


@pytest.mark.usefixtures("alive")
def test_a_redis_that_answers(settings):
    need("redis")
    settings.CELERY_BROKER_URL = redis_url()
    assert ready()[1]["broker"] is True


@pytest.mark.usefixtures("alive")
def test_a_waiting_migration(monkeypatch):
    monkeypatch.setattr(health, "_migrated", set())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'reminders'")
    status, parts = ready()
    assert (status, parts["migrations"], parts["database"]) == (503, False, True)


def test_a_check_that_hangs_is_not_waited_for(monkeypatch):
    import threading

    free = threading.Event()
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    assert health._within(lambda: free.wait(30), default="late") == "late"
    free.set()


def test_nothing_but_the_parts_is_told(alive):
    assert set(ready()[1]) == {"ok", "database", "broker", "migrations", "worker", "tick"}
