"""Scores in one's own box, the officer's page that gathers and freezes, and the result explained line by line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import explanations
from evaluations.assessment_forms import AdjustmentForm, ExcuseForm, SeatBox, SeatForm
from evaluations.disclosure import scores_shown
from evaluations.models import Election, PanelSeat
from evaluations.services import assessment as services
from evaluations.services import inputs, panels
from evaluations.services.officers import stands_in
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error

from .office import READ_AND_SEND, officers_only
from .rounds import round_or_404

Phase = Election.Phase


@require_http_methods(READ_AND_SEND)
@cache_control(no_store=True, private=True)
def my_scores(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own seats, a box of scores for each; a draft is kept at every save and counts once handed in."""
    election = round_or_404(request, slug)
    seats = list(election.seats.filter(user=request.user).prefetch_related("scores"))
    if not seats:
        raise Http404
    sent = _sent_seat(request, seats)
    candidates = list(election.candidates.order_by("key"))
    parts = {part["key"]: part for part in panels.panel_components(election)}
    boxes = [SeatBox(seat, parts[seat.component], candidates, _typed(request, seat, sent)) for seat in seats]
    if sent is not None:
        box = next(box for box in boxes if box.seat is sent)
        if _kept(request, box):
            return redirect("evaluations:my_scores", slug=slug)
    context = {"election": election, "boxes": boxes, "frozen": election.inputs_frozen_at is not None}
    return render(request, "evaluations/my_scores.html", context, status=422 if sent else 200)


def _sent_seat(request: HttpRequest, seats: list[PanelSeat]) -> PanelSeat | None:
    """The seat a form was sent for; a foreign one is a missing one."""
    if request.method != "POST":
        return None
    named = {str(seat.pk): seat for seat in seats}
    if request.POST.get("seat") not in named:
        raise Http404
    return named[request.POST["seat"]]


def _typed(request: HttpRequest, seat: PanelSeat, sent: PanelSeat | None) -> Any:
    """What was typed for this seat; None where the page shows what is kept."""
    return request.POST if seat is sent and request.POST.get("deed") != "take_back" else None


def _kept(request: HttpRequest, box: SeatBox) -> bool:
    """Do what was asked with the box; False leaves the sentence in it and what was typed on the page."""
    if not box.is_sound:
        box.fault = _("Nothing is saved yet. Put right what is marked below.")
        return False
    deed = request.POST.get("deed")
    try:
        if deed == "take_back":
            panels.take_back(seat=box.seat, by=request.user)
            messages.success(request, _("Your scores are open again. Hand them in once more when they are right."))
            return True
        panels.save_scores(seat=box.seat, scores=box.scores, conflicts=box.conflicts, by=request.user)
        if deed == "hand_in":
            panels.hand_in(seat=box.seat, by=request.user)
            messages.success(request, _("Handed in. Nobody sees your scores singly."))
        else:
            messages.success(request, _("Saved as a draft. Hand it in when everybody has a score."))
    except RuleError as refusal:
        box.fault = str(refusal)
        return False
    return True


@require_safe
@officers_only
def assessment(request: HttpRequest, slug: str) -> HttpResponse:
    """What each component is made of, what is missing, who has handed in; and freezing as the next step."""
    election = round_or_404(request, slug)
    if election.reviewed_at is None or not election.has_assessment:
        raise Http404
    context = _assessment_context(request, election)
    return render(request, "evaluations/assessment.html", context)


def _assessment_context(
    request: HttpRequest, election: Election, form: Any = None, seat_form: Any = None
) -> dict[str, Any]:
    frozen = election.inputs_frozen_at is not None
    gathered = inputs.Gathered(election.inputs.get("values", {}), {}) if frozen else inputs.gather(election)
    locked_out = stands_in(election, request.user)
    brought = election.brought.select_related("candidate")
    may_change = not frozen and not locked_out
    seats_can_be_given = may_change and panels.panel_components(election)
    return {
        "election": election,
        "parts": explanations.parts(election, gathered, with_values=not locked_out),
        "seats": explanations.seats(election),
        "brought": [] if locked_out else list(brought.order_by("component", "created_at", "pk")),
        "adjusts": bool(services.parts_of(election, "adjustment")),
        "frozen": frozen,
        "fault": "" if frozen or gathered.missing else _unusable(election, gathered),
        "missing": gathered.missing,
        "locked_out": locked_out,
        "may_change": may_change,
        "may_freeze": may_change and election.phase == Phase.ASSESSMENT and not gathered.missing,
        "waits_for_seal": not frozen and election.phase != Phase.ASSESSMENT,
        "form": form or AdjustmentForm(election=election),
        "excuse_form": ExcuseForm(),
        "seat_form": seat_form or (SeatForm(election=election) if seats_can_be_given else None),
    }


