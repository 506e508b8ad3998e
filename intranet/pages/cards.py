"""What the pages put on my desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .models import NoticePage

SHOWN = 4


def must_read(request: HttpRequest) -> dict[str, Any] | None:
    """Must-read notices this person has not confirmed; nothing when there are none."""
    unread = NoticePage.objects.visible_to(request.user).unread_by(request.user)
    count = unread.count()
    if not count:
        return None
    return {"notices": list(unread.newest()[:SHOWN]), "count": count, "more": max(0, count - SHOWN)}


def newest_notices(request: HttpRequest) -> dict[str, Any] | None:
    notices = list(NoticePage.objects.visible_to(request.user).newest()[:SHOWN])
    return {"notices": notices} if notices else None
