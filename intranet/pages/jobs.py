"""What the clock does for pages."""

from __future__ import annotations

import datetime as dt

from django.core.management import call_command


def publish_scheduled(now: dt.datetime) -> None:
    """Publish what has a date of publication that has come, take down what has expired."""
    call_command("publish_scheduled", verbosity=0)
