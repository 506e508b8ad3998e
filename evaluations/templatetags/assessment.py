"""On the page of a round: the way to one's own box of scores, and to how one's own result came about."""

from __future__ import annotations

from typing import Any

from django import template

from evaluations import explanations
from evaluations.models import Election
from evaluations.services import panels

register = template.Library()


@register.inclusion_tag("evaluations/own_scores.html", takes_context=True)
def own_scores(context: template.Context, election: Election) -> dict[str, Any]:
    """Asks the database only where there can be something to show: two queries at most."""
    user = context["request"].user
    scoring = election.reviewed_at is not None and election.phase in panels.OPEN_PHASES
    has_seat = bool(scoring and panels.panel_components(election) and election.seats.filter(user=user).exists())
    explained = explanations.is_told(election) and bool(explanations.own_candidates(election, user))
    return {"election": election, "has_seat": has_seat, "explained": explained}
