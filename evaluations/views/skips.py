"""Periods for which an award is not held."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from evaluations.award_forms import SkipForm
from evaluations.models import Award, Election, Skip
from evaluations.planning import period_around
from evaluations.services import skips as services
from intranet import clock
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error

from .office import READ_AND_SEND, officers_only

PERIODS_OFFERED = 6


@require_http_methods(READ_AND_SEND)
@officers_only
def award_skip(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave a period out, with the reason; and those left out so far."""
    award = get_object_or_404(Award, slug=slug)
    form = SkipForm(request.POST or None, periods=_periods(award))
    if request.method == "POST" and form.is_valid():
        first = dt.date.fromisoformat(form.cleaned_data["period_first"])
        try:
            services.skip_period(award=award, period_first=first, reason=form.cleaned_data["reason"], by=request.user)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("No round is held for this period."))
            return redirect("evaluations:award_skip", slug=slug)
    skips = [(skip, _label(award, skip.period_first)) for skip in award.skips.all()]
    context = {"award": award, "form": form, "skips": skips}
    return render(request, "evaluations/award_skip.html", context, status=422 if form.errors else 200)


@require_POST
@officers_only
def award_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a skip back."""
    skip = get_object_or_404(Skip.objects.select_related("award"), pk=pk)
    try:
        services.hold_after_all(skip=skip, by=request.user)
    except RuleError as refusal:
        show_rule_error(request, refusal)
    else:
        messages.success(request, _("A round can be held for this period again."))
    return redirect("evaluations:award_skip", slug=skip.award.slug)


def _periods(award: Award) -> list[tuple[str, str]]:
    """The last period, this one and those to come that have neither round nor skip."""
    first, last = period_around(award, clock.today())
    first, last = period_around(award, first - dt.timedelta(days=1))
    taken = {
        *award.elections.exclude(phase__in=services.ENDED_EARLY).values_list("period_first", flat=True),
        *award.skips.values_list("period_first", flat=True),
    }
    offered = []
    for _number in range(PERIODS_OFFERED):
        if first not in taken:
            offered.append((first.isoformat(), _label(award, first)))
        first, last = period_around(award, last + dt.timedelta(days=1))
    return offered


def _label(award: Award, first: dt.date) -> str:
    return Election(award=award, period_first=first).period_label
