"""Ballots on paper (选票) and the tally sheet of two scrutineers (计票单).

The tally sheet holds what everyone received, also those who are not honoured: it is for officers and scrutineers
who do not stand in the round, and its numbers are those of the whole round, never of one box.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evaluations import cards
from evaluations.disclosure import counts_shown
from evaluations.models import Award, Candidate, Election
from evaluations.phases import Phase
from evaluations.querysets import OFFICERS
from intranet.papers import official, official_styles
from intranet.papers.official import Column, Each, Lines, Table, Text, Where
from intranet.papers.registry import LINES, Asked, Field, PaperKind, Rows

from . import words
from .subjects import REVIEWED, rounds_in

Kind = Award.BallotKind
GRADES = (("satisfied", "满意"), ("mostly_satisfied", "基本满意"), ("dissatisfied", "不满意"), ("unknown", "不了解"))
# What is counted for each candidate, by kind of ballot: key of a mark, heading.
MARKS = {
    Kind.CHOOSE: (("chosen", "得票"),),
    Kind.APPROVE: (("yes", "同意"), ("no", "不同意"), ("blank", "弃权")),
    Kind.GRADE: GRADES,
}
SLOTS = ("first", "second", "third", "fourth")


def _kind(asked: Asked | None) -> Any:
    """The round's kind of ballot; of a template that is only shown, the simplest."""
    if asked is None or asked.about is None:
        return Kind.CHOOSE
    return Kind(asked.about.rules_now["ballot_kind"])


def ballot_paper(asked: Asked) -> dict[str, Any]:
    """One ballot for each box; candidates in the order of their keys, which were drawn at random."""
    election = asked.about
    rows = words.listed(election, election.candidates.order_by("key"))
    boxes = _in_order(election)
    named = len(boxes) > 1
    return {
        "title": f"{words.titled(election)}选票",
        "number": "",
        "instructions": words.lines(*_instructions(election)),
        "ballots": [{"box": f"票箱：{box['label']}" if named else "", "candidates": rows} for box in boxes],
    }


def _instructions(election: Election) -> tuple[str, ...]:
    rules = election.rules_now
    fewest, most = rules["min_choices"], rules["max_choices"]
    number = f"{fewest}至{most}" if fewest < most else f"{most}"
    how = {
        Kind.CHOOSE: f"请在同意的候选人后画“○”，选{number}名；多选的选票作废。",
        Kind.APPROVE: "请逐一表态：同意画“○”，不同意画“×”，弃权不填；对同一候选人画两种符号的选票作废。",
        Kind.GRADE: "请对每名候选人在一栏内画“○”；不了解的画在“不了解”栏；同一候选人画两栏的选票作废。",
    }
    return (how[Kind(rules["ballot_kind"])], "本票不记名，请勿写姓名或做记号。候选人排名不分先后。")


def _ballot_template(asked: Asked) -> bytes:
    marks = {Kind.CHOOSE: ["○"], Kind.APPROVE: ["○／×"], Kind.GRADE: [heading for _key, heading in GRADES]}
    table = Table(
        "ballot.candidates",
        (
            Column("序号", "number", 0.8),
            Column(words.NAME_HEADING, "name", 3),
            Column("单位", "unit", 3),
            # Empty cells for the pen: what a row does not say is blank.
            *(Column(heading, "mark", 1.2) for heading in marks[_kind(asked)]),
        ),
    )
    parts = (Text("{{ ballot.box }}", official_styles.PLAIN), table, Text("", official_styles.PLAIN))
    return official.template(Lines("instructions"), Each("ballots", "ballot", parts), signed=False)


def tally_sheet(asked: Asked) -> dict[str, Any]:
    """Before sealing blank columns for the strokes (正), a sheet for each box, as ballots are read and entered box by
    box; afterwards one sheet with what was counted over all boxes, for whoever may see numbers.
    """
    election = asked.about
    result = election.result if counts_shown(election, asked.by) else {}
    rows = _tally_rows(election, result)
    boxes = [] if election.result else _boxes_counted_by_hand(election)
    return {
        "title": f"{words.titled(election)}计票单",
        "number": "",
        "sheets": [
            {
                "box": f"票箱：{box}" if box else "",
                "follows": number > 0,
                "opening": words.lines(_balance(election)),
                "rows": rows,
                "closing": words.lines(
                    "监票人（签名）：　　　　　　　　监票人（签名）：　　　　　　　　",
                    "计票人（签名）：　　　　　　　　日期：　　　　年　　月　　日",
                ),
            }
            for number, box in enumerate(boxes or [""])
        ],
    }


