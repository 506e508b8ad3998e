"""What this room gives to my desk and to a person's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from intranet.access import roles
from intranet.people.models import Person

from .models import Incident, MonthlyScore

SCORES_SHOWN = 12


def waiting_card(request: HttpRequest) -> dict[str, Any] | None:
    """For the inspection section: incidents to look into and appeals to answer; one query."""
    if not request.user.has_role(roles.INSPECTION):
        return None
    count = Incident.objects.visible_to(request.user).waiting().count()
    return {"count": count} if count else None


def own_card(request: HttpRequest) -> dict[str, Any] | None:
    """For whoever may still appeal: how many there are; one query."""
    rows = list(Incident.objects.open_to_appeal(request.user).values_list("pk", flat=True)[:100])
    if not rows:
        return None
    one = reverse("figures:incident", args=rows) if len(rows) == 1 else reverse("figures:incidents")
    return {"count": len(rows), "url": one}


def scores_section(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """The last twelve monthly scores of a person, for themselves, their heads, and those who see all."""
    rows = MonthlyScore.objects.visible_to(request.user).filter(person=person)
    scores = list(rows.order_by("-month")[:SCORES_SHOWN])
    return {"scores": scores} if scores else None
