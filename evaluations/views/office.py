"""The officer's side of a round: one page with the next step as one button, and what hangs on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import phases, steps
from evaluations.forms import DatesForm, ReasonForm, TieForm
from evaluations.group_notices import group_text
from evaluations.models import Election, Nomination
from evaluations.poster import qr_image, vote_address
from evaluations.querysets import OFFICERS
from evaluations.services import nominations, results, rounds, voting
from evaluations.services.officers import stands_in
from intranet import clock
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error, visible_or_404
from intranet.reminders.group_notices import spoken
from intranet.ui.addresses import is_reachable

from .rounds import counts_of, round_or_404

ROLL_A_PAGE = 50
AFTER_SEALING = (phases.Phase.SEALED, phases.Phase.PUBLIC_NOTICE, phases.Phase.PUBLISHED)
Phase = phases.Phase
View = Callable[..., HttpResponse]

DONE = {
    "open": gettext_lazy("The round is open: rules and roll are frozen."),
    "finish_review": gettext_lazy("The review is finished. Voting opens by itself on its day."),
    "start_notice": gettext_lazy("The public notice has begun."),
    "cancel": gettext_lazy("The round is cancelled."),
    "annul": gettext_lazy("The round is annulled; its honours no longer count."),
    "tie": gettext_lazy("The tie is settled."),
    "dates": gettext_lazy("The dates are changed."),
    "approved": gettext_lazy("Admitted as a candidate."),
    "rejected": gettext_lazy("Not admitted; the person is told why."),
}


def for_roles(*roles: str) -> Callable[[View], View]:
    """403 for everyone signed in without one of these roles."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_role(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard


READ_AND_SEND = ("GET", "HEAD", "POST")
officers_only = for_roles(*OFFICERS)


@require_safe
@officers_only
def todo(request: HttpRequest) -> HttpResponse:
    """This month: every round that is under way, with the officer's next step."""
    under_way = steps.with_counts(
        Election.objects.visible_to(request.user).filter(phase__in=[Phase.PREPARATION, *phases.RUNNING])
    ).order_by("voting_closes")
    rows = [(election, steps.office_step(election)) for election in under_way]
    waiting = [row for row in rows if row[1].waits_for_officer]
    running = [row for row in rows if not row[1].waits_for_officer]
    return render(request, "evaluations/todo.html", {"waiting": waiting, "running": running})


