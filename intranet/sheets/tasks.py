from celery import shared_task

from .services import jobs


@shared_task(name="sheets.work")
def work_on_sheet(job: int) -> None:
    """Wakes a worker; the row says what is to be done."""
    jobs.work(job=job)
