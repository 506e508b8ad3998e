"""The ballot page and the receipt. No choice ever reaches a message, a session, an address or an error report."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_safe

from evaluations import phases
from evaluations.ballot_words import MARKS
from evaluations.exceptions import AlreadyVoted, BallotError
from evaluations.models import Candidate, Election, Mark, RollEntry
from evaluations.services import paper, voting
from evaluations.tally import GRADES
from intranet import clock

from .rounds import round_or_404

kept_nowhere = cache_control(no_store=True, private=True)


def receipt_of(entry: RollEntry | None) -> str:
    """The receipt of someone's own mark; "" before they have voted."""
    if entry is None:
        return ""
    return Mark.objects.filter(entry=entry).values_list("receipt", flat=True).first() or ""


def fair_order(candidates: list[Candidate], entry: RollEntry | None) -> list[Candidate]:
    """The same order each time for one voter, another for the next: nobody stands first for everyone."""
    seed = str(entry.pk) if entry else ""

    def place(candidate: Candidate) -> bytes:
        return hashlib.sha256(f"{seed}:{candidate.key}".encode()).digest()

    return sorted(candidates, key=place)


@sensitive_variables()
def choices_sent(sent: QueryDict) -> list[str]:
    """A ballot as the form sends it: ``choice`` names candidates, ``choice.KEY`` says something of one.

    What names nobody is kept, so that the service refuses it; a radio that says nothing leaves the candidate blank.
    """
    marked = [
        f"{name.removeprefix('choice.')}={said}"
        for name in sent
        if name.startswith("choice.")
        for said in sent.getlist(name)
        if said
    ]
    return [*sent.getlist("choice"), *marked]


@method_decorator([kept_nowhere, sensitive_post_parameters()], name="dispatch")
class Vote(View):
    """Choose and send. A second ballot answers 409, a ballot against the rules 422, a stranger to the roll 403."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        election = round_or_404(request, slug)
        entry = voting.entry_of(election, request.user)
        receipt = receipt_of(entry)
        if receipt:
            return self.voted(request, election, receipt)
        return self.ballot(request, election, entry)

    @method_decorator(sensitive_variables())
    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        election = round_or_404(request, slug)
        choices = choices_sent(request.POST)
        # The page's own form always brings one; whoever sends without cannot repeat a lost answer, no more.
        receipt = request.POST.get("receipt") or voting.new_receipt()
        try:
            voting.cast_ballot(election=election, user=request.user, choices=choices, receipt=receipt)
        except AlreadyVoted as refusal:
            entry = voting.entry_of(election, request.user)
            return self.voted(request, election, receipt_of(entry), problem=str(refusal), status=409)
        except BallotError as refusal:
            election.refresh_from_db()
            entry = voting.entry_of(election, request.user)
            return self.ballot(request, election, entry, problem=str(refusal), kept=choices, status=422)
        response = HttpResponseRedirect(reverse("evaluations:receipt", kwargs={"slug": slug}))
        response.status_code = 303
        return response

    @method_decorator(sensitive_variables())
    def ballot(
        self,
        request: HttpRequest,
        election: Election,
        entry: RollEntry | None,
        *,
        problem: str = "",
        kept: list[str] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The ballot, or the sentence that says why there is none."""
        open_now = election.is_open_for_votes and entry is not None
        candidates = fair_order(list(election.candidates.all()), entry) if open_now else []
        context: dict[str, Any] = {
            "election": election,
            "entry": entry,
            "open_now": open_now,
            "before": election.phase in phases.BEFORE_SEALING
            and election.voting_opens is not None
            and clock.now() < election.voting_opens,
            "problem": problem,
            "receipt": voting.new_receipt() if open_now else "",
            **(self.sheet(election, entry, candidates, kept or []) if open_now and entry else {}),
        }
        if entry is None and status != 200:
            status = 403
        return render(request, "evaluations/vote.html", context, status=status)

    @method_decorator(sensitive_variables())
    def sheet(
        self, election: Election, entry: RollEntry, candidates: list[Candidate], kept: list[str]
    ) -> dict[str, Any]:
        """What is drawn of the candidates: (candidate, what was said of them before, whether that is oneself)."""
        rules = election.rules_now
        kind = rules["ballot_kind"]
        own = set() if rules["self_vote"] else voting.own_keys(election.pk, entry.person_id)
        said = {key: word or "chosen" for key, _sign, word in (mark.partition("=") for mark in kept)}
        return {
            "kind": kind,
            "rows": [(row, said.get(row.key, ""), row.key in own) for row in candidates],
            "words": MARKS.get(kind, ()),
            "fewest": rules["min_choices"] if kind == "choose" else 1,
            "most": (min(rules["max_choices"], len(candidates)) or 1) if kind != "grade" else len(candidates),
            "chosen": sum(said.get(row.key, "") in ("chosen", "yes", *GRADES) for row in candidates),
        }

    def voted(
        self, request: HttpRequest, election: Election, receipt: str, *, problem: str = "", status: int = 200
    ) -> HttpResponse:
        on_paper = paper.holds_paper(voting.entry_of(election, request.user))
        # Nothing of whoever holds a ballot on paper was recorded on screen, and the receipt is shown to nobody.
        context = {
            "election": election,
            "receipt": "" if on_paper else receipt,
            "problem": "" if on_paper else problem,
            "on_paper": on_paper,
        }
        return render(request, "evaluations/receipt.html", context, status=status)


@require_safe
@kept_nowhere
def receipt(request: HttpRequest, slug: str) -> HttpResponse:
    """Proof that one has voted, and of nothing else; it may be opened as often as one likes."""
    election = round_or_404(request, slug)
    entry = voting.entry_of(election, request.user)
    own = receipt_of(entry)
    if not own or paper.holds_paper(entry):
        return redirect("evaluations:vote", slug=slug)
    return render(request, "evaluations/receipt.html", {"election": election, "receipt": own, "problem": ""})
