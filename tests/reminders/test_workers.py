"""Real workers and beats: killed, stopped, given broken messages and plug-ins that clash."""

import signal
import subprocess
import sys

import pytest
import redis

from intranet import clock
from intranet.reminders import health
from intranet.reminders.models import InboxMessage, OutboxRow
from tests.machine import PATIENCE, need, redis_url
from tests.people_of_the_hall import make_user

from .processes import EMBEDDED, ROOT, Worker, ready, shows_within_ten_seconds

SECOND = clock.dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch):
    """A part that answers late on a loaded machine is still there; what hangs has a test of its own."""
    monkeypatch.setattr(health, "PATIENCE", PATIENCE)


@pytest.mark.xdist_group("processes")
def test_a_killed_and_a_stopped_worker_show_within_ten_seconds(own_database, tmp_path):
    everything = {"ok", "database", "broker", "migrations", "worker", "tick"}
    with Worker(own_database.url, tmp_path) as worker:
        worker.start()
        worker.until(lambda: ready() == (200, dict.fromkeys(everything, True)))
        assert (tmp_path / "run" / "worker.pid").read_text().strip() == str(worker.process.pid)
        worker.signal(signal.SIGSTOP)
        shows_within_ten_seconds("worker", "tick")
        worker.signal(signal.SIGCONT)
        worker.until(lambda: ready()[0] == 200)
        worker.signal(signal.SIGKILL)
        assert shows_within_ten_seconds("worker", "tick")["database"]
        worker.kill()
        worker.start()
        worker.until(lambda: ready()[0] == 200)
        worker.stop()
        assert not (tmp_path / "run" / "worker.pid").exists()


@pytest.mark.xdist_group("processes")
def test_worker_and_beat_apart_on_redis(own_database, tmp_path, settings):
    """As in production: processes of their own, and either one's end shows."""
    need("redis")
    settings.CELERY_BROKER_URL = url = f"{redis_url().rsplit('/', 1)[0]}/13"
    with (
        Worker(own_database.url, tmp_path, REDIS_URL=url) as worker,
        Worker(own_database.url, tmp_path, REDIS_URL=url) as beat,
    ):
        worker.start("worker", "-c", "1")
        beat.start("beat", "--pidfile=")
        beat.until(lambda: ready()[0] == 200)
        beat.signal(signal.SIGKILL)
        shows_within_ten_seconds("tick")
        worker.until(lambda: ready()[1]["worker"])
        worker.stop()
        shows_within_ten_seconds("worker")


@pytest.mark.xdist_group("processes")
def test_a_worker_takes_no_message_of_another_hall_on_the_same_redis(own_database, tmp_path, settings):
    """A stolen tick would leave the other hall without its clock."""
    need("redis")
    settings.CELERY_BROKER_URL = url = f"{redis_url().rsplit('/', 1)[0]}/12"
    send = "from intranet.celery import app; app.send_task('reminders.tick'); print(app.conf.task_default_queue)"
    with (
        Worker(own_database.url, tmp_path, REDIS_URL=url) as worker,
        redis.Redis.from_url(url) as client,
    ):
        sent = subprocess.run(
            [sys.executable, "-c", send],
            cwd=ROOT,
            env={**worker.environment, "DATABASE_URL": f"sqlite:///{tmp_path}/neighbour.sqlite3"},
            capture_output=True,
            text=True,
            check=True,
        )
        queue = sent.stdout.strip()
        try:
            worker.start()
            worker.until(lambda: ready()[0] == 200)
            assert client.llen(queue) == 1
        finally:
            client.delete(queue)


@pytest.mark.xdist_group("processes")
def test_a_killed_worker_loses_no_row(own_database, tmp_path):
    """Rows planned and claimed before the kill are delivered by the next worker, once, two in a letter.

    The worker knows no rule of the tests, so a plug-in from outside registers one.
    """
    plugin = tmp_path / "gardening"
    plugin.mkdir()
    (plugin / "__init__.py").write_text("")
    (plugin / "wagtail_hooks.py").write_text(PLUGIN)
    readers = [make_user(person=False, email=f"reader{number}@hall.test") for number in range(50)]
    now = clock.real_now()
    OutboxRow.objects.bulk_create(
        OutboxRow(
            rule="gardening.water",
            object=f"gardening.plant:{number}",
            occasion="dry",
            recipient=readers[number % 50],
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
    with Worker(own_database.url, tmp_path, PLUGINS="gardening", PYTHONPATH=str(tmp_path)) as worker:
        worker.start()
        worker.until(lambda: OutboxRow.objects.filter(state="sent").exists())
        worker.signal(signal.SIGKILL)
        worker.kill()
        claimed = OutboxRow.objects.filter(state="claimed")
        claimed.update(claimed_until=clock.real_now() - SECOND)
        worker.start()
        worker.until(lambda: OutboxRow.objects.filter(state="sent").count() == 200)
    assert InboxMessage.objects.count() == 50
    files = list((tmp_path / "mail").glob("*.eml"))
    identities = {file.name.rsplit("-", 1)[0] for file in files}
    rows = OutboxRow.objects.filter(channel="mail").select_related("leader")
    assert {row.message_id.strip("<>").replace("@", "-") for row in rows} == identities
    assert len(identities) == 50
    assert len(files) <= 51  # one kill, at most one message sent and not yet written down


@pytest.mark.xdist_group("processes")
def test_a_broken_message_ends_no_worker(own_database, tmp_path):
    """Found at its start or while it runs; and what a power failure left of the table is begun anew."""
    for folder in ("queue", "control"):
        (tmp_path / "broker" / folder).mkdir(parents=True)
    with Worker(own_database.url, tmp_path) as worker:
        name = "from intranet.celery import app; print(app.conf.task_default_queue)"
        asked = [sys.executable, "-c", name]
        queue = subprocess.run(asked, cwd=ROOT, env=worker.environment, capture_output=True, text=True, check=True)
        message = tmp_path / "broker" / "queue" / f"1_broken.{queue.stdout.strip()}.msg"
        message.touch()
        (tmp_path / "broker" / "control" / f"{queue.stdout.strip()}.exchange").touch()
        worker.start()
        worker.until(lambda: ready()[0] == 200)
        assert not message.exists()
        message.touch()
        worker.until(lambda: not message.exists())
        worker.signal(signal.SIGTERM)
        assert worker.process.wait(timeout=PATIENCE) == 0


@pytest.mark.parametrize("command", [EMBEDDED, ("beat", "--pidfile=")])
@pytest.mark.xdist_group("processes")
def test_plug_ins_that_clash_stop_the_start(own_database, tmp_path, command):
    """System checks do not run in a worker; without this its every tick would fail instead."""
    plugin = tmp_path / "twins"
    plugin.mkdir()
    (plugin / "__init__.py").write_text("")
    (plugin / "wagtail_hooks.py").write_text(
        PLUGIN + PLUGIN.partition("@")[1] + PLUGIN.partition("@")[2].replace("def rule", "def twin")
    )
    with Worker(own_database.url, tmp_path, PLUGINS="twins", PYTHONPATH=str(tmp_path)) as worker:
        worker.start(*command)
        assert worker.process.wait(timeout=PATIENCE) != 0
        assert "gardening.water" in worker.story()


PLUGIN = """
from wagtail import hooks

from intranet.reminders.registry import ReminderRule, Text


@hooks.register("register_reminder_rule")
def rule():
    def texts(reminders):
        return [Text("浇水", "该浇水了") for _ in reminders]

    return ReminderRule("gardening.water", "浇水", lambda start, end: [], texts)
"""
