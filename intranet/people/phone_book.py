"""Who can be reached by text message; only what the register itself knows, and nobody is shown it."""

from __future__ import annotations

from .models import Person


def phones(users: list[int]) -> dict[int, str]:
    """Mobile numbers by account, one query."""
    known = Person.objects.filter(user__in=users).exclude(mobile="")
    return dict(known.values_list("user_id", "mobile"))
