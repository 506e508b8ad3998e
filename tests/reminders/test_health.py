"""What /healthz and /readyz tell."""

import threading

import pytest
from django.db import InterfaceError, OperationalError, connection

from intranet import clock
from intranet.reminders import health
from intranet.reminders.models import ClockMark
from tests.machine import PATIENCE, need, redis_url

from .dummy import MORNING
from .processes import ready

SECOND = clock.dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch):
    """A part that answers late on a loaded machine is still there; what hangs has a test of its own."""
    monkeypatch.setattr(health, "PATIENCE", PATIENCE)


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
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_gone(monkeypatch, caplog, error):
    def _marks():
        raise error("password of the server")

    monkeypatch.setattr(health, "_marks", _marks)
    status, parts = ready()
    assert (status, parts["database"], parts["migrations"], parts["broker"]) == (503, False, False, True)
    assert "password" not in caplog.text


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
