from celery import shared_task

from .services import tick


@shared_task(name="reminders.tick")
def run_tick() -> None:
    """What beat wakes every minute; the rows say what is to be done, the message carries nothing."""
    tick()
