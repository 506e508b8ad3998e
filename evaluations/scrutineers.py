"""What waits for a scrutineer: paper to count, a closing to confirm, a lot to stand by."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from .models import Attestation, Election, Mark, PaperCount
from .services.decision import needs_lot
from .services.officers import standing_in

Act = Attestation.Act


def with_duties(elections: QuerySet, user: Any) -> QuerySet:
    """Rounds with what ``waits_for`` asks: ``uncounted``, and of this user ``has_closed``, ``has_stood_by`` (did),
    ``stands``.
    """
    own = Attestation.objects.filter(election=OuterRef("pk"), by=user)
    counts = PaperCount.objects.filter(election=OuterRef("election"), box=OuterRef("entry__box"))
    # Whose count differs from another's reads again; who counted first waits for the second.
    is_first = Exists(counts.filter(by=user)) & ~Exists(counts.exclude(by=user))
    paper = Mark.objects.filter(election=OuterRef("pk"), on_paper=True).exclude(
        Exists(counts.filter(counted_at__isnull=False)) | is_first
    )
    return elections.annotate(
        uncounted=Exists(paper),
        has_closed=Exists(own.filter(act=Act.CLOSE)),
        has_stood_by=Exists(own.filter(act=Act.LOT)),
        stands=Exists(standing_in(user).filter(election=OuterRef("pk"))),
    )


def waits_for(election: Any) -> bool:
    """Whether a round of ``with_duties`` waits for this scrutineer to do something; never one they stand in."""
    if election.stands:
        return False
    if may_stand_by(election):
        return not election.has_stood_by
    return election.voting_is_over and (
        election.uncounted or (election.rules_now["sealed_by_two"] and not election.has_closed)
    )


def may_stand_by(election: Election) -> bool:
    """Whether a lot is to be drawn before scrutineers: the rules want one, and nothing is decided yet."""
    return needs_lot(election) and not election.decision
