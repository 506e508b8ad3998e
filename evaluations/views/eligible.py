"""Who may be recommended in a round, and who is out and why."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evaluations.querysets import OFFICERS
from evaluations.services import eligibility

from .office import for_roles
from .rounds import round_or_404

OUT_A_PAGE = 50


@require_safe
@for_roles(*OFFICERS, "scrutineer", "auditor")
def eligible(request: HttpRequest, slug: str) -> HttpResponse:
    """Conditions in words, how many fulfil them, and everyone else in service with the reason, paged."""
    election = round_or_404(request, slug)
    out = eligibility.reasons_out(election)
    subjects = eligibility.subjects_of(election)
    page = Paginator(subjects.filter(pk__in=out), OUT_A_PAGE).get_page(request.GET.get("page"))
    rows: list[tuple[Any, str]] = [(subject, out[subject.pk]) for subject in page]
    context = {
        "election": election,
        "conditions": eligibility.in_words(election),
        "count_in": subjects.count() - len(out),
        "count_out": len(out),
        "rows": rows,
        "page_obj": page,
    }
    return render(request, "evaluations/eligible.html", context)
