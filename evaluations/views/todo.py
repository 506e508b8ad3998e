"""This month: everything the union office has to do in its awards, on one page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evaluations import phases, steps
from evaluations.models import Award, Election, Skip
from evaluations.openings import Openings
from evaluations.services.officers import run_by
from intranet import clock

from .office import Phase, officers_only

# A skipped period is told for so long after its first day.
SKIPS_SHOWN = dt.timedelta(days=62)


@require_safe
@officers_only
def todo(request: HttpRequest) -> HttpResponse:
    """Every round under way that one runs, with the next step; what opens by itself next; what is skipped."""
    running = Election.objects.visible_to(request.user).filter(phase__in=[Phase.PREPARATION, *phases.RUNNING])
    under_way = steps.with_counts(run_by(request.user, running)).order_by(
        Coalesce("voting_closes", "scores_due", "recommendation_closes"), "pk"
    )
    rows = [(election, steps.office_step(election)) for election in under_way]
    context = {
        "waiting": [row for row in rows if row[1].waits_for_officer],
        "running": [row for row in rows if not row[1].waits_for_officer],
        "openings": _openings(),
        "skips": Skip.objects.filter(period_first__gte=clock.today() - SKIPS_SHOWN).select_related("award"),
    }
    return render(request, "evaluations/todo.html", context)


def _openings() -> list[dict[str, Any]]:
    """Awards that open by themselves: {"award", "late", "next"}; late is what should be open and is not."""
    awards = list(Award.objects.current().filter(opens_by_itself=True))
    seen = Openings(awards, clock.now())
    rows = [{"award": award, "late": seen.due(award), "next": seen.following(award)} for award in awards]
    return sorted(rows, key=lambda row: (row["next"].day if row["next"] else dt.date.max, row["award"].name))
