"""The audit log: who did what to which object, when and from where; never a value of a private field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models

_acting: ContextVar[tuple[Any, str]] = ContextVar("acting", default=(None, ""))


@contextmanager
def acting(*, user: Any, address: str = "") -> Iterator[None]:
    """Remember who acts, and from which network address, for everything recorded inside the block."""
    token = _acting.set((user, address))
    try:
        yield
    finally:
        _acting.reset(token)


def current_address() -> str:
    return _acting.get()[1]


def record(action: str, instance: models.Model, *, by: Any = None, data: dict[str, Any] | None = None) -> None:
    """Write one entry. ``action`` is registered through Wagtail's ``register_log_actions`` hook.

    The title is neutral (kind and number): a log that names what a private row is about
    would publish it. ``data`` may hold counts, phases and keys, never field values of a private model.
    """
    from .models import AuditEntry

    user = by if by is not None else _acting.get()[0]
    if user is not None and not getattr(user, "is_authenticated", False):
        user = None
    AuditEntry.objects.log_action(
        instance, action, user=user, title=neutral_title(instance), data=data or {}, address=current_address()
    )


def neutral_title(instance: models.Model) -> str:
    """ "Person 12": what kind of thing, and its number; models may offer ``audit_title``."""
    given = getattr(instance, "audit_title", None)
    return given() if callable(given) else f"{instance._meta.model_name} {instance.pk}"
