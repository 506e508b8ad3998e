"""Beat's timetable when the machine's clock jumps, and a pulse that outlives its database."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, InterfaceError

from intranet.celery import app
from intranet.reminders import pulse
from intranet.reminders.models import ClockMark, ClockMarkQuerySet

NOON = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def beat(db, monkeypatch):
    """A scheduler whose messages are counted instead of sent; gives how many one round of it sends."""
    sent = []
    monkeypatch.setattr(pulse.PulsingScheduler, "apply_async", lambda self, entry, **kwargs: sent.append(entry.task))
    scheduler = pulse.PulsingScheduler(app=app, lazy=True)

    def round_at(moment: dt.datetime) -> int:
        sent.clear()
        with time_machine.travel(moment, tick=False):
            scheduler.setup_schedule() if not scheduler.data else None
            for _ in range(3):
                scheduler.tick()
        return len(sent)

    return round_at


def test_a_tick_at_the_start_and_then_each_minute(beat):
    assert beat(NOON) == 1
    assert beat(NOON + dt.timedelta(seconds=58)) == 0
    assert beat(NOON + dt.timedelta(seconds=60)) == 1


@pytest.mark.parametrize("back", [dt.timedelta(minutes=5), dt.timedelta(hours=8)])
def test_a_clock_set_back_does_not_stop_the_house(beat, back):
    """A machine that takes its clock's Chinese time for UTC is eight hours ahead until it asks the network."""
    beat(NOON)
    assert beat(NOON - back) == 1
    assert beat(NOON - back + dt.timedelta(seconds=30)) == 0
    assert beat(NOON - back + dt.timedelta(seconds=61)) == 1


def test_a_clock_set_forward_is_one_tick(beat):
    beat(NOON)
    assert beat(NOON + dt.timedelta(days=3)) == 1


def test_a_round_of_beat_leaves_its_mark(beat):
    beat(NOON)
    assert ClockMark.objects.get(key="beat").reached == NOON


@pytest.mark.django_db
@pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
def test_a_database_that_is_away_stops_no_pulse(monkeypatch, caplog, error):
    def away(self, marks):
        raise error("password of the server")

    with monkeypatch.context() as gone:
        gone.setattr(ClockMarkQuerySet, "reach", away)
        gone.setattr(pulse.connection, "close", lambda: None)
        pulse.give_sign("worker")
    assert error.__name__ in caplog.text
    assert "password" not in caplog.text
    pulse.give_sign("worker")
    assert ClockMark.objects.get(key="worker")


def test_only_ones_own_number_is_taken_away(settings, tmp_path, monkeypatch):
    """A worker that ends late must not take the number of the one that came after it."""
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(pulse.PulseThread, "start", lambda self: None)
    step = pulse.PulseStep(None)
    file = tmp_path / "run" / "worker.pid"
    step.start(None)
    file.write_text("1\n")
    step.stop(None)
    assert file.read_text() == "1\n"
    step.start(None)
    step.stop(None)
    assert not file.exists()
