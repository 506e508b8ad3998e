"""Signs of life: the worker process and beat each leave a mark every two seconds.

``/readyz`` compares the marks with real time, so a killed and a stopped process look the
same: silent. The marks are rows, not files, because web and workers may be different machines.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import threading
import time
from pathlib import Path

from celery import bootsteps
from celery.beat import EmbeddedService, Scheduler
from django.conf import settings
from django.db import Error, connection

from intranet import clock

from .models import ClockMark

logger = logging.getLogger(__name__)

EVERY = 2.0  # seconds


def give_sign(key: str) -> None:
    """Leave a mark that this process lives; a database that is away is no reason to die."""
    try:
        ClockMark.objects.reach({key: clock.real_now()})
    except Error as error:
        logger.warning("The pulse of %s could not be written: %s", key, type(error).__name__)
        connection.close()


class PulseThread(threading.Thread):
    def __init__(self, key: str) -> None:
        super().__init__(name=f"pulse-{key}", daemon=True)
        self.key = key
        self.ended = threading.Event()

    def run(self) -> None:
        give_sign(self.key)
        while not self.ended.wait(EVERY):
            give_sign(self.key)
        connection.close()


class PulseStep(bootsteps.StartStopStep):
    """The worker's pulse, and its number in ``var/run/worker.pid``.

    Celery's own ``--pidfile`` refuses to start after a kill when the number has gone to
    another process since.
    """

    # After the pool: its processes must not be forked while the pulse talks to the database.
    requires = ("celery.worker.components:Pool",)

    def start(self, worker) -> None:
        self.file = Path(settings.VAR_DIR) / "run" / "worker.pid"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(f"{os.getpid()}\n")
        self.thread = PulseThread("worker")
        self.thread.start()

    def stop(self, worker) -> None:
        self.thread.ended.set()
        if self.file.exists() and self.file.read_text().strip() == str(os.getpid()):
            self.file.unlink()


class ClockStep(bootsteps.StartStopStep):
    """``--clock``: beat as a thread of the worker.

    Celery's ``-B`` forks beat into a process of its own, which lives on when the worker is
    killed: after the restart there would be two.
    """

    requires = (PulseStep,)

    def __init__(self, worker, clock: bool = False, **options) -> None:
        self.enabled = clock
        super().__init__(worker, **options)

    def include_if(self, worker) -> bool:
        return self.enabled

    def create(self, worker):
        return EmbeddedService(worker.app, thread=True, scheduler_cls=worker.app.conf.beat_scheduler)


class PulsingScheduler(Scheduler):
    """Beat with a pulse and without a file: what the clock has reached stands in the database.

    Every entry is due when beat starts, so the first tick does not wait a minute.
    """

    next_sign = 0.0

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **{**kwargs, "max_interval": EVERY / 2})

    def setup_schedule(self) -> None:
        yesterday = self.app.now() - dt.timedelta(days=1)
        for name, given in self.app.conf.beat_schedule.items():
            self.data[name] = self.Entry(**given, name=name, app=self.app, last_run_at=yesterday)

    def tick(self, *args, **kwargs) -> float:
        if self._clock_was_set_back():
            self.setup_schedule()
            self._heap = None
        pause = super().tick(*args, **kwargs)
        if time.monotonic() >= self.next_sign:
            self.next_sign = time.monotonic() + EVERY
            give_sign("beat")
        return pause

    def _clock_was_set_back(self) -> bool:
        """Celery would wait until the machine's clock is again where it was, for hours if need be."""
        soon = self.app.now() + dt.timedelta(seconds=EVERY)
        return any(entry.last_run_at > soon for entry in self.data.values())