@require_safe
@officers_only
def manage(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about one round for whoever runs it."""
    election = _counted_or_404(request, slug)
    sealed = election.sealed_at is not None
    context = {
        "election": election,
        "timeline": phases.timeline(election),
        "next_step": steps.office_step(election),
        "locked_out": stands_in(election, request.user),
        "turnout": voting.turnout(election) if election.phase == Phase.VOTING else None,
        "counts": counts_of(election) if sealed and election.result else None,
        "events": list(election.events.order_by("-number")[:12]),
        "group_text": spoken(group_text, election),
        "may_change_dates": election.phase == Phase.PREPARATION and election.opened_at is None,
        "may_cancel": election.phase in phases.BEFORE_SEALING,
        "may_annul": election.phase in AFTER_SEALING,
        "has_poster": election.phase in (Phase.RECOMMENDATION, Phase.REVIEW, Phase.VOTING),
        "before_sealing": election.phase in phases.BEFORE_SEALING,
    }
    return render(request, "evaluations/manage.html", context)


def _counted_or_404(request: HttpRequest, slug: str) -> Election:
    return visible_or_404(steps.with_counts(Election.objects.all()), request.user, slug=slug)


def _acted(request: HttpRequest, election: Election, deed: str, act: Callable[[], Any]) -> HttpResponse:
    """Run a service, say how it went, and go back to the round."""
    try:
        act()
    except RuleError as refusal:
        show_rule_error(request, refusal)
    else:
        messages.success(request, str(DONE[deed]))
    return redirect("evaluations:manage", slug=election.slug)


@require_POST
@officers_only
def open_round(request: HttpRequest, slug: str) -> HttpResponse:
    election = round_or_404(request, slug)
    return _acted(request, election, "open", lambda: rounds.open_round(election=election, by=request.user))


@require_POST
@officers_only
def finish_review(request: HttpRequest, slug: str) -> HttpResponse:
    election = round_or_404(request, slug)
    return _acted(
        request, election, "finish_review", lambda: rounds.finish_review(election=election, by=request.user)
    )


@require_POST
@officers_only
def start_notice(request: HttpRequest, slug: str) -> HttpResponse:
    election = round_or_404(request, slug)
    return _acted(request, election, "start_notice", lambda: results.start_notice(election=election, by=request.user))


@require_http_methods(READ_AND_SEND)
@officers_only
def settle_tie(request: HttpRequest, slug: str) -> HttpResponse:
    """Who among the equal ones takes the open places; the reason stays in the record."""
    election = round_or_404(request, slug)
    if election.phase != Phase.SEALED or not steps.needs_tie_settled(election):
        raise Http404
    form = TieForm(request.POST or None, election=election)
    if request.method == "POST" and form.is_valid():
        try:
            results.settle_tie(election=election, by=request.user, **form.cleaned_data)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, str(DONE["tie"]))
            return redirect("evaluations:manage", slug=slug)
    open_places = election.result["places"] - len(election.result.get("winners", []))
    context = {
        "election": election,
        "form": form,
        "title": _("Settle the tie"),
        "lead": _("%(places)s to decide among those with equal counts.") % {"places": open_places},
        "action": _("Record the decision"),
        "back": reverse("evaluations:manage", kwargs={"slug": slug}),
    }
    return render(request, "evaluations/office_form.html", context, status=422 if form.errors else 200)


@require_http_methods(READ_AND_SEND)
@officers_only
def change_dates(request: HttpRequest, slug: str) -> HttpResponse:
    """Other dates, while nothing has been opened yet."""
    election = round_or_404(request, slug)
    if election.phase != Phase.PREPARATION or election.opened_at:
        raise Http404
    initial = {name: getattr(election, name) for name in DatesForm.ORDER}
    form = DatesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            rounds.change_dates(election=election, by=request.user, **form.cleaned_data)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, str(DONE["dates"]))
            return redirect("evaluations:manage", slug=slug)
    context = {
        "election": election,
        "form": form,
        "title": _("Change the dates"),
        "lead": "",
        "action": _("Save the dates"),
        "back": reverse("evaluations:manage", kwargs={"slug": slug}),
    }
    return render(request, "evaluations/office_form.html", context, status=422 if form.errors else 200)


@require_http_methods(READ_AND_SEND)
@officers_only
def call_off(request: HttpRequest, slug: str) -> HttpResponse:
    """Cancel a round that runs, or annul one that was published; both only with a reason."""
    election = round_or_404(request, slug)
    annuls = election.phase in AFTER_SEALING
    if election.phase in phases.ENDED_EARLY:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        service, deed = (rounds.annul, "annul") if annuls else (rounds.cancel, "cancel")
        reason = form.cleaned_data["reason"]
        return _acted(request, election, deed, lambda: service(election=election, reason=reason, by=request.user))
    context = {
        "election": election,
        "form": form,
        "title": _("Annul this round") if annuls else _("Cancel this round"),
        "lead": _("The honours of this round will no longer count. Everyone can read the reason.")
        if annuls
        else _("The round ends here and nobody is honoured. Everyone can read the reason."),
        "action": _("Annul the round") if annuls else _("Cancel the round"),
        "danger": True,
        "back": reverse("evaluations:manage", kwargs={"slug": slug}),
    }
    return render(request, "evaluations/office_form.html", context, status=422 if form.errors else 200)


@require_safe
@officers_only
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """Every recommendation with its reason; those waiting can be admitted, or not with a reason."""
    election = _counted_or_404(request, slug)
    rows = (
        Nomination.objects.visible_to(request.user)
        .filter(election=election)
        .select_related("person", "window", "unit", "by", "reviewed_by")
    )
    waiting = [row for row in rows if row.state == Nomination.State.ACCEPTED]
    others = [row for row in rows if row.state != Nomination.State.ACCEPTED]
    locked_out = stands_in(election, request.user)
    context = {
        "election": election,
        "waiting": waiting,
        "others": others,
        "may_decide": election.phase in (Phase.RECOMMENDATION, Phase.REVIEW)
        and not election.reviewed_at
        and not locked_out,
        "locked_out": locked_out,
        "next_step": steps.office_step(election),
    }
    return render(request, "evaluations/review.html", context)


@require_POST
@officers_only
def decide(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Admit a recommendation, or not with the reason."""
    nomination = visible_or_404(Nomination.objects.select_related("election"), request.user, pk=pk)
    try:
        if deed == "approve":
            nominations.approve(nomination=nomination, by=request.user)
            messages.success(request, str(DONE["approved"]))
        else:
            reason = request.POST.get("reason", "").strip()
            nominations.reject(nomination=nomination, reason=reason, by=request.user)
            messages.success(request, str(DONE["rejected"]))
    except RuleError as refusal:
        show_rule_error(request, refusal)
    return redirect("evaluations:review", slug=nomination.election.slug)


@require_safe
@for_roles(*OFFICERS, "scrutineer", "auditor")
def roll(request: HttpRequest, slug: str) -> HttpResponse:
    """Who may vote, as frozen at opening; never who has voted."""
    election = round_or_404(request, slug)
    text = request.GET.get("q", "").strip()[:60]
    entries = election.roll.all()
    if text:
        entries = entries.filter(
            Q(name__icontains=text) | Q(staff_number__startswith=text) | Q(unit_name__icontains=text)
        )
    page = Paginator(entries, ROLL_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "evaluations/roll.html", {"election": election, "page_obj": page, "q": text})


@require_safe
@officers_only
def poster(request: HttpRequest, slug: str) -> HttpResponse:
    """A4 for the wall: the code that leads to the ballot page, and until when."""
    election = round_or_404(request, slug)
    address = vote_address(request, election)
    context = {
        "election": election,
        "address": address,
        "image": qr_image(address),
        "reachable": is_reachable(request),
        "today": clock.today(),
    }
    return render(request, "evaluations/poster.html", context)
