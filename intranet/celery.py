"""The worker and its one beat entry. The database row is the record; a message only wakes a worker.

Embedded: one process does it all, ``celery -A intranet worker -P solo --clock``.
Production: ``worker`` on any number of machines, and ``beat`` on one.
"""

import os

import click
from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.local")

app = Celery("intranet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.user_options["worker"].add(
    click.Option(["--clock"], is_flag=True, default=False, help="Run beat as a thread of this process.")
)
# By name: they need Django's models, which are not loaded yet.
app.steps["worker"].update({"intranet.reminders.pulse:PulseStep", "intranet.reminders.pulse:ClockStep"})


@signals.worker_init.connect
@signals.beat_init.connect
def collect_hooks(**kwargs) -> None:
    """System checks do not run here: a clash of keys must still stop the start."""
    from intranet.socket import collect_all

    collect_all()


@signals.worker_init.connect
def throw_away_broken_messages(**kwargs) -> None:
    from intranet.reminders.broker import drop_broken_messages

    drop_broken_messages()
