"""Health, with a real worker that is killed and stopped."""

import signal
import subprocess
import sys
import threading

import pytest
import redis
from django.db import connection

from intranet import clock
from intranet.reminders import health
from intranet.reminders.models import ClockMark, InboxMessage, OutboxRow
from tests.machine import PATIENCE, need, redis_url
from tests.people_of_the_hall import make_user

from .dummy import MORNING
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
    with Worker(own_database.url, tmp_path, PLUGINS="gardening", PYTHONPATH=str(tmp_path)) as worker:
        worker.start()
        worker.until(lambda: OutboxRow.objects.filter(state="sent").exists())
        worker.signal(signal.SIGKILL)
        worker.kill()
        claimed = OutboxRow.objects.filter(state="claimed")
        claimed.update(claimed_until=clock.real_now() - SECOND)
        worker.start()
        worker.until(lambda: OutboxRow.objects.filter(state="sent").count() == 200)
    assert InboxMessage.objects.count() == 100
    files = list((tmp_path / "mail").glob("*.eml"))
    identities = {file.name.rsplit("-", 1)[0] for file in files}
    assert len(identities) == 100
    assert len(files) <= 101  # one kill, at most one message sent and not yet written down


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


def test_healthz_asks_nobody(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert "no-store" in answer["Cache-Control"]


@pytest.fixture
def alive(own_database, monkeypatch):
    """Everything works: fresh marks in a database of the test's own, and a clock that stands for the while."""
    now = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: now)
    ClockMark.objects.reach({"worker": now, "beat": now, "tick": now})


@pytest.mark.usefixtures("alive")
def test_ready_when_all_parts_are():
    status, parts = ready()
    assert (status, parts["ok"]) == (200, True)


@pytest.mark.usefixtures("alive")
@pytest.mark.parametrize(
    ("key", "age", "part", "works"),
    [
        ("worker", 7 * SECOND, "worker", True),
        ("worker", 7.1 * SECOND, "worker", False),
        ("beat", 7 * SECOND, "tick", True),
        ("beat", 7.1 * SECOND, "tick", False),
        ("tick", 150 * SECOND, "tick", True),
        ("tick", 150.1 * SECOND, "tick", False),
        # The machine's clock was set back since: what lay ahead proves no life.
        ("worker", -7 * SECOND, "worker", True),
        ("worker", -7.1 * SECOND, "worker", False),
        ("beat", -3600 * SECOND, "tick", False),
        ("tick", -3600 * SECOND, "tick", False),
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


@pytest.mark.usefixtures("alive")
def test_a_check_that_hangs_is_not_waited_for_and_holds_up_no_other(monkeypatch):
    free = threading.Event()

    def _marks():
        free.wait(PATIENCE)

    monkeypatch.setattr(health, "_marks", _marks)
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    for _ in range(4):
        assert health._within(_marks, default="late") == "late"
    monkeypatch.setattr(health, "PATIENCE", 5)
    status, parts = ready()
    assert (status, parts["database"], parts["broker"]) == (503, False, True)
    free.set()


def test_nothing_but_the_parts_is_told(alive):
    assert set(ready()[1]) == {"ok", "database", "broker", "migrations", "worker", "tick"}
