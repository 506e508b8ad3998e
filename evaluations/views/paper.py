"""Ballots on paper: handing them out from the roll, and entering what came back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from evaluations import closing, paper_forms
from evaluations.models import Election, Mark, RollEntry
from evaluations.querysets import OFFICERS
from evaluations.services import paper
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error

from .office import READ_AND_SEND, ROLL_A_PAGE, for_roles
from .rounds import round_or_404
from .voting import kept_nowhere


@require_http_methods(READ_AND_SEND)
@for_roles(*OFFICERS, "scrutineer")
@kept_nowhere
def hand_out(request: HttpRequest, slug: str) -> HttpResponse:
    """Who was handed a ballot; a search of the roll to hand out another. Never who has voted on screen."""
    election = round_or_404(request, slug)
    if request.method == "POST":
        entry = _entry_or_404(election, request.POST.get("entry", ""))
        try:
            paper.hand_out(election=election, entry=entry, by=request.user)
        except RuleError as refusal:
            show_rule_error(request, refusal)
        else:
            messages.success(request, _("Noted: a ballot on paper was handed out."))
        return redirect("evaluations:paper", slug=slug)
    chosen = _entry_or_404(election, request.GET["entry"]) if request.GET.get("entry") else None
    text = request.GET.get("q", "").strip()[:60]
    page = Paginator(_entries(election, text), ROLL_A_PAGE).get_page(request.GET.get("page"))
    issued = closing.handed_out(election)
    context = {
        "election": election,
        "allowed": election.rules_now["paper_allowed"],
        "open_now": election.is_open_for_votes,
        "q": text,
        "page_obj": page,
        "chosen": chosen,
        "issued": [(closing.label_of(election, box), number) for box, number in issued.items()],
    }
    return render(request, "evaluations/paper.html", context)


def _entry_or_404(election: Election, given: str) -> RollEntry:
    # A number as addresses have it; anything else, and longer than any key, is nobody.
    number = int(given) if given.isascii() and given.isdecimal() and len(given) <= 12 else 0
    entry = RollEntry.objects.filter(election=election, pk=number).first()
    if entry is None:
        raise Http404
    return entry


def _entries(election: Election, text: str):
    """Without a search those who hold a ballot; with one whoever fits, each with whether they hold one."""
    holds = Mark.objects.filter(entry=OuterRef("pk"), on_paper=True)
    entries = election.roll.annotate(holds_paper=Exists(holds))
    if not text:
        return entries.filter(holds_paper=True)
    return entries.filter(Q(name__icontains=text) | Q(staff_number__startswith=text))


@require_http_methods(READ_AND_SEND)
@for_roles("scrutineer")
@kept_nowhere
@sensitive_post_parameters()
@sensitive_variables()
def count(request: HttpRequest, slug: str, box: str) -> HttpResponse:
    """Enter what one read from the paper ballots of one box; the page never shows what another entered."""
    election = round_or_404(request, slug)
    if box not in election.rules_now.get("boxes", {}):
        raise Http404
    try:
        paper.check_time(election=election, box=box, by=request.user)
    except RuleError as refusal:
        show_rule_error(request, refusal)
        return redirect("evaluations:scrutiny", slug=slug)
    if request.method != "POST":
        sheet = paper_forms.of_count(election, paper.own_count(election, box, request.user))
        return _sheet(request, election, box, sheet)
    sheet = paper_forms.of_post(election, request.POST)
    if "more" in request.POST:
        return _sheet(request, election, box, paper_forms.with_lines(sheet, len(sheet.lines) + paper_forms.LINES))
    try:
        entered = paper.enter_count(
            election=election,
            box=box,
            returned=paper_forms.whole(sheet.returned, _("ballots returned")),
            ballots=sheet.ballots(),
            by=request.user,
        )
    except RuleError as refusal:
        return _sheet(request, election, box, sheet, problem=str(refusal), status=422)
    if entered.agreed:
        messages.success(request, entered.sentence)
    else:
        messages.warning(request, entered.sentence)
    return redirect("evaluations:scrutiny", slug=slug)


def _sheet(
    request: HttpRequest,
    election: Election,
    box: str,
    sheet: paper_forms.CountSheet,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "election": election,
        "box": closing.label_of(election, box),
        "issued": closing.handed_out(election).get(box, 0),
        "sheet": sheet,
        "problem": problem,
    }
    return render(request, "evaluations/paper_count.html", context, status=status)
