"""The review: sealed forms filed, recommendations admitted or not, with what speaks against them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import steps
from evaluations.models import Award, Election, Nomination
from evaluations.papers.recommendations import FILLED_FORM
from evaluations.papers.subjects import OPENED
from evaluations.review_forms import SealedForm
from evaluations.services import excluded, filing, nominations, vetoes
from evaluations.services.files import reads_what_is_said
from evaluations.services.officers import stands_in
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error, visible_or_404
from intranet.people.models import Unit

from .office import READ_AND_SEND, officers_only
from .rounds import round_or_404

Phase, State = Election.Phase, Nomination.State
FIELDS = {Award.Subject.WINDOW: "window", Award.Subject.TEAM: "team"}


@require_safe
@officers_only
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """Every recommendation with its reason and vetoes; those waiting can be admitted, or not with a reason."""
    election = visible_or_404(steps.with_counts(Election.objects.all()), request.user, slug=slug)
    rows = list(
        Nomination.objects.visible_to(request.user)
        .filter(election=election)
        .select_related("person", "window", "team", "unit", "by", "reviewed_by", "scan")
        .prefetch_related("vetoes__file")
    )
    locked_out = stands_in(election, request.user)
    reads = reads_what_is_said(election, request.user)
    proposed = vetoes.found(election) if reads and election.phase in vetoes.OPEN else []
    cards = [_card(row, proposed, reads) for row in rows]
    context = {
        "election": election,
        "waiting": [card for card in cards if card["nomination"].state == State.ACCEPTED],
        "others": [card for card in cards if card["nomination"].state != State.ACCEPTED],
        "may_decide": election.phase in (Phase.RECOMMENDATION, Phase.REVIEW)
        and not election.reviewed_at
        and not locked_out,
        "may_veto": bool(election.rules_now["vetoes"]) and election.phase in vetoes.OPEN and not locked_out,
        "shaken": excluded.shaken(election) if reads and election.phase in vetoes.OPEN else [],
        "may_file": election.phase == Phase.RECOMMENDATION and election.rules_now["quota_per_unit"] > 0,
        "may_print": election.phase in OPENED and not locked_out,
        "form_kind": FILLED_FORM,
        "locked_out": locked_out,
        "next_step": steps.office_step(election),
    }
    return render(request, "evaluations/review.html", context)


def _card(nomination: Nomination, proposed: list[vetoes.Found], reads: bool) -> dict[str, Any]:
    """One recommendation with its vetoes, for those who may read them."""
    return {
        "nomination": nomination,
        "named": nomination.subject,
        "vetoes": list(nomination.vetoes.all()) if reads else [],
        "proposed": [one for one in proposed if one.nomination.pk == nomination.pk],
        "live": nomination.state in steps.LIVE,
        "strikes": nomination.state == State.PROPOSED and nominations.came_on_paper(nomination),
        "wants_form": nomination.kind == Nomination.Kind.UNIT
        and nomination.scan_id is None
        and nomination.state in steps.LIVE,
    }


@require_POST
@officers_only
def decide(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Admit a recommendation, or not with the reason."""
    nomination = visible_or_404(Nomination.objects.select_related("election"), request.user, pk=pk)
    try:
        if deed == "approve":
            nominations.approve(nomination=nomination, by=request.user)
            messages.success(request, _("Admitted as a candidate."))
        else:
            reason = request.POST.get("reason", "").strip()
            nominations.reject(nomination=nomination, reason=reason, by=request.user)
            messages.success(request, _("Not admitted; the person is told why."))
    except RuleError as refusal:
        show_rule_error(request, refusal)
    return redirect("evaluations:review", slug=nomination.election.slug)


@require_POST
@officers_only
def add_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The sealed form of a recommendation that came by a sheet."""
    nomination = visible_or_404(Nomination.objects.select_related("election"), request.user, pk=pk)
    try:
        filing.add_form(nomination=nomination, upload=request.FILES.get("upload"), by=request.user)
        messages.success(request, _("The sealed form is filed."))
    except RuleError as refusal:
        show_rule_error(request, refusal)
    return redirect("evaluations:review", slug=nomination.election.slug)


@require_http_methods(READ_AND_SEND)
@officers_only
def file_recommendation(request: HttpRequest, slug: str) -> HttpResponse:
    """First the unit, then what stands on its form, with the scan."""
    election = round_or_404(request, slug)
    if election.phase != Phase.RECOMMENDATION:
        raise Http404
    units = Unit.objects.visible_to(request.user).order_by("name")
    back = reverse("evaluations:review", kwargs={"slug": slug})
    chosen = request.GET.get("unit", "")
    if not chosen:
        return render(request, "evaluations/file_unit.html", {"election": election, "units": units, "back": back})
    unit = visible_or_404(Unit, request.user, pk=chosen)
    form = SealedForm(request.POST or None, request.FILES or None, election=election, unit=unit)
    if request.method == "POST" and form.is_valid() and _filed(request, election, unit, form):
        return redirect("evaluations:review", slug=slug)
    context = {
        "election": election,
        "form": form,
        "unit": unit,
        "title": _("File a sealed recommendation"),
        "action": _("File the recommendation"),
        "back": back,
    }
    return render(request, "evaluations/upload_form.html", context, status=422 if form.errors else 200)


def _filed(request: HttpRequest, election: Election, unit: Unit, form: SealedForm) -> bool:
    """Whether the service took it; its refusal stands on the form."""
    field = FIELDS.get(election.rules_now["subject"], "person")
    given = form.cleaned_data
    about = {field: given["subject"]}
    try:
        filing.file_recommendation(
            election=election, unit=unit, reason=given["reason"], upload=given["upload"], by=request.user, **about
        )
    except RuleError as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("The recommendation is filed. A person named is asked whether they accept."))
    return True
