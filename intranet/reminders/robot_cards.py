"""What waits for whoever looks after the robots."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest

from intranet import clock
from intranet.access.roles import SYSTEM_ADMIN

from .group_models import GroupPost, Robot
from .states import OutboxState

SHOWN = 5
# After a week nobody sends it again, and nobody needs to be told every morning.
FRESH = dt.timedelta(days=7)


def failed_card(request: HttpRequest) -> dict[str, Any] | None:
    """Robots with messages that failed for good in the last days; one query, for system administrators only."""
    if not request.user.has_role(SYSTEM_ADMIN):
        return None
    failed = GroupPost.objects.filter(state=OutboxState.FAILED, due__gte=clock.now() - FRESH)
    robots = list(Robot.objects.visible_to(request.user).filter(pk__in=failed.order_by().values("robot"))[:SHOWN])
    return {"robots": robots} if robots else None
