"""Awards, set up once with what counts in them; and the plan of the next round, filled in from the last."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from evaluations import planning
from evaluations.award_forms import (
    AwardForm,
    BoxFormSet,
    ComponentFormSet,
    WhatCountsForm,
    box_rows,
    component_rows,
    show_fault,
)
from evaluations.exceptions import AwardFault
from evaluations.forms import PlanForm
from evaluations.models import Award, Component
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
    is_new = award.pk is None
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form, award)
        except AwardFault as fault:
            show_fault(fault, form)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The award is saved."))
            return redirect("evaluations:award_parts", slug=saved.slug) if is_new else redirect("evaluations:awards")
    context = {"form": form, "award": award, "title": title, "is_new": is_new}
    return render(request, "evaluations/award_form.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: AwardForm, award: Award) -> Award:
    if award.pk:
        return services.change_award(award=award, by=request.user, **form.cleaned_data)
    return services.set_up_award(by=request.user, **form.cleaned_data)


@require_http_methods(READ_AND_SEND)
@officers_only
def award_parts(request: HttpRequest, slug: str) -> HttpResponse:
    """What counts: whether there is a ballot and a meeting, the boxes and the parts of the score, kept as one."""
    award = get_object_or_404(Award, slug=slug)
    sent = request.POST or None
    form = WhatCountsForm(sent, instance=award)
    boxes = BoxFormSet(sent, prefix="boxes", initial=list(award.boxes.values("electorate", "label", "weight")))
    of_award = {"subject": award.subject}
    parts = ComponentFormSet(sent, prefix="parts", initial=_initial_parts(award), form_kwargs=of_award)
    if request.method == "POST" and all([form.is_valid(), boxes.is_valid(), parts.is_valid()]):
        try:
            services.change_award(
                award=award,
                by=request.user,
                boxes=box_rows(boxes),
                components=component_rows(parts),
                **form.cleaned_data,
            )
        except AwardFault as fault:
            show_fault(fault, form, parts)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("What counts is saved."))
            return redirect("evaluations:awards")
    context = {"award": award, "form": form, "boxes": boxes, "parts": parts}
    return render(request, "evaluations/award_parts.html", context, status=422 if sent else 200)


def _initial_parts(award: Award) -> list[dict[str, Any]]:
    """The lines there are; where ballots alone count, their line, so that others can be set beside it."""
    rows: list[dict[str, Any]] = list(award.components.values())
    if rows or award.ballot_kind == Award.BallotKind.NONE:
        return rows
    return [{"key": "ballots", "kind": "ballots", "label": str(Component.Kind.BALLOTS.label), "weight": 100}]


@require_http_methods(READ_AND_SEND)
@officers_only
def round_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan the next round: same as last time, moved on by working days."""
    award = get_object_or_404(Award.objects.current(), slug=slug)
    last = planning.last_round(award)
    initial = planning.proposal(award)
    form = PlanForm(request.POST or None, initial=initial, wanted=planning.asks_for(award))
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
