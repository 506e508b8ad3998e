"""Awards, set up once; and the plan of the next round, filled in from the last."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from evaluations import planning
from evaluations.forms import AwardForm, PlanForm
from evaluations.models import Award
from evaluations.services import awards as services
from evaluations.services import rounds
from intranet.access.exceptions import RuleError

from .office import READ_AND_SEND, officers_only


@require_safe
@officers_only
def awards(request: HttpRequest) -> HttpResponse:
    rows = Award.objects.annotate(rounds=Count("elections"))
    return render(request, "evaluations/awards.html", {"awards": rows})


@require_http_methods(READ_AND_SEND)
@officers_only
def award_new(request: HttpRequest) -> HttpResponse:
    return _award_form(request, Award(), _("New award"))


@require_http_methods(READ_AND_SEND)
@officers_only
def award_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Changes hold for rounds opened from now on; open rounds keep the rules they were opened with."""
    return _award_form(request, get_object_or_404(Award, slug=slug), _("Change the award"))


def _award_form(request: HttpRequest, award: Award, title: str) -> HttpResponse:
    form = AwardForm(request.POST or None, instance=award)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, form, award)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The award is saved."))
            return redirect("evaluations:awards")
    context = {
        "form": form,
        "title": title,
        "lead": _("Rounds that are open already keep the rules they were opened with.") if award.pk else "",
        "action": _("Save the award"),
        "back": reverse("evaluations:awards"),
    }
    return render(request, "evaluations/office_form.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: AwardForm, award: Award) -> Award:
    if award.pk:
        return services.change_award(award=award, by=request.user, **form.cleaned_data)
    return services.set_up_award(by=request.user, **form.cleaned_data)


@require_http_methods(READ_AND_SEND)
@officers_only
def round_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan the next round: same as last time, moved on by working days."""
    award = get_object_or_404(Award.objects.current(), slug=slug)
    last = planning.last_round(award)
    initial = planning.proposal(award)
    form = PlanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            election = rounds.plan_round(award=award, by=request.user, **form.cleaned_data)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The round is planned. Open it when the dates are right."))
            return redirect("evaluations:manage", slug=election.slug)
    context: dict[str, Any] = {
        "award": award,
        "last": last,
        "form": form,
        "unannounced": planning.unannounced_years(initial),
    }
    return render(request, "evaluations/round_new.html", context, status=422 if form.errors else 200)
