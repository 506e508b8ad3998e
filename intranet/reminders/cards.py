from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .models import InboxMessage

SHOWN = 3


def unread_card(request: HttpRequest) -> dict[str, Any] | None:
    """The newest unread reminders and their number; no card when everything is read."""
    unread = InboxMessage.objects.visible_to(request.user).unread().order_by("-received_at", "-pk")
    newest = list(unread[:SHOWN])
    if not newest:
        return None
    return {"newest": newest, "count": unread.count() if len(newest) == SHOWN else len(newest)}
