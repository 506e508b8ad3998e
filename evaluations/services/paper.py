"""Ballots on paper: handed out to a voter of the roll, counted by two, and put into the box with the others.

A voter is marked when the ballot is handed out, because whoever holds one may not vote on screen too. What two
scrutineers read alike goes into the box before sealing, so that afterwards it lies there like any other ballot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_variables

from evaluations import closing, paper_marks
from evaluations.exceptions import RoundError
from evaluations.models import Ballot, Election, Mark, PaperCount, RollEntry
from evaluations.querysets import OFFICERS
from evaluations.tally import seal_choices
from intranet import clock
from intranet.access import audit
from intranet.access.models import User

from . import events, table_rewrite
from .officers import require_officer, require_scrutineer
from .voting import new_receipt

# (choices, how many such ballots), as ``PaperCount.ballots`` keeps them.
Ballots = Sequence[Sequence[Any]]
BATCH = 500


@dataclass(frozen=True)
class Entered:
    """What became of a count: ``agreed`` when the ballots are in the box; else ``sentence`` says what is missing."""

    agreed: bool
    sentence: str


def may_hand_out(user: User) -> bool:
    """Scrutineers and officers; who stands in a round may not in that one."""
    return user.has_role("scrutineer", *OFFICERS)


@transaction.atomic
def hand_out(*, election: Election, entry: RollEntry, by: User) -> None:
    """Mark a voter as handed a ballot on paper; from here on nothing of theirs is taken on screen.

    The receipt of such a mark is drawn and shown to nobody. Raises RoundError where the rules know no paper, while
    no ballots are taken, and for somebody who has voted or holds a ballot already.
    """
    # The round first: voting cannot be closed between the check and the mark, or sealing would not wait for it.
    current = Election.objects.locked(election.pk)
    _require_hand(by, current)
    if not current.rules_now["paper_allowed"]:
        raise RoundError(_("The rules of this round know no ballots on paper."))
    if not current.is_open_for_votes:
        raise RoundError(_("Ballots are handed out only while voting is open. Nothing was recorded."))
    table_rewrite.wait_for_new_tables()
    voter = _locked_voter(current, entry)
    if voter is None:
        raise RoundError(_("This person is not on the roll of this round."))
    _refuse_marked(voter)
    # bulk_create, as for a ballot on screen: no save signals.
    Mark.objects.bulk_create([Mark(election=current, entry=voter, receipt=new_receipt(), on_paper=True)])
    # Without a name: the log counts ballots handed out, the roll says to whom.
    audit.record("evaluations.hand_out", current, by=by)


def _locked_voter(election: Election, entry: RollEntry) -> RollEntry | None:
    """The entry of the roll, locked as by a ballot on screen: one of the two comes first."""
    return RollEntry.objects.select_for_update(of=("self",)).filter(election=election, pk=entry.pk).first()


def _require_hand(by: User, election: Election) -> None:
    if by.has_role("scrutineer"):
        require_scrutineer(by, election)
    else:
        require_officer(by, election)


def _refuse_marked(voter: RollEntry) -> None:
    on_paper = Mark.objects.filter(entry=voter).values_list("on_paper", flat=True).first()
    if on_paper:
        raise RoundError(_("This person holds a ballot on paper already. Nothing was recorded."))
    if on_paper is not None:
        # Said without "on screen": that a ballot was cast is all that anybody learns, and only from this refusal.
        raise RoundError(_("This person's ballot is already recorded, so no ballot on paper may be handed out."))


def holds_paper(entry: RollEntry | None) -> bool:
    """Whether a voter was handed a ballot on paper."""
    return entry is not None and Mark.objects.filter(entry=entry, on_paper=True).exists()


def own_count(election: Election, box: str, by: User) -> PaperCount | None:
    """What this scrutineer entered for a box; nobody is shown what another did."""
    return PaperCount.objects.filter(election=election, box=box, by=by).first()


@sensitive_variables()
def enter_count(*, election: Election, box: str, returned: int, ballots: Ballots, by: User) -> Entered:
    """Enter what one scrutineer read from the paper ballots of a box, in place of what they entered before.

    ``ballots`` are (choices, how many such ballots), choices as in ``tally``; over-voted ballots as they are. None
    returned is a count of 0. When another scrutineer's count is the same, the ballots go into the box and only the
    totals of both counts stay. Raises RoundError for a count that cannot be.
    """
    with transaction.atomic():
        current = Election.objects.locked(election.pk)
        _check_time(current, box, by)
        merged = merge(ballots)
        check_ballots(current, box, returned, merged)
        own = _store(current, box, returned, merged, by)
        audit.record("evaluations.count_paper", current, by=by, data={"box": box})
        others = PaperCount.objects.filter(election=current, box=box).exclude(pk=own.pk)
        same = next((other for other in others if _alike(own, other)), None)
        if same is not None:
            return _into_the_box(current, own, same, by)
        return _compared(current, own, others.order_by("created_at").last(), by)


def merge(ballots: Ballots) -> list[list]:
    """Equal ballots in one line, sorted: two who read the same ballots in another order have the same count."""
    lines: Counter[tuple[str, ...]] = Counter()
    for choices, number in ballots:
        lines[tuple(sorted(choices))] += number
    return [[list(choices), number] for choices, number in sorted(lines.items())]


def check_time(*, election: Election, box: str, by: User) -> None:
    """Raise RoundError if ``by`` can enter no count for a box now."""
    _check_time(election, box, by)


def _check_time(election: Election, box: str, by: User) -> None:
    require_scrutineer(by, election)
    if election.phase != Election.Phase.VOTING or election.closed_at is None or election.sealed_at is not None:
        raise RoundError(_("Paper ballots are counted after voting is closed and before the ballots are sealed."))
    if box not in closing.handed_out(election):
        raise RoundError(_("No ballots on paper were handed out for this box."))
    if box in closing.returned(election):
        raise RoundError(_("The paper ballots of this box are counted already. Nothing was changed."))


def check_ballots(election: Election, box: str, returned: int, ballots: Ballots) -> None:
    """Raise RoundError for more ballots than were handed out, a wrong sum, or marks that no ballot can bear."""
    issued = closing.handed_out(election).get(box, 0)
    if not 0 <= returned <= issued:
        raise RoundError(
            _("%(issued)s ballots were handed out for this box, so between 0 and %(issued)s can have come back.")
            % {"issued": issued}
        )
    if any(number < 1 for _choices, number in ballots):
        raise RoundError(_("Say for each kind of ballot how many there are: at least 1."))
    entered = sum(number for _choices, number in ballots)
    if entered != returned:
        raise RoundError(
            _("%(returned)s ballots came back, but the ballots entered are %(entered)s. Correct one of the two.")
            % {"returned": returned, "entered": entered}
        )
    known = paper_marks.possible(election)
    if any(choice not in known for choices, _number in ballots for choice in choices):
        raise RoundError(_("A ballot names someone who is not a candidate. Choose among the candidates."))


def _store(election: Election, box: str, returned: int, ballots: list[list], by: User) -> PaperCount:
    own, _made = PaperCount.objects.update_or_create(
        election=election,
        box=box,
        by=by,
        defaults={"returned": returned, "ballots": ballots, "created_at": clock.now(), "counted_at": None},
    )
    return own


def _alike(one: PaperCount, other: PaperCount) -> bool:
    return one.returned == other.returned and one.ballots == other.ballots


def _into_the_box(election: Election, own: PaperCount, same: PaperCount, by: User) -> Entered:
    """Both read the same: the ballots lie in the box from here on, and what each entered is emptied."""
    table_rewrite.wait_for_new_tables()
    envelopes = sorted(seal_choices(choices) for choices, number in own.ballots for _one in range(number))
    Ballot.objects.bulk_create(
        [Ballot(election=election, box=own.box, envelope=envelope) for envelope in envelopes], batch_size=BATCH
    )
    counts = PaperCount.objects.filter(election=election, box=own.box)
    counts.exclude(pk__in=[own.pk, same.pk]).delete()
    counts.update(ballots=[], counted_at=clock.now())
    said = {
        "box": closing.label_of(election, own.box),
        "returned": own.returned,
        "issued": closing.handed_out(election)[own.box],
        "first": same.by.get_full_name() or same.by.username,
    }
    what = gettext_lazy(
        "Paper ballots of the box “%(box)s” counted alike by two: %(returned)s of %(issued)s returned; "
        "first counted by %(first)s"
    )
    events.append(election, what, by, said)
    return Entered(True, _("Both counts are the same. The paper ballots of “%(box)s” are in the box.") % said)


def _compared(election: Election, own: PaperCount, other: PaperCount | None, by: User) -> Entered:
    """Nothing goes into the box: a second count is missing, or the two differ."""
    said = {"box": closing.label_of(election, own.box)}
    if other is None:
        return Entered(False, _("Your count of “%(box)s” is kept. A second scrutineer counts it now.") % said)
    what = gettext_lazy("Two counts of the paper ballots of the box “%(box)s” differ; both count anew")
    events.append(election, what, by, said)
    return Entered(False, _difference(own, other, said["box"]))


def _difference(own: PaperCount, other: PaperCount, box: str) -> str:
    """In which box, and for how many candidates; never in which direction or for whom."""
    if own.returned != other.returned:
        return _("The counts of “%(box)s” differ in the number of ballots returned. Both count anew.") % {"box": box}
    count = len(paper_marks.differing(own.ballots, other.ballots))
    if not count:
        return _("In the counts of “%(box)s” the totals agree, but not the single ballots. Both count anew.") % {
            "box": box
        }
    return ngettext(
        "The counts of “%(box)s” differ for %(count)s candidate. Nothing went into the box; both count anew.",
        "The counts of “%(box)s” differ for %(count)s candidates. Nothing went into the box; both count anew.",
        count,
    ) % {"box": box, "count": count}
