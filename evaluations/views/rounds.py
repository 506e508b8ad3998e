"""What everyone reads: the list of rounds, one round, its notice, the wall of honour."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evaluations import invitations, phases, steps
from evaluations.group_notices import group_text
from evaluations.models import Award, Election, Honour
from evaluations.querysets import OFFICERS
from evaluations.services import voting
from intranet.access.views import visible_or_404
from intranet.reminders.group_notices import spoken

COUNTS_SHOWN_TO = (*OFFICERS, "scrutineer", "auditor")
ROUNDS_A_PAGE = 20
HONOURS_A_PAGE = 60


def round_or_404(request: HttpRequest, slug: str) -> Election:
    """The round with its award, if this person may see it."""
    return visible_or_404(Election.objects.select_related("award"), request.user, slug=slug)


@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """What runs now with each person's next step, and what is over."""
    visible = Election.objects.visible_to(request.user).select_related("award")
    running = list(visible.filter(phase__in=[phases.Phase.PREPARATION, *phases.RUNNING]).order_by("voting_closes"))
    over = visible.filter(phase__in=[phases.Phase.PUBLISHED, *phases.ENDED_EARLY])
    rolls = steps.rolls_of(request.user, running)
    asked = invitations.invited(running, request.user)
    rows = [
        (
            election,
            steps.own_step(election, election.pk in rolls, rolls.get(election.pk, False), election.pk in asked),
        )
        for election in running
    ]
    page = Paginator(over, ROUNDS_A_PAGE).get_page(request.GET.get("page"))
    context = {"running": rows, "page_obj": page, "manages": request.user.has_role(*OFFICERS)}
    return render(request, "evaluations/rounds.html", context)


@require_safe
def round_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One round for everyone: where it stands, what one can do now, who stands, how it ended."""
    election = round_or_404(request, slug)
    rolls = steps.rolls_of(request.user, [election])
    on_roll, voted = election.pk in rolls, rolls.get(election.pk, False)
    asked = bool(invitations.invited([election], request.user))
    candidates = list(election.candidates.select_related("person", "window")) if election.reviewed_at else []
    counted = election.phase == phases.Phase.VOTING
    context = {
        "election": election,
        "timeline": phases.timeline(election),
        "step": steps.own_step(election, on_roll, voted, asked),
        "on_roll": on_roll,
        "voted": voted,
        "candidates": candidates,
        "turnout": voting.turnout(election) if counted else None,
        "rules": election.rules_now,
        "honours": list(election.honours.standing()),
        "manages": request.user.has_role(*OFFICERS),
        "watches": request.user.has_role("scrutineer", "auditor"),
        "group_text": spoken(group_text, election),
    }
    return render(request, "evaluations/round.html", context)


@require_safe
def notice(request: HttpRequest, slug: str) -> HttpResponse:
    """The public notice, as it hangs on the wall; once published, the commendation."""
    election = round_or_404(request, slug)
    if election.notice_first is None:
        raise Http404
    winners = election.winners()
    shows_counts = request.user.has_role(*COUNTS_SHOWN_TO)
    published = election.published_at is not None
    last_event = election.events.order_by("-number").first() if published else None
    context = {
        "election": election,
        "winners": winners,
        "published": published,
        "annulled": election.phase == phases.Phase.ANNULLED,
        "events_head": last_event.hash if last_event else "",
        "counts": counts_of(election) if shows_counts else None,
        "result": election.result,
        "objections": {
            "place": settings.OBJECTIONS_PLACE,
            "phone": settings.OBJECTIONS_PHONE,
            "address": settings.OBJECTIONS_ADDRESS,
        },
        "group_text": spoken(group_text, election),
    }
    return render(request, "evaluations/notice.html", context)


def counts_of(election: Election) -> list[dict[str, Any]]:
    """Every candidate with the count and whether they take a place or are tied; most votes first."""
    result = election.result
    winners = set(election.decision.get("winners") or result.get("winners", []))
    tied = set(result.get("tied", [])) - winners
    rows = [
        {
            "candidate": candidate,
            "count": result.get("counts", {}).get(candidate.key, 0),
            "wins": candidate.key in winners,
            "tied": candidate.key in tied,
        }
        for candidate in election.candidates.all()
    ]
    return sorted(rows, key=lambda row: (-row["count"], not row["wins"], row["candidate"].key))


@require_safe
def honours(request: HttpRequest) -> HttpResponse:
    """The wall of honour: by award and period, newest first."""
    standing = Honour.objects.standing().select_related("person", "window", "election")
    chosen = request.GET.get("award", "")
    awards = list(
        Award.objects.filter(elections__honours__annulled_on__isnull=True, elections__honours__isnull=False)
        .annotate(latest=Max("elections__honours__published_on"))
        .order_by("-latest", "name")
    )
    if chosen:
        standing = standing.filter(election__award__slug=chosen)
    if request.GET.get("mine"):
        standing = standing.filter(person__user=request.user)
    ordered = standing.order_by("-election__period_first", "award_name", "election_id", "name")
    page = Paginator(ordered, HONOURS_A_PAGE).get_page(request.GET.get("page"))
    groups = [(election, list(given)) for election, given in groupby(page, key=lambda honour: honour.election)]
    context = {
        "groups": groups,
        "page_obj": page,
        "awards": awards,
        "chosen": chosen,
        "mine": bool(request.GET.get("mine")),
    }
    return render(request, "evaluations/honours.html", context)
