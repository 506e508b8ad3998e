"""What waits for a system administrator on their desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from . import roles
from .lock import locked_usernames
from .models import User

SHOWN = 5


def locked_card(request: HttpRequest) -> dict[str, Any] | None:
    """Accounts locked after wrong passwords, for system administrators only: two queries."""
    if not request.user.has_role(roles.SYSTEM_ADMIN):
        return None
    locked = list(User.objects.filter(username__in=locked_usernames()).order_by("username")[:SHOWN])
    return {"locked": locked} if locked else None
