"""What scrutineers and auditors see of a round: balance, seal, events, the record to recount."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from evaluations import archive, closing, disclosure, phases, record, scrutineers
from evaluations.balance import balance
from evaluations.models import Attestation, Election
from evaluations.querysets import OFFICERS
from evaluations.services import attestations, results, voting
from evaluations.services.officers import stands_in
from intranet.access.exceptions import RuleError
from intranet.access.models import User
from intranet.access.views import show_rule_error

from .office import for_roles
from .rounds import counts_of, round_or_404, words_of

VERIFIER = settings.BASE_DIR / "docs" / "verify_election.py"

BY_TWO = {
    Attestation.Act.CLOSE: gettext_lazy("Two have confirmed. The clock seals the ballots within minutes."),
    Attestation.Act.LOT: gettext_lazy("Two have confirmed. The lot can be drawn now."),
    Attestation.Act.RECORD: gettext_lazy("Two have signed the record."),
}

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
    sees = disclosure.may_see_numbers(election, request.user)
    counts_boxes = bool(election.result) and disclosure.counts_shown(election, request.user)
    rows = balance(election)
    context = {
        "election": election,
        "sealed": sealed,
        "turnout": voting.turnout(election) if election.reviewed_at else None,
        "balance": rows,
        "balanced": all(row.holds for row in rows),
        "uncounted": any(not row.counted_paper for row in rows),
        "result": election.result if sees else {},
        "counts_boxes": counts_boxes,
        "takes_record": sealed and bool(election.result) and disclosure.holds_record(election, request.user),
        "takes_archive": sees and archive.is_there(election),
        # Of a counted round the events tell how it went.
        "reads_on": sees or not election.result or election.notice_first is not None,
        **_in_two(election, request.user),
        "counts": counts_of(election, request.user) if sealed and election.result and sees else None,
        "words": words_of(election),
        "events": list(election.events.order_by("number")),
        "may_recount": sealed and sees and request.user.has_role("scrutineer"),
        "was_voted": election.phase not in phases.BEFORE_SEALING,
    }
    return render(request, "evaluations/scrutiny.html", context)


def _in_two(election: Election, user: User) -> dict[str, Any]:
    """What two scrutineers do together: who has confirmed what, what is missing, and which buttons this one has."""
    scrutinises = user.has_role("scrutineer") and not stands_in(election, user)
    rules = election.rules_now
    waiting = election.closed_at is not None and election.sealed_at is None
    confirmed = list(election.attestations.select_related("by"))
    own = {one.act for one in confirmed if one.by_id == user.pk}
    return {
        "missing": closing.missing(election) if waiting else [],
        "to_count": [(box, closing.label_of(election, box)) for box in _uncounted(election)] if scrutinises else [],
        "paper": rules["paper_allowed"],
        "may_close": scrutinises
        and rules["sealed_by_two"]
        and election.voting_is_over
        and Attestation.Act.CLOSE not in own,
        "may_stand_by": scrutinises and scrutineers.may_stand_by(election) and Attestation.Act.LOT not in own,
        "may_sign": scrutinises
        and bool(election.result)
        and election.phase in attestations.COUNTED
        and Attestation.Act.RECORD not in own,
        "confirmed": confirmed,
    }


def _uncounted(election: Election) -> list[str]:
    closed = election.phase == phases.Phase.VOTING and election.closed_at is not None
    return closing.boxes_to_count(election) if closed and election.rules_now["paper_allowed"] else []


@require_POST
@for_roles("scrutineer")
def attest(request: HttpRequest, slug: str, act: str) -> HttpResponse:
    """Stand for an act: closing, a lot, the record. Two do."""
    election = round_or_404(request, slug)
    try:
        number = attestations.attest(election=election, act=act, by=request.user)
    except RuleError as refusal:
        show_rule_error(request, refusal)
    else:
        if number < closing.SCRUTINEERS_NEEDED:
            messages.success(request, _("Confirmed. A second scrutineer must confirm it too."))
        else:
            messages.success(request, str(BY_TWO[act]))
    return redirect("evaluations:scrutiny", slug=slug)


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
            disclosure.check_record(election, request.user)
            record.write_bundle(election, Path(folder))
        except RuleError as refusal:
            show_rule_error(request, refusal)
            return redirect("evaluations:scrutiny", slug=slug)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as zipped:
            for path in sorted(Path(folder).iterdir()):
                zipped.write(path, f"{election.slug}/{path.name}")
            zipped.write(VERIFIER, VERIFIER.name)
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{election.slug}.zip"'
    return response
