"""Whether the boxes balance: ballots issued on screen and on paper, returned, valid and void, box by box."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from .closing import handed_out, label_of, returned
from .models import Ballot, Election, Mark, RollEntry


@dataclass(frozen=True)
class BoxBalance:
    """One box after voting is closed. ``valid`` and ``void`` are None until it is opened.

    On screen a ballot is issued and returned in one; on paper what was handed out may stay away.
    """

    box: str
    label: str
    roll: int
    on_screen: int
    on_paper: int
    paper_returned: int
    ballots: int
    counted_paper: bool
    valid: int | None = None
    void: int | None = None

    @property
    def issued(self) -> int:
        return self.on_screen + self.on_paper

    @property
    def holds(self) -> bool:
        """Every ballot on screen and every one returned on paper lies in the box, no more; valid and void are all."""
        all_there = self.ballots == self.on_screen + self.paper_returned and self.paper_returned <= self.on_paper
        within = self.issued <= self.roll
        opened = self.valid is None or self.void is None or self.valid + self.void == self.ballots
        return all_there and within and opened


def balance(election: Election) -> list[BoxBalance]:
    """The boxes of a round in the order of its rules; four queries. Nothing before voting is closed."""
    if election.closed_at is None:
        return []
    roll = _by_box(RollEntry.objects.filter(election=election), "box", Count("pk"))
    screen = _by_box(Mark.objects.filter(election=election), "entry__box", Count("pk", filter=Q(on_paper=False)))
    ballots = _by_box(Ballot.objects.filter(election=election), "box", Count("pk"))
    paper, back = handed_out(election), returned(election)
    opened = election.result.get("boxes", {})
    return [
        BoxBalance(
            box=box,
            label=label_of(election, box),
            roll=roll.get(box, 0),
            on_screen=screen.get(box, 0),
            on_paper=paper.get(box, 0),
            paper_returned=back.get(box, 0),
            ballots=ballots.get(box, 0),
            counted_paper=box not in paper or box in back,
            valid=_opened(election, opened, box, "valid"),
            void=_opened(election, opened, box, "void"),
        )
        for box in _in_order(election, {*roll, *ballots})
    ]


def _by_box(rows, field: str, count: Count) -> dict[str, int]:
    return dict(rows.values_list(field).annotate(number=count).order_by(field))


def _in_order(election: Election, seen: set[str]) -> list[str]:
    rules = election.rules_now.get("boxes", {})
    return sorted(seen | set(rules), key=lambda box: (rules.get(box, {}).get("order", len(rules) + 1), box))


def _opened(election: Election, opened: dict, box: str, what: str) -> int | None:
    """From the count of each box; a round counted before boxes were told apart has one."""
    if box in opened:
        return opened[box][what]
    return election.result.get(what) if election.result and not opened else None
