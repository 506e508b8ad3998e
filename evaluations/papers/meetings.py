"""Minutes of the meeting (会议纪要): what it had before it, who was there, the list it approved, and why it differs.

Before the meeting it is a draft with room for what is not known yet. Nobody who was not approved is named.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evaluations import cards
from evaluations.models import Election
from evaluations.phases import Phase
from intranet.papers import drawing, official
from intranet.papers.official import Column, Lines, Table
from intranet.papers.registry import LINES, Asked, PaperKind, Rows

from . import words
from .subjects import rounds_in

ROOM = "　" * 12


def minutes(asked: Asked) -> dict[str, Any]:
    election = asked.about
    meeting = election.decision.get("meeting") or {}
    held_on = meeting.get("held_on")
    day = drawing.written_day(dt.date.fromisoformat(held_on)) if held_on else "　　　　年　　月　　日"
    return {
        "title": f"{words.titled(election)}评审会议纪要",
        "number": meeting.get("minutes_number", ""),
        "date": day if held_on else "",
        "opening": words.lines(
            f"{day}，召开{words.titled(election)}评审会议，听取评选情况汇报，审定拟表扬名单。",
            f"出席：{'、'.join(meeting.get('present', [])) or ROOM}。",
            _recused(meeting),
            f"名额{words.rule(election, 'places')}名。{words.way(election)}，"
            f"{'会议同意授予下列' if held_on else '建议授予下列'}{words.noun(election)}荣誉称号。",
        ),
        "winners": words.listed(election),
        "closing": words.lines(_reason(election), "主持人（签名）：　　　　　　　　记录人（签名）：　　　　　　　　"),
    }


def _recused(meeting: dict[str, Any]) -> str:
    if not meeting:
        return f"回避：{ROOM}。"
    recused = meeting.get("recused", [])
    return f"回避：{'、'.join(recused)}。" if recused else "回避：无。"


def _reason(election: Election) -> str:
    """Why the list is another than the computed order; the reason stays in the record."""
    reason = election.decision.get("reason", "")
    if not reason or not election.decision.get("meeting"):
        return ""
    return f"审定名单与综合得分排序不一致的理由：{reason}"


MINUTES = PaperKind(
    key="evaluations.minutes",
    label=_("Minutes of the decision meeting"),
    sentence=_("A draft before the meeting, and the decision after it."),
    data=minutes,
    template=lambda asked: official.template(
        Lines("opening"),
        Table(
            "winners", (Column("序号", "number", 1), Column(words.NAME_HEADING, "name", 4), Column("单位", "unit", 5))
        ),
        Lines("closing"),
    ),
    allowed=cards.is_officer,
    subjects=rounds_in(Phase.DECISION, Phase.PUBLIC_NOTICE, Phase.PUBLISHED, where=Q(rules__meeting_decides=True)),
    fields=(
        Rows("opening", _("text before the list"), LINES),
        Rows("winners", _("those honoured"), words.STANDING),
        Rows("closing", _("text after the list"), LINES),
    ),
    order=47,
)
