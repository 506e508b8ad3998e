"""What people give to my desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from intranet.access import roles

from .models import CorrectionRequest


def corrections_card(request: HttpRequest) -> dict[str, Any] | None:
    """For the personnel office: requests for correction that wait for an answer."""
    if not request.user.has_role(roles.HR_ADMIN):
        return None
    count = CorrectionRequest.objects.visible_to(request.user).waiting().count()
    return {"count": count} if count else None
