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

from evaluations import archive, phases, planning, steps
from evaluations.disclosure import FEW, has_few, may_see_numbers
from evaluations.forms import DatesForm, ReasonForm
from evaluations.group_notices import group_text
from evaluations.models import Election
from evaluations.poster import qr_image, vote_address
from evaluations.querysets import OFFICERS
from evaluations.services import decision, notices, results, rounds, voting
from evaluations.services.officers import stands_in
from intranet import clock
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error, visible_or_404
from intranet.reminders.group_notices import spoken
from intranet.ui.addresses import is_reachable

from .rounds import counts_of, round_or_404, words_of

ROLL_A_PAGE = 50
AFTER_SEALING = (*decision.OPENED, phases.Phase.PUBLIC_NOTICE, phases.Phase.PUBLISHED)
Phase = phases.Phase
View = Callable[..., HttpResponse]

DONE = {
    "open": gettext_lazy("The round is open: rules and roll are frozen."),
    "finish_review": gettext_lazy("The review is finished. Voting opens by itself on its day."),
    "start_notice": gettext_lazy("The public notice has begun."),
    "cancel": gettext_lazy("The round is cancelled."),
    "annul": gettext_lazy("The round is annulled; its honours no longer count."),
    "dates": gettext_lazy("The dates are changed."),
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
def manage(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything about one round for whoever runs it."""
    election = _counted_or_404(request, slug)
    sealed = election.sealed_at is not None
    sees = may_see_numbers(election, request.user)
    context = {
        "election": election,
        "timeline": phases.timeline(election),
        # Of a counted round even the next step, and what happened, tell how it went.
        "reads_on": sees or not election.result or election.notice_first is not None,
        "sees_numbers": sees,
        "few": FEW if election.opened_at is not None and has_few(election) else 0,
        "next_step": steps.office_step(election),
        "locked_out": stands_in(election, request.user),
        "turnout": voting.turnout(election) if election.phase == Phase.VOTING else None,
        "counts": counts_of(election, request.user) if sealed and election.result and sees else None,
        "words": words_of(election),
        "events": list(election.events.order_by("-number")[:12]),
        "group_text": spoken(group_text, election),
        "takes": archive.takes(election),
        "may_change_dates": election.phase == Phase.PREPARATION and election.opened_at is None,
        "may_cancel": election.phase in phases.BEFORE_SEALING,
        "may_annul": election.phase in AFTER_SEALING,
        "may_correct": election.phase == Phase.DECISION,
        "has_poster": election.phase in (Phase.RECOMMENDATION, Phase.REVIEW, Phase.VOTING),
        "before_sealing": election.phase in phases.BEFORE_SEALING,
        "may_repeat": election.phase in phases.ENDED_EARLY,
        "has_wall": election.opened_at is not None and election.phase not in notices.OVER,
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
def change_dates(request: HttpRequest, slug: str) -> HttpResponse:
    """Other dates, while nothing has been opened yet."""
    election = round_or_404(request, slug)
    if election.phase != Phase.PREPARATION or election.opened_at:
        raise Http404
    wanted = planning.asks_for(election.award)
    initial = {name: getattr(election, name) for name in wanted}
    form = DatesForm(request.POST or None, initial=initial, wanted=wanted)
    if request.method == "POST" and form.is_valid():
        try:
            left_out = dict.fromkeys(set(planning.INSTANTS) - set(wanted))
            rounds.change_dates(election=election, by=request.user, **form.cleaned_data, **left_out)
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
