"""What a round waits for between the end of voting and the seal: paper counted in two, closing confirmed in two."""

from __future__ import annotations

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Attestation, Election, Mark, PaperCount

SCRUTINEERS_NEEDED = 2


def handed_out(election: Election) -> dict[str, int]:
    """How many ballots on paper were handed out, by box; boxes without one are left out."""
    marks = Mark.objects.filter(election=election, on_paper=True)
    return dict(marks.values_list("entry__box").annotate(number=Count("pk")).order_by("entry__box"))


def returned(election: Election) -> dict[str, int]:
    """How many came back, by box, as two have counted alike; boxes not counted yet are left out."""
    counted = PaperCount.objects.filter(election=election, counted_at__isnull=False)
    return dict(counted.values_list("box", "returned"))


def totals(election: Election) -> dict[str, int]:
    """``{"handed_out": n, "returned": n}`` over all boxes, for the record."""
    return {
        "handed_out": sum(handed_out(election).values()),
        "returned": sum(returned(election).values()),
    }


def boxes_to_count(election: Election) -> list[str]:
    """Boxes of which paper ballots were handed out that two have not counted alike yet."""
    counted = returned(election)
    return [box for box in handed_out(election) if box not in counted]


def attested(election: Election, act: str) -> int:
    """How many scrutineers stand for an act."""
    return Attestation.objects.filter(election=election, act=act).count()


def is_attested_by_two(election: Election, act: str) -> bool:
    return attested(election, act) >= SCRUTINEERS_NEEDED


def paper_to_count(election: Election) -> list[str]:
    """A sentence for each box whose paper ballots keep the round from being sealed."""
    if not election.rules_now["paper_allowed"]:
        return []
    return [
        _("The paper ballots of the box “%(box)s” wait to be counted by two scrutineers.")
        % {"box": label_of(election, box)}
        for box in boxes_to_count(election)
    ]


def missing(election: Election) -> list[str]:
    """What keeps a round whose voting is over from being sealed, in sentences; nothing for one broken off.

    Whatever is missing, once done, stays done: a round that waits for nothing never begins to wait again.
    """
    if election.phase != Election.Phase.VOTING:
        return []
    return [*paper_to_count(election), *_confirmations(election)]


def _confirmations(election: Election) -> list[str]:
    if not election.rules_now["sealed_by_two"]:
        return []
    needed = SCRUTINEERS_NEEDED - attested(election, Attestation.Act.CLOSE)
    if needed <= 0:
        return []
    return [
        ngettext(
            "%(count)s scrutineer must still confirm that voting is closed and the ballots may be sealed.",
            "%(count)s scrutineers must still confirm that voting is closed and the ballots may be sealed.",
            needed,
        )
        % {"count": needed}
    ]


def label_of(election: Election, box: str) -> str:
    """What the rules call a box."""
    known = election.rules_now.get("boxes", {}).get(box, {})
    return known.get("label") or box
