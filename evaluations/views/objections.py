"""The public notice from the office: objections, the place on the wall and its photo, holding a round again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from evaluations.models import Election, Objection
from evaluations.querysets import OFFICERS
from evaluations.review_forms import ObjectionForm, ObjectionOutcomeForm, WallForm
from evaluations.services import notices, rerun
from evaluations.services import objections as services
from evaluations.services.files import reads_what_is_said
from intranet import clock
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error, visible_or_404

from .office import READ_AND_SEND, for_roles, officers_only
from .rounds import round_or_404

Phase = Election.Phase


@require_http_methods(READ_AND_SEND)
@for_roles(*OFFICERS, "auditor")
def objections(request: HttpRequest, slug: str) -> HttpResponse:
    """All objections of a round with their texts, and the form for another one; the auditor reads only."""
    election = round_or_404(request, slug)
    if election.notice_first is None:
        raise Http404
    reads = reads_what_is_said(election, request.user)
    writes = reads and request.user.has_role(*OFFICERS) and election.phase == Phase.PUBLIC_NOTICE
    form = ObjectionForm(request.POST or None, request.FILES or None, initial={"received_on": clock.today()})
    if request.method == "POST" and form.is_valid() and _registered(request, election, form):
        return redirect("evaluations:objections", slug=slug)
    rows = Objection.objects.visible_to(request.user).filter(election=election).select_related("file", "by")
    context = {
        "election": election,
        "objections": list(rows) if reads else [],
        "form": form,
        "outcome_form": ObjectionOutcomeForm(),
        "reads": reads,
        "writes": writes,
    }
    return render(request, "evaluations/objections.html", context, status=422 if form.errors else 200)


def _registered(request: HttpRequest, election: Election, form: ObjectionForm) -> bool:
    try:
        made = services.register(election=election, by=request.user, **form.cleaned_data)
    except RuleError as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Objection %(n)d is registered.") % {"n": made.number})
    return True


@require_http_methods(READ_AND_SEND)
@officers_only
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found about one objection, with the answer that everyone reads."""
    rows = Objection.objects.select_related("election__award", "file")
    objection = visible_or_404(rows, request.user, pk=pk)
    election = objection.election
    if not reads_what_is_said(election, request.user):
        raise Http404
    form = ObjectionOutcomeForm(request.POST or None)
    back = reverse("evaluations:objections", kwargs={"slug": election.slug})
    if request.method == "POST" and form.is_valid():
        try:
            services.settle(objection=objection, by=request.user, **form.cleaned_data)
        except RuleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Objection %(n)d is settled.") % {"n": objection.number})
            return redirect(back)
    context = {"election": election, "objection": objection, "form": form, "back": back}
    return render(request, "evaluations/objection_settle.html", context, status=422 if form.errors else 200)


@require_http_methods(READ_AND_SEND)
@officers_only
def wall(request: HttpRequest, slug: str) -> HttpResponse:
    """Where the notice hangs, and the photo that shows it."""
    election = round_or_404(request, slug)
    if election.opened_at is None or election.phase in notices.OVER:
        raise Http404
    form = WallForm(request.POST or None, request.FILES or None, initial={"place": election.notice_place})
    if election.phase != Phase.PUBLIC_NOTICE:
        del form.fields["upload"]
    if request.method == "POST" and form.is_valid() and _hung(request, election, form):
        return redirect("evaluations:manage", slug=slug)
    context: dict[str, Any] = {
        "election": election,
        "form": form,
        "title": _("The notice on the wall"),
        "action": _("Save"),
        "back": reverse("evaluations:manage", kwargs={"slug": slug}),
    }
    return render(request, "evaluations/upload_form.html", context, status=422 if form.errors else 200)


def _hung(request: HttpRequest, election: Election, form: WallForm) -> bool:
    upload = form.cleaned_data.get("upload")
    try:
        notices.set_place(election=election, place=form.cleaned_data["place"], by=request.user)
        if upload is not None:
            notices.file_photo(election=election, upload=upload, by=request.user)
    except RuleError as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved."))
    return True


@require_POST
@officers_only
def again(request: HttpRequest, slug: str) -> HttpResponse:
    """Hold a round again that was called off or annulled; its dates can be changed before it is opened."""
    election = round_or_404(request, slug)
    try:
        planned = rerun.hold_again(election=election, by=request.user)
    except RuleError as refusal:
        show_rule_error(request, refusal)
        return redirect("evaluations:manage", slug=slug)
    messages.success(request, _("A new round for the same period is planned. Open it when the dates are right."))
    return redirect("evaluations:manage", slug=planned.slug)
