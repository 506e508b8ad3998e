"""Vetoes: entered and settled by officers, appealed by whom they name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from evaluations.models import Nomination, Veto
from evaluations.review_forms import AppealForm, VetoForm, VetoOutcomeForm
from evaluations.services import vetoes
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error, visible_or_404

from .office import READ_AND_SEND, officers_only


@require_http_methods(READ_AND_SEND)
@officers_only
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """A veto with its evidence; one proposed from the register of incidents is entered with one button."""
    rows = Nomination.objects.select_related("election__award", "person", "window", "team")
    nomination = visible_or_404(rows, request.user, pk=pk)
    slug = nomination.election.slug
    if request.method == "POST" and request.POST.get("incident", "").isdecimal():
        return _taken_over(request, nomination)
    form = VetoForm(request.POST or None, request.FILES or None, election=nomination.election)
    if request.method == "POST" and form.is_valid():
        try:
            vetoes.enter(nomination=nomination, by=request.user, **form.cleaned_data)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The veto is entered. Whoever is named can appeal."))
            return redirect("evaluations:review", slug=slug)
    context = {
        "election": nomination.election,
        "form": form,
        "title": _("Enter a veto"),
        "subject": nomination.subject,
        "action": _("Enter the veto"),
        "danger": True,
        "back": reverse("evaluations:review", kwargs={"slug": slug}),
    }
    return render(request, "evaluations/upload_form.html", context, status=422 if form.errors else 200)


def _taken_over(request: HttpRequest, nomination: Nomination) -> HttpResponse:
    """A proposed veto: kind and number of the incident as the page showed them, checked anew by the service."""
    try:
        vetoes.enter(
            nomination=nomination,
            kind=request.POST.get("kind", ""),
            incident=int(request.POST["incident"][:9]),
            by=request.user,
        )
    except RuleError as refusal:
        show_rule_error(request, refusal)
    else:
        messages.success(request, _("The veto is entered. Whoever is named can appeal."))
    return redirect("evaluations:review", slug=nomination.election.slug)


@require_POST
@officers_only
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Lift a veto, or let it stand after an appeal; with the reason."""
    veto = visible_or_404(Veto.objects.select_related("nomination__election"), request.user, pk=pk)
    form = VetoOutcomeForm(request.POST)
    if form.is_valid():
        try:
            vetoes.settle(veto=veto, by=request.user, **form.cleaned_data)
        except RuleError as refusal:
            show_rule_error(request, refusal)
        else:
            messages.success(request, _("Settled. Whoever is named can read the reason."))
    else:
        messages.error(request, _("Say why, in at most 300 characters."))
    return redirect("evaluations:review", slug=veto.nomination.election.slug)


@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """By whom the veto names; it counts until the appeal is heard."""
    rows = Veto.objects.naming(request.user).select_related("nomination__election")
    veto = get_object_or_404(rows, pk=pk)
    form = AppealForm(request.POST)
    if form.is_valid():
        try:
            vetoes.appeal(veto=veto, by=request.user, **form.cleaned_data)
        except RuleError as refusal:
            show_rule_error(request, refusal)
        else:
            messages.success(request, _("Your appeal is handed in. You will read the answer here."))
    else:
        messages.error(request, _("Say why the veto does not hold, in at most 500 characters."))
    return redirect("evaluations:recommend", slug=veto.nomination.election.slug)
