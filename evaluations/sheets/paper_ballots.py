"""Paper ballots as a sheet: one line for equal ballots. A file is one scrutineer's count of the boxes it names;
another scrutineer brings theirs, and only when both are the same do the ballots go into the box.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from intranet.access import roles
from intranet.access.exceptions import RuleError
from intranet.sheets import values
from intranet.sheets.headings import plain
from intranet.sheets.issues import problem
from intranet.sheets.registry import Column, SheetKind
from intranet.sheets.row import Row
from intranet.sheets.rows import SheetRows

from .. import closing
from ..models import Election, PaperCount
from ..paper_words import BallotReader
from ..services import paper


class PaperBallotRows(SheetRows):
    """Lines of the counts of one or more boxes; each box is entered whole, in place of what one entered before."""

    model = PaperCount

    def key_of(self, row: Row) -> None:
        """Two lines may say the same: they are added up."""
        return

    def prepare(self, row: Row) -> None:
        election = self._round_of(row)
        if election is None:
            return
        row.values["election"] = election
        self._resolve_box(row, election)
        try:
            row.values["choices"] = self._reader(election).choices(row.get("candidates") or "")
        except RuleError as wrong:
            self._refuse(row, "candidates", wrong)

    @staticmethod
    def _refuse(row: Row, column: str, reason: object) -> None:
        blamed = column if column in row.block else "number"
        row.error(problem("bad_value", value=row.shown(blamed), reason=reason), blamed)

    def _round_of(self, row: Row) -> Election | None:
        """The round the line names; where it names none, the only one whose paper ballots wait."""
        asked = row.get("round")
        waiting = self._waiting
        fits = [one for one in waiting if not asked or plain(asked) in (plain(str(one)), plain(one.slug))]
        if len(fits) == 1:
            return fits[0]
        if not waiting:
            self._refuse(row, "round", _("no round has paper ballots to count now."))
        else:
            self._refuse(row, "round", _("write the round as its page is called, with the period."))
        return None

    @cached_property
    def _waiting(self) -> list[Election]:
        """Rounds that are closed, not sealed, and wait for paper ballots."""
        closed = Election.objects.filter(phase=Election.Phase.VOTING, closed_at__isnull=False, sealed_at__isnull=True)
        return [one for one in closed.select_related("award") if closing.paper_to_count(one)]

    def _resolve_box(self, row: Row, election: Election) -> None:
        boxes = closing.boxes_to_count(election)
        asked = row.get("box")
        labels = {box: closing.label_of(election, box) for box in boxes}
        fits = [box for box in boxes if not asked or plain(asked) in (plain(box), plain(labels[box]))]
        if len(fits) == 1:
            row.values["box"] = fits[0]
            return
        column = "box" if "box" in row.block else "number"
        row.error(problem("unknown_word", value=row.shown(column), words="、".join(labels.values())), column)

    def _reader(self, election: Election) -> BallotReader:
        if election.pk not in self._readers:
            self._readers[election.pk] = BallotReader(election)
        return self._readers[election.pk]

    @cached_property
    def _readers(self) -> dict[int, BallotReader]:
        return {}

    def fill(self, row: Row) -> None:
        """Nothing: the lines of a box become one count."""

    def _validate(self, row: Row) -> None:
        """As with ``fill``; the service checks the count."""

    def rules(self) -> None:
        """Whether this person may enter these counts now, and whether they can be."""
        for (election, box), rows in self._counts().items():
            try:
                if self.by is None:
                    raise RuleError(_("A count belongs to a scrutineer. Say whose it is."))
                paper.check_time(election=election, box=box, by=self.by)
                ballots = self._ballots(rows)
                paper.check_ballots(election, box, sum(number for _choices, number in ballots), ballots)
            except RuleError as wrong:
                self._refuse(rows[0], "number", wrong)

    def _counts(self) -> dict[tuple[Election, str], list[Row]]:
        found: dict[tuple[Election, str], list[Row]] = {}
        for row in self.sound():
            found.setdefault((row.values["election"], row.values["box"]), []).append(row)
        return found

    @staticmethod
    def _ballots(rows: list[Row]) -> list[tuple[list[str], int]]:
        return [(row.values["choices"], row.values["number"]) for row in rows]

    def save(self) -> None:
        self.entered: list[paper.Entered] = []
        for (election, box), rows in self._counts().items():
            ballots = self._ballots(rows)
            returned = sum(number for _choices, number in ballots)
            self.entered.append(
                paper.enter_count(election=election, box=box, returned=returned, ballots=ballots, by=self.by)
            )

    def footprint(self) -> Iterator[models.QuerySet]:
        """Nothing is kept to take it back: what stood on ballots is written into no journal."""
        return iter(())

    def final(self) -> list[str]:
        return [entered.sentence for entered in self.entered]


PAPER_BALLOTS = SheetKind(
    key="paper_ballots",
    label=_("Paper ballots"),
    columns=(
        Column(
            "round",
            pgettext_lazy("sheet heading", "Round"),
            values.text,
            ("评选", "评选项目", "期次", "本期评选"),
            export=lambda line: "",
            example="服务之星 2026年10月",
            note=_("May be left out where only one round waits."),
            width=24,
        ),
        Column(
            "box",
            pgettext_lazy("sheet heading", "Ballot box"),
            values.text,
            ("票箱", "投票箱", "箱"),
            export=lambda line: "",
            example="大厅全体人员",
            note=_("May be left out where only one box waits."),
            width=18,
        ),
        Column(
            "number",
            pgettext_lazy("sheet heading", "Ballots like this"),
            values.whole_number,
            ("相同选票张数", "相同票数", "张数", "票数"),
            required=True,
            export=lambda line: "",
            example="12",
        ),
        Column(
            "candidates",
            pgettext_lazy("sheet heading", "What stands on them"),
            values.text,
            ("选票内容", "所选候选人", "候选人", "所投候选人", "选择"),
            export=lambda line: "",
            example="1、3",
            note=_(
                "Numbers or names, parted by 、; with ○, × or the grade behind each where the ballot asks for it. "
                "Blank for a blank ballot, 废票 for an unreadable one."
            ),
            width=40,
        ),
    ),
    roles=(roles.SCRUTINEER,),
    handler=PaperBallotRows,
    source=lambda user: (),
    notes=(_("One line for equal ballots. A second scrutineer fills in a file of their own."),),
    order=64,
)
