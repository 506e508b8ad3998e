"""The worker and its one beat entry. The database row is the record; a message only wakes a worker.

Embedded: one process does it all, ``celery -A intranet worker -P solo --clock``.
Production: ``worker`` on any number of machines, and ``beat`` on one.
"""

import logging
import os
import sys

import click
from celery import Celery, signals
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.local")

# Under its usual name, so that a hall's settings stay what they are.
TRANSPORT_ALIASES["filesystem"] = "intranet.reminders.broker:Transport"

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
    """System checks do not run here: a clash of keys must still stop the start.

    Celery logs what a receiver raises and goes on; only an exit passes.
    """
    from intranet.socket import collect_all

    try:
        collect_all()
    except Exception:
        logging.getLogger(__name__).exception("The plug-ins do not fit together")
        sys.exit(1)
