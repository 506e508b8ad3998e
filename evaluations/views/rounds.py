"""What everyone reads: the list of rounds, one round, its notice."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.db.models.functions import Coalesce, ExtractYear
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evaluations import explanations, invitations, phases, rule_words, steps
from evaluations.ballot_words import MARKS
from evaluations.disclosure import counts_shown, may_see_numbers, scores_shown
from evaluations.group_notices import group_text
from evaluations.models import Election
from evaluations.querysets import OFFICERS
from evaluations.services import voting
from intranet.access.models import User
from intranet.access.views import visible_or_404
from intranet.reminders.group_notices import spoken

ROUNDS_A_PAGE = 20


def round_or_404(request: HttpRequest, slug: str) -> Election:
    """The round with its award, if this person may see it."""
    return visible_or_404(Election.objects.select_related("award"), request.user, slug=slug)


@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """What runs now with each person's next step, and what is over."""
    visible = Election.objects.visible_to(request.user).select_related("award")
    # Rounds without a ballot have no voting dates; they stand where their scores are due.
    by_end = Coalesce("voting_closes", "scores_due", "recommendation_closes")
    running = list(visible.filter(phase__in=[phases.Phase.PREPARATION, *phases.RUNNING]).order_by(by_end, "pk"))
    rolls = steps.rolls_of(request.user, running)
    asked = invitations.invited(running, request.user)
    rows = [
        (
            election,
            steps.own_step(election, election.pk in rolls, rolls.get(election.pk, False), election.pk in asked),
        )
        for election in running
    ]
    # What waits for whoever looks comes first; sorting keeps the order of dates otherwise.
    rows.sort(key=lambda row: not (row[1] and row[1].waits_for_me))
    context = {"running": rows, "manages": request.user.has_role(*OFFICERS), **_over(request, visible)}
    return render(request, "evaluations/rounds.html", context)


def _over(request: HttpRequest, visible: QuerySet[Election]) -> dict[str, Any]:
    """A page of the rounds that are over, with the years to choose from; one query for those.

    By when they were held: the round of a whole year stands with the months in which people took part in it.
    """
    over = visible.filter(phase__in=[phases.Phase.PUBLISHED, *phases.ENDED_EARLY])
    over = over.annotate(year=ExtractYear("recommendation_opens"))
    years = sorted(over.order_by().values_list("year", flat=True).distinct(), reverse=True)
    year = next((one for one in years if str(one) == request.GET.get("year", "")), None)
    shown = over if year is None else over.filter(year=year)
    page = Paginator(shown.order_by("-recommendation_opens", "-pk"), ROUNDS_A_PAGE).get_page(request.GET.get("page"))
    return {"page_obj": page, "years": years, "year": year}


@require_safe
def round_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One round for everyone: where it stands, what one can do now, who stands, how it ended."""
    election = round_or_404(request, slug)
    rolls = steps.rolls_of(request.user, [election])
    on_roll, voted = election.pk in rolls, rolls.get(election.pk, False)
    asked = bool(invitations.invited([election], request.user))
    candidates = list(election.candidates.select_related("person", "window", "team")) if election.reviewed_at else []
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
        "rule_rows": rule_words.rows(election),
        "honours": list(election.honours.standing()),
        "manages": request.user.has_role(*OFFICERS),
        "watches": request.user.has_role("scrutineer", "auditor"),
        "group_text": spoken(group_text, election),
    }
    return render(request, "evaluations/round.html", context)


@require_safe
def notice(request: HttpRequest, slug: str) -> HttpResponse:
    """The public notice, as it hangs on the wall; once published, the commendation."""
    rows = Election.objects.select_related("award", "notice_photo")
    election: Election = visible_or_404(rows, request.user, slug=slug)
    if election.notice_first is None:
        raise Http404
    winners = election.winners()
    published = election.published_at is not None
    context = {
        "election": election,
        "winners": winners,
        "published": published,
        "annulled": election.phase == phases.Phase.ANNULLED,
        "counts": counts_of(election, request.user) if may_see_numbers(election, request.user) else None,
        "words": words_of(election),
        "result": election.result,
        "settled": list(election.objections.settled()),
        "manages_objections": request.user.has_role(*OFFICERS, "auditor"),
        "objections": {
            "place": settings.OBJECTIONS_PLACE,
            "phone": settings.OBJECTIONS_PHONE,
            "address": settings.OBJECTIONS_ADDRESS,
        },
        "group_text": spoken(group_text, election),
    }
    return render(request, "evaluations/notice.html", context)


def counts_of(election: Election, viewer: User) -> list[dict[str, Any]]:
    """Every candidate with the count (None where it is not shown), what was said of them as
    words and numbers, the score where more than votes counts, and whether they take a place or are tied; in the
    computed order.
    """
    result = election.result
    winners = set(election.decision.get("winners") or result.get("winners", []))
    # Whoever was not drawn or chosen among the equal waits for nothing any more.
    tied = set() if election.decision.get("winners") else set(result.get("tied", []))
    counts, shown = result.get("counts", {}), counts_shown(election, viewer)
    totals = explanations.totals(election) if result.get("lines") and scores_shown(election, viewer) else {}
    rows = [
        {
            "candidate": candidate,
            "count": counts.get(candidate.key, 0) if shown else None,
            "marks": _marks_of(election, candidate.key) if shown else [],
            "score": totals.get(candidate.key, ""),
            "wins": candidate.key in winners,
            "tied": candidate.key in tied,
        }
        for candidate in election.candidates.all()
    ]
    place = {key: number for number, key in enumerate(result.get("order", []))}

    def before(row: dict[str, Any]) -> tuple[int, int, bool, str]:
        key = row["candidate"].key
        return (place.get(key, 0), -counts.get(key, 0), not row["wins"], key)

    return sorted(rows, key=before)


def words_of(election: Election) -> list[str]:
    """The words a ballot of this kind offers, as the heads of columns; none where candidates are chosen."""
    return [str(word) for value, word, _sign in MARKS.get(election.rules_now["ballot_kind"], ()) if value]


def _marks_of(election: Election, key: str) -> list[tuple[str, int]]:
    """(word, how often it was said of a candidate), over all boxes: a box of few people is never shown by itself."""
    boxes = election.result.get("marks", {}).values()
    words = [row for row in MARKS.get(election.rules_now["ballot_kind"], ()) if row[0]]
    return [(str(word), sum(box.get(key, {}).get(value, 0) for box in boxes)) for value, word, _sign in words]
