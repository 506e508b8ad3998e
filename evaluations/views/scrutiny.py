"""What scrutineers and auditors see of a round: balance, seal, events, the record to recount."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from evaluations import phases, record
from evaluations.models import Election
from evaluations.querysets import OFFICERS
from evaluations.services import results, voting
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error

from .office import for_roles
from .rounds import counts_of, round_or_404

VERIFIER = settings.BASE_DIR / "docs" / "verify_election.py"

watchers_only = for_roles(*OFFICERS, "scrutineer", "auditor")


@require_safe
@for_roles("scrutineer", "auditor")
def watch(request: HttpRequest) -> HttpResponse:
    """Rounds worth watching: those being voted on or later, newest first."""
    shown = Election.objects.visible_to(request.user).select_related("award").filter(opened_at__isnull=False)
    return render(request, "evaluations/watch.html", {"rounds": shown[:60]})


@require_safe
@watchers_only
def scrutiny(request: HttpRequest, slug: str) -> HttpResponse:
    """Before sealing the total turnout only; afterwards balance, counts and the record."""
    election = round_or_404(request, slug)
    sealed = election.sealed_at is not None
    context = {
        "election": election,
        "sealed": sealed,
        "turnout": voting.turnout(election) if election.reviewed_at else None,
        "result": election.result,
        "counts": counts_of(election) if sealed and election.result else None,
        "events": list(election.events.order_by("number")),
        "may_recount": sealed and request.user.has_role("scrutineer"),
        "was_voted": election.phase not in phases.BEFORE_SEALING,
    }
    return render(request, "evaluations/scrutiny.html", context)


@require_POST
@for_roles("scrutineer")
def recount(request: HttpRequest, slug: str) -> HttpResponse:
    """Count the sealed ballots again; the outcome is an event of the round."""
    election = round_or_404(request, slug)
    try:
        holds = results.recount(election=election, by=request.user)
    except RuleError as refusal:
        show_rule_error(request, refusal)
    else:
        if holds:
            messages.success(request, _("The recount gives the same result. It is noted in the events."))
        else:
            messages.error(
                request, _("The recount gives another result. Publish nothing; tell the union chair and the auditor.")
            )
    return redirect("evaluations:scrutiny", slug=slug)


@require_safe
@watchers_only
@cache_control(no_store=True, private=True)
def download(request: HttpRequest, slug: str) -> HttpResponse:
    """The record as one zip, with the program that checks it on any machine."""
    election = round_or_404(request, slug)
    if election.sealed_at is None:
        raise Http404
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        try:
            record.write_bundle(election, Path(folder))
        except RuleError as refusal:
            show_rule_error(request, refusal)
            return redirect("evaluations:scrutiny", slug=slug)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).iterdir()):
                archive.write(path, f"{election.slug}/{path.name}")
            archive.write(VERIFIER, VERIFIER.name)
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{election.slug}.zip"'
    return response
