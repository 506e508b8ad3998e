"""The table of scores (综合评分表): line by line how each total came about, so that it can be worked out again.

It names everyone who stood: for officers who do not stand in the round and for the auditor, never for the wall.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evaluations.disclosure import scores_shown
from evaluations.models import Candidate, Election
from evaluations.querysets import OFFICERS
from evaluations.scoring import decimal_text, in_a_column
from intranet import clock
from intranet.papers import drawing, official, official_styles
from intranet.papers.official import Column, Each, Lines, Table, Text
from intranet.papers.registry import LINES, Asked, Field, PaperKind, Rows

from . import words
from .subjects import COUNTED, rounds_in

BALLOTS_ALONE = "投票"


def score_table(asked: Asked) -> dict[str, Any]:
    election = asked.about
    result = election.result
    by_key = {candidate.key: candidate for candidate in election.candidates.all()}
    order = [key for key in _order(result) if key in by_key]
    # The votes themselves, where they are the score: not for everybody where few could vote.
    shown = scores_shown(election, asked.by)
    totals = {key: str(total) for key, total in result.get("scores", {}).items()} if shown else {}
    lines = {key: _explained(election, key) if shown else [] for key in order}
    # Votes and points, where ballots alone count, are no sum.
    _line_up(lines if result.get("lines") else {}, totals)
    winners = set(election.decision.get("winners") or result.get("winners", []))
    return {
        "title": f"{words.titled(election)}综合评分表",
        "number": "",
        "opening": words.lines(
            f"共{len(order)}名参评，按综合得分排列。",
            _how_it_is_reckoned(election) if result.get("lines") else "",
        ),
        "candidates": [
            {
                "heading": f"{place}．{_called(by_key[key])}　合计{totals.get(key, '')}"
                f"{'　★' if key in winners else ''}",
                "lines": lines[key],
            }
            for place, key in enumerate(order, 1)
        ],
        "closing": words.lines(
            "标★的为拟定名单。",
            f"输入数据{_frozen_on(election)}，数据指纹：{election.inputs_hash}" if election.inputs_hash else "",
        ),
    }


def _how_it_is_reckoned(election: Election) -> str:
    """As ``scoring`` does it: only points are rounded, and what follows from them is exact."""
    added = any(part["kind"] == "adjustment" for part in election.rules_now["components"])
    return (
        "折算分四舍五入到四位小数；每项得分为折算分乘以权重，不再舍入"
        f"{'，加减分项的折算分即为得分' if added else ''}；合计为各项得分之和。"
    )


def _frozen_on(election: Election) -> str:
    day = election.inputs_frozen_at
    return f"于{drawing.written_day(clock.day_of(day))}确定" if day else "已确定"


def _line_up(lines: dict[str, list[dict[str, str]]], totals: dict[str, str]) -> None:
    """Shares and totals, which stand below each other, with the same number of decimals; no value changes."""
    rows = [row for of_one in lines.values() for row in of_one]
    texts = in_a_column([*(row["share"] for row in rows), *totals.values()])
    for row, text in zip(rows, texts, strict=False):
        row["share"] = text
    totals.update(zip(totals, texts[len(rows) :], strict=True))


def _called(candidate: Candidate) -> str:
    return f"{candidate.name}（{candidate.unit_name}）" if candidate.unit_name else candidate.name


def _order(result: dict[str, Any]) -> list[str]:
    """As computed; a result from before there was an order: by score, then by key."""
    if result.get("order"):
        return list(result["order"])
    scores = {key: Decimal(value) for key, value in result.get("scores", {}).items()}
    return sorted(scores, key=lambda key: (-scores[key], key))


def _explained(election: Election, key: str) -> list[dict[str, str]]:
    """The lines of one candidate; where ballots alone count, the votes."""
    parts = {part["key"]: part for part in election.rules_now["components"]}
    given = election.result.get("lines", {}).get(key)
    if given:
        return [_line(line, parts.get(line["component"], {})) for line in given]
    votes = str(election.result.get("counts", {}).get(key, ""))
    return [{"component": BALLOTS_ALONE, "value": votes, "points": "", "weight": "100", "share": votes}]


def _line(line: dict[str, Any], part: dict[str, Any]) -> dict[str, str]:
    share = line.get("share")
    return {
        "component": part.get("label") or (BALLOTS_ALONE if part.get("kind") == "ballots" else line["component"]),
        "value": str(line.get("value", "")),
        "points": str(line.get("points", "")),
        "weight": str(line.get("weight", "")),
        "share": str(share) if share is not None else _product(line),
    }


def _product(line: dict[str, Any]) -> str:
    """Of an early result, which kept no shares; exact like those of today."""
    return decimal_text(Fraction(str(line["points"])) * Fraction(str(line["weight"])) / 100)


SCORE_TABLE = PaperKind(
    key="evaluations.score_table",
    label=_("Table of scores"),
    sentence=_("How each total came about, line by line. It names everyone who stood: not for the wall."),
    data=score_table,
    template=lambda asked: official.template(
        Lines("opening"),
        Each(
            "candidates",
            "candidate",
            (
                Text("{{ candidate.heading }}", official_styles.HEADING),
                Table(
                    "candidate.lines",
                    (
                        Column("项目", "component", 3),
                        Column("数值", "value", 2),
                        Column("折算分", "points", 2),
                        Column("权重%", "weight", 1.4),
                        Column("得分", "share", 2),
                    ),
                ),
                Text("", official_styles.PLAIN),
            ),
        ),
        Lines("closing"),
        signed=False,
    ),
    allowed=lambda user: user.has_role(*OFFICERS, "auditor"),
    subjects=rounds_in(*COUNTED, where=~Q(result={})),
    fields=(
        Rows("opening", _("text before the list"), LINES),
        Rows(
            "candidates",
            _("one for each who stood"),
            (
                Field("heading", _("place, name and total"), "1．欧阳秀兰（禾湾区税务局）　合计93.5000"),
                Rows(
                    "lines",
                    _("one for each component"),
                    (
                        Field("component", _("component"), "月度考核"),
                        Field("value", _("value"), "96.5000"),
                        Field("points", _("points"), "96.5000"),
                        Field("weight", _("weight in percent"), "60"),
                        Field("share", _("what it adds to the total"), "57.9000"),
                    ),
                ),
            ),
        ),
        Rows("closing", _("text after the list"), LINES),
    ),
    order=46,
)
