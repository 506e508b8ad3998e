"""Who takes the places where the count alone does not say: tie, lot, meeting, a result below the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from evaluations import explanations
from evaluations.decision_forms import CorrectionForm, MeetingForm, TieForm
from evaluations.disclosure import may_see_numbers, scores_shown
from evaluations.exceptions import RoundError
from evaluations.forms import ReasonForm
from evaluations.models import Election, RoundFile
from evaluations.services import decision, files
from evaluations.steps import failed_rule
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error
from intranet.ui.templatetags.ui import gap

from .office import READ_AND_SEND, officers_only
from .rounds import counts_of, round_or_404

Phase = Election.Phase
DONE = {
    MeetingForm: gettext_lazy("The decision of the meeting is recorded."),
    CorrectionForm: gettext_lazy("The record of the meeting is corrected."),
}


def _locked_out(request: HttpRequest, election: Election) -> HttpResponse | None:
    """Back to the round for an officer who stands in it: what is decided here shows how everyone fared."""
    if may_see_numbers(election, request.user):
        return None
    said = _("You stand in this round yourself. You can look on, but another union officer must run it.")
    show_rule_error(request, RoundError(said))
    return redirect("evaluations:manage", slug=election.slug)


def _page(request: HttpRequest, election: Election, form: Any, **shown: str) -> HttpResponse:
    context = {
        "election": election,
        "form": form,
        "back": reverse("evaluations:manage", kwargs={"slug": election.slug}),
        **shown,
    }
    return render(request, "evaluations/office_form.html", context, status=422 if form.errors else 200)


def _tried(request: HttpRequest, election: Election, form: Any, act: Callable[[], Any], done: Any) -> Any:
    """Run a service; back to the round when it went through, None when the form shows why it did not."""
    try:
        act()
    except RuleError as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, done)
    return redirect("evaluations:manage", slug=election.slug)


@require_http_methods(READ_AND_SEND)
@officers_only
def settle_tie(request: HttpRequest, slug: str) -> HttpResponse:
    """Who among the equal ones takes the open places: by lot, or as somebody decides, with the reason."""
    election = round_or_404(request, slug)
    if election.phase not in decision.OPENED or not election.result.get("tied") or election.decision:
        raise Http404
    locked_out = _locked_out(request, election)
    if locked_out:
        return locked_out
    if decision.by_lot(election):
        return _lot(request, election)
    if election.has_meeting:
        return redirect("evaluations:meeting", slug=slug)
    form = TieForm(request.POST or None, election=election)
    if request.method == "POST" and form.is_valid():
        deed = {"election": election, "by": request.user, **form.cleaned_data}
        gone = _tried(request, election, form, lambda: decision.settle_tie(**deed), _("The tie is settled."))
        if gone:
            return gone
    lead = _("%(places)s to decide among those with equal counts.") % {"places": decision.open_places(election)}
    return _page(request, election, form, title=_("Settle the tie"), lead=lead, action=_("Record the decision"))


def _lot(request: HttpRequest, election: Election) -> HttpResponse:
    if request.method == "POST":
        try:
            decision.draw_lot(election=election, by=request.user)
        except RuleError as refusal:
            show_rule_error(request, refusal)
            return redirect("evaluations:settle_tie", slug=election.slug)
        messages.success(request, _("The lot is drawn. Everyone can draw it again from the seed in the record."))
        return redirect("evaluations:manage", slug=election.slug)
    names = {candidate.key: candidate for candidate in election.candidates.all()}
    context = {
        "election": election,
        "tied": [names[key] for key in election.result["tied"] if key in names],
        "places": decision.open_places(election),
        "witnesses": decision.lot_witnesses(election),
        "commitment": election.rules.get("lot_commitment", ""),
    }
    return render(request, "evaluations/lot.html", context)


@require_http_methods(READ_AND_SEND)
@officers_only
def meeting(request: HttpRequest, slug: str) -> HttpResponse:
    """What the meeting decided, from its minutes, beside the computed order; until the notice it can be corrected."""
    election = round_or_404(request, slug)
    if election.phase != Phase.DECISION:
        raise Http404
    locked_out = _locked_out(request, election)
    if locked_out:
        return locked_out
    corrects = "seen" in request.POST if request.method == "POST" else election.decision.get("kind") == "meeting"
    if corrects and not election.decision.get("meeting"):
        show_rule_error(request, decision.changed_meanwhile())
        return redirect("evaluations:meeting", slug=slug)
    kind_of_form = CorrectionForm if corrects else MeetingForm
    form = kind_of_form(request.POST or None, request.FILES or None, election=election)
    if request.method == "POST" and form.is_valid():
        done = DONE[kind_of_form]
        gone = _tried(request, election, form, lambda: _record(election, form, request.user), done)
        if gone:
            return gone
    rows = {row["candidate"].key: row for row in counts_of(election, request.user)}
    scores = explanations.totals(election) if scores_shown(election, request.user) else {}
    context = {
        "election": election,
        "form": form,
        "corrects": corrects,
        "order": [{**rows[key], "score": scores.get(key, "")} for key in election.result["order"] if key in rows],
        "needs_lot": decision.needs_lot(election),
        "decides": election.rules_now["order_decides"],
    }
    return render(request, "evaluations/meeting.html", context, status=422 if form.errors else 200)


@transaction.atomic
def _record(election: Election, form: MeetingForm, by: Any) -> None:
    """The scan is filed with the decision, or neither is."""
    given = dict(form.cleaned_data)
    upload = given.pop("scan")
    if upload:
        title = _("Minutes %(number)s") % {"number": given["minutes_number"]}
        scan = files.file(election=election, kind=RoundFile.Kind.MINUTES, upload=upload, title=title, by=by)
    else:
        scan = files.minutes_of(election)
    act = decision.correct_meeting if isinstance(form, CorrectionForm) else decision.record_meeting
    act(election=election, scan=scan, by=by, **given)


@require_http_methods(READ_AND_SEND)
@officers_only
def accept_validity(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a result although a validity rule failed, with the reason."""
    election = round_or_404(request, slug)
    if election.phase not in decision.OPENED or not decision.has_open_faults(election):
        raise Http404
    locked_out = _locked_out(request, election)
    if locked_out:
        return locked_out
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        deed = {"election": election, "by": request.user, "reason": form.cleaned_data["reason"]}
        done = _("It is recorded why the result is kept.")
        gone = _tried(request, election, form, lambda: decision.accept_validity(**deed), done)
        if gone:
            return gone
    lead = gap().join([failed_rule(election), _("The other way is to annul the round and hold it again.")])
    return _page(request, election, form, title=_("Keep the result"), lead=lead, action=_("Record the decision"))