def _unusable(election: Election, gathered: inputs.Gathered) -> str:
    """Why complete inputs could not be scored, in a sentence; "" if they can."""
    try:
        services.check_values(election, gathered.as_json)
    except RuleError as refusal:
        return str(refusal)
    return ""


def _acted(request: HttpRequest, slug: str, act: Callable[[], Any], done: str) -> HttpResponse:
    try:
        act()
    except RuleError as refusal:
        show_rule_error(request, refusal)
    else:
        messages.success(request, done)
    return redirect("evaluations:assessment", slug=slug)


@require_POST
@officers_only
def bring(request: HttpRequest, slug: str) -> HttpResponse:
    """A bonus or a deduction with its reason."""
    election = round_or_404(request, slug)
    if election.reviewed_at is None or not election.has_assessment:
        raise Http404
    form = AdjustmentForm(request.POST, election=election)
    if form.is_valid():
        try:
            services.bring(election=election, by=request.user, **form.cleaned_data)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The points are entered."))
            return redirect("evaluations:assessment", slug=slug)
    context = _assessment_context(request, election, form)
    return render(request, "evaluations/assessment.html", context, status=422)


@require_POST
@officers_only
def take_away(request: HttpRequest, slug: str) -> HttpResponse:
    """Remove an entry."""
    election = round_or_404(request, slug)
    pk = _number_or_404(request, "entry")
    return _acted(
        request,
        slug,
        lambda: services.take_away(election=election, pk=pk, by=request.user),
        _("The entry is removed."),
    )


@require_POST
@officers_only
def excuse(request: HttpRequest, slug: str) -> HttpResponse:
    """Withdraw a seat of a panel."""
    election = round_or_404(request, slug)
    seat = get_object_or_404(PanelSeat, election=election, pk=_number_or_404(request, "seat"))
    reason = request.POST.get("reason", "")
    return _acted(
        request,
        slug,
        lambda: panels.excuse(seat=seat, reason=reason, by=request.user),
        _("The seat is withdrawn."),
    )


@require_POST
@officers_only
def add_seat(request: HttpRequest, slug: str) -> HttpResponse:
    """Give somebody a seat of a panel."""
    election = round_or_404(request, slug)
    if election.reviewed_at is None or not panels.panel_components(election):
        raise Http404
    form = SeatForm(request.POST, election=election)
    if form.is_valid():
        try:
            panels.add_seat(election=election, by=request.user, **form.cleaned_data)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The seat is given. Tell the person that scores are awaited."))
            return redirect("evaluations:assessment", slug=slug)
    context = _assessment_context(request, election, seat_form=form)
    return render(request, "evaluations/assessment.html", context, status=422)


@require_POST
@officers_only
def freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Freeze the inputs; the boxes are opened with it."""
    election = round_or_404(request, slug)
    return _acted(
        request,
        slug,
        lambda: services.freeze(election=election, by=request.user),
        _("The inputs are frozen and the boxes are open. The result is on the page of the round."),
    )


def _number_or_404(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Http404
    return int(text)


@require_safe
@cache_control(no_store=True, private=True)
def explained(request: HttpRequest, slug: str) -> HttpResponse:
    """How every total came about, for whoever runs or checks the round; from the notice on, one's own for others."""
    election = round_or_404(request, slug)
    sees_all = scores_shown(election, request.user)
    rows = explanations.all_of(election) if sees_all else explanations.own_of(election, request.user)
    if not rows:
        raise Http404
    return render(request, "evaluations/explained.html", {"election": election, "rows": rows, "sees_all": sees_all})