def _boxes_counted_by_hand(election: Election) -> list[str]:
    """Names of the boxes, where there are several and ballots on paper lie in them."""
    boxes = _in_order(election)
    return [box["label"] for box in boxes] if election.rules_now["paper_allowed"] and len(boxes) > 1 else []


def _in_order(election: Election) -> list[dict[str, Any]]:
    return sorted(election.rules_now["boxes"].values(), key=lambda box: box["order"])


def _tally_rows(election: Election, result: dict[str, Any]) -> list[dict[str, Any]]:
    columns = MARKS[Kind(election.rules_now["ballot_kind"])]
    standing = list(election.candidates.order_by("key"))
    return [
        {**row, "strokes": "", **_counted(candidate, result, columns)}
        for row, candidate in zip(words.listed(election, standing), standing, strict=True)
    ]


def _balance(election: Election) -> str:
    result = election.result
    if not result:
        return "发出选票　　　张，收回　　　张，其中有效　　　张、无效　　　张。"
    return (
        f"名册{result['roll']}人，收回选票{result['ballots']}张，"
        f"其中有效{result['valid']}张、无效{result['void']}张。"
    )


def _counted(candidate: Candidate, result: dict[str, Any], columns: Any) -> dict[str, Any]:
    """Slot by slot, over all boxes together: a box of few would tell how its voters voted."""
    if not result:
        return {}
    marks: dict[str, int] = {"chosen": result.get("counts", {}).get(candidate.key, 0)}
    for box in result.get("marks", {}).values():
        for mark, number in box.get(candidate.key, {}).items():
            marks[mark] = marks.get(mark, 0) + number
    if "blank" not in marks:
        marks["blank"] = result["valid"] - marks.get("yes", 0) - marks.get("no", 0)
    return {slot: marks.get(key, 0) for slot, (key, _heading) in zip(SLOTS, columns, strict=False)}


def _tally_template(asked: Asked) -> bytes:
    columns = MARKS[_kind(asked)]
    table = Table(
        "sheet.rows",
        (
            Column("序号", "number", 0.8),
            Column(words.NAME_HEADING, "name", 2.6),
            Column("单位", "unit", 2.6),
            Column("画“正”记票", "strokes", 3),
            *(Column(heading, slot, 1.1) for slot, (_key, heading) in zip(SLOTS, columns, strict=False)),
        ),
    )
    sheet = (
        Where("sheet.follows", (Text("", official_styles.PLAIN, on_new_page=True),)),
        Where("sheet.box", (Text("{{ sheet.box }}", official_styles.HEADING),)),
        Lines("sheet.opening"),
        table,
        Lines("sheet.closing"),
    )
    return official.template(Each("sheets", "sheet", sheet), signed=False)


VOTED_ON = Q(voting_opens__isnull=False, reviewed_at__isnull=False)
BALLOT_PAPER = PaperKind(
    key="evaluations.ballot_paper",
    label=_("Ballot on paper"),
    sentence=_("For those who vote on paper: candidates, how to fill it in, and what makes it void."),
    data=ballot_paper,
    template=_ballot_template,
    allowed=cards.is_officer,
    subjects=rounds_in(Phase.REVIEW, Phase.VOTING, where=VOTED_ON, open_to_candidates=True),
    fields=(
        Rows("instructions", _("how to fill it in"), LINES),
        Rows(
            "ballots",
            _("one for each box"),
            (
                Field("box", _("which box"), "票箱：窗口工作人员"),
                Rows("candidates", _("candidates"), (*words.STANDING, Field("mark", _("room for the mark"), ""))),
            ),
        ),
    ),
    order=44,
)
TALLY_SHEET = PaperKind(
    key="evaluations.tally_sheet",
    label=_("Tally sheet"),
    sentence=_("For two scrutineers: blank before the count, filled in after it. Not for the wall."),
    data=tally_sheet,
    template=_tally_template,
    allowed=lambda user: user.has_role(*OFFICERS, "scrutineer"),
    subjects=rounds_in(*REVIEWED[1:], where=VOTED_ON, votes=~Q(result={})),
    fields=(
        Rows(
            "sheets",
            _("one for each box"),
            (
                Field("box", _("which box"), "票箱：窗口工作人员"),
                Field("follows", _("whether a sheet stands before it"), ""),
                Rows("opening", _("text before the list"), LINES),
                Rows(
                    "rows",
                    _("candidates"),
                    (
                        *words.STANDING,
                        Field("strokes", _("room for strokes"), ""),
                        *(Field(slot, _("a number of marks"), "12") for slot in SLOTS),
                    ),
                ),
                Rows("closing", _("text after the list"), LINES),
            ),
        ),
    ),
    order=45,
)
