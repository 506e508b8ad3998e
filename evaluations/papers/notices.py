"""What hangs on the wall and goes to departments: notice (公示), how it ended (公示情况说明), commendation (通报).

Those who are not honoured are not named, and nobody who objected is.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evaluations import cards
from evaluations.models import Election, Objection
from evaluations.phases import Phase
from intranet import clock
from intranet.papers import drawing, official
from intranet.papers.official import Column, Lines, Table, Where
from intranet.papers.registry import LINES, Asked, Field, PaperKind, Rows

from . import words
from .subjects import ON_NOTICE, rounds_in

FIELDS = (
    Rows("opening", _("text before the list"), LINES),
    Rows("winners", _("those honoured"), words.STANDING),
    Rows("closing", _("text after the list"), LINES),
)
TEMPLATE = (
    Lines("opening"),
    Table("winners", (Column("序号", "number", 1), Column(words.NAME_HEADING, "name", 4), Column("单位", "unit", 5))),
    Lines("closing"),
)
CHANNELS = {
    Objection.Channel.ON_SITE: "来访",
    Objection.Channel.PHONE: "来电",
    Objection.Channel.LETTER: "来信",
    Objection.Channel.UNNAMED: "匿名",
}
OUTCOMES = {
    Objection.Outcome.OPEN: "调查核实中",
    Objection.Outcome.UNFOUNDED: "经核实不影响评选结果",
    Objection.Outcome.FOUNDED: "经核实属实",
}


def public_notice(asked: Asked) -> dict[str, Any]:
    """The notice on the wall: who is to be honoured, how long objections are heard, and where."""
    election = asked.about
    basis = words.rule(election, "basis")
    held = words.span(election.notice_first, election.notice_last)
    days = words.rule(election, "notice_workdays")
    return {
        **_head(election, "公示", election.notice_first),
        "opening": words.lines(
            f"{f'根据{basis}，' if basis else ''}{words.way(election)}，拟授予下列{words.noun(election)}"
            f"{words.titled(election)}称号，现予公示。公示期为{held}（{days}个工作日）。",
            *_how_it_was_decided(election),
        ),
        "closing": words.lines(
            "公示期间如有异议，可通过来访、来电或来信向工会反映，可以署名，也可以不署名。",
            f"来访地点：{settings.OBJECTIONS_PLACE}；电话：{settings.OBJECTIONS_PHONE}；"
            f"来信请寄：{settings.OBJECTIONS_ADDRESS}。",
            f"张贴地点：{election.notice_place}。" if election.notice_place else "",
        ),
    }


def _how_it_was_decided(election: Election) -> tuple[str, ...]:
    """What the notice on the web says too: the meeting, the lot, the reasons for a result kept and for a tie."""
    decision = election.decision
    validity = decision.get("validity") or {}
    equal = "得分" if election.has_assessment else "票数"
    return (
        _met(election),
        f"末位名额{equal}相同，在两名监票人见证下抽签确定。" if decision.get("lot") else "",
        f"本次评选未达到有效性规则，结果予以保留，理由：{_ended(validity['reason'])}" if validity else "",
        f"末位名额{equal}相同，处理方式：{_ended(decision['reason'])}" if decision.get("kind") == "tie" else "",
    )


def _ended(said: str) -> str:
    """A reason somebody wrote, with one full stop."""
    return f"{said.rstrip('。.；; ')}。"


def _met(election: Election) -> str:
    """When the meeting was and which minutes it has; who was present stands in the minutes."""
    meeting = election.decision.get("meeting") or {}
    held_on, number = meeting.get("held_on"), meeting.get("minutes_number")
    if not held_on:
        return ""
    day = drawing.written_day(dt.date.fromisoformat(held_on))
    return f"评审会议于{day}召开{f'（会议纪要{number}）' if number else ''}。"


def commendation(asked: Asked) -> dict[str, Any]:
    """The commendation after the public notice."""
    election = asked.about
    appraised = words.span(election.period_first, election.period_last)
    return {
        **_head(election, "通报", clock.day_of(election.published_at)),
        "title": f"关于{words.titled(election)}的通报",
        "addressees": "各窗口、各科室",
        "opening": words.lines(
            f"{appraised}，广大窗口工作人员立足岗位、热情服务。{words.way(election, '公示')}，"
            f"决定授予下列{words.noun(election)}{words.titled(election)}称号，予以通报表扬。",
        ),
        "closing": words.lines("希望受到表扬的珍惜荣誉、再接再厉；各窗口要以他们为榜样，不断提高服务水平。"),
    }


def _head(election: Election, word: str, day: dt.date) -> dict[str, Any]:
    return {
        "title": f"{words.titled(election)}评选结果{word}",
        **words.dated(day),
        "winners": words.listed(election),
    }


def how_the_notice_ended(asked: Asked) -> dict[str, Any]:
    """公示无异议, or each objection with how it came and what became of it; never who objected or the words."""
    election = asked.about
    objections = list(election.objections.order_by("number"))
    said = f"收到异议反映{len(objections)}件，办理情况如下" if objections else "公示无异议"
    issued = clock.day_of(election.published_at) if election.published_at else clock.today()
    held = words.span(election.notice_first, election.notice_last)
    place = f"在{election.notice_place}" if election.notice_place else ""
    return {
        **words.dated(issued),
        "title": f"{words.titled(election)}评选公示情况说明",
        "opening": words.lines(
            f"{words.titled(election)}评选结果于{held}{place}公示，共{len(election.winners())}名。公示期满，{said}。"
        ),
        "objections": [_objection(one) for one in objections],
        "closing": words.lines("特此说明。"),
    }


def notice_over(election: Election) -> bool:
    """Whether the last day of the notice lies behind: before, nobody can say that there was no objection."""
    return election.notice_last is not None and clock.today() > election.notice_last


def _where_the_notice_is_over(user: Any) -> Any:
    over = Q(phase=Phase.PUBLISHED) | Q(notice_last__lt=clock.today())
    return rounds_in(*ON_NOTICE, where=over, open_to_candidates=True)(user)


def _objection(one: Objection) -> dict[str, Any]:
    return {
        "number": one.number,
        "channel": CHANNELS[Objection.Channel(one.channel)],
        "received": drawing.written_day(one.received_on),
        "outcome": OUTCOMES[Objection.Outcome(one.outcome)],
        "answer": one.answer,
    }


PUBLIC_NOTICE = PaperKind(
    key="evaluations.public_notice",
    label=_("Public notice of a round"),
    sentence=_("Who is to be honoured, and where objections are heard; for the wall."),
    data=public_notice,
    template=lambda asked: official.template(*TEMPLATE),
    allowed=cards.is_officer,
    subjects=rounds_in(*ON_NOTICE, open_to_candidates=True),
    fields=FIELDS,
    order=50,
)
COMMENDATION = PaperKind(
    key="evaluations.commendation",
    label=_("Commendation of a round"),
    sentence=_("The circular after the public notice, for departments and superiors."),
    data=commendation,
    template=lambda asked: official.template(*TEMPLATE),
    allowed=cards.is_officer,
    subjects=rounds_in(Phase.PUBLISHED, open_to_candidates=True),
    fields=FIELDS,
    order=52,
)
HOW_THE_NOTICE_ENDED = PaperKind(
    key="evaluations.notice_ended",
    label=_("How the public notice ended"),
    sentence=_("Once the notice is over: no objection, or how each was settled; naming nobody who objected."),
    data=how_the_notice_ended,
    template=lambda asked: official.template(
        Lines("opening"),
        Where(
            "objections",
            (
                Table(
                    "objections",
                    (
                        Column("序号", "number", 1),
                        Column("方式", "channel", 1.4),
                        Column("收到日期", "received", 2.6),
                        Column("结果", "outcome", 2.8),
                        Column("答复", "answer", 4),
                    ),
                ),
            ),
        ),
        Lines("closing"),
    ),
    allowed=cards.is_officer,
    subjects=_where_the_notice_is_over,
    fields=(
        Rows("opening", _("text before the list"), LINES),
        Rows(
            "objections",
            _("objections, without who objected"),
            (
                Field("number", _("running number"), "1"),
                Field("channel", _("how it came"), "来信"),
                Field("received", _("day it came"), "2026年11月10日"),
                Field("outcome", _("outcome"), "经核实不影响评选结果"),
                Field("answer", _("answer"), "经核对办件记录，情况不属实。"),
            ),
        ),
        Rows("closing", _("text after the list"), LINES),
    ),
    order=51,
)
