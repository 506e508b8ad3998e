"""A round that was planned, moved or called off is remembered for the calendars."""

from __future__ import annotations

from typing import Any

from . import calendars
from .models import Election


def remember_dates(
    sender: type[Election],
    instance: Election,
    update_fields: frozenset[str] | None = None,
    raw: bool = False,
    **kwargs: Any,
) -> None:
    """After every save that may have touched a date; not while fixtures are loaded."""
    if raw or (update_fields is not None and not calendars.DATE_FIELDS & set(update_fields)):
        return
    calendars.keep(instance)
