"""Papers of a round: the public notice (公示) and the commendation (通报); what awards add to the yearly material.

All that is written here has been published; counts, ballots and recommendations stay where they are.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from evaluations import cards, phases
from evaluations.models import Election, Honour
from intranet import clock
from intranet.papers import drawing, official
from intranet.papers.official import Column, Lines, Table
from intranet.papers.registry import LINES, Asked, Field, Material, PaperKind, Rows, Section

FIELDS = (
    Rows("opening", _("text before the list"), LINES),
    Rows(
        "winners",
        _("those honoured"),
        (
            Field("number", _("running number"), "1"),
            Field("name", _("name"), "欧阳秀兰"),
            Field("unit", _("unit"), "禾湾区税务局"),
        ),
    ),
    Rows("closing", _("text after the list"), LINES),
)
TEMPLATE = (
    Lines("opening"),
    Table("winners", (Column("序号", "number", 1), Column("姓名（窗口）", "name", 4), Column("单位", "unit", 5))),
    Lines("closing"),
)


def public_notice(asked: Asked) -> dict[str, Any]:
    """The notice on the wall: who is to be honoured, how long objections are heard, and where."""
    election = asked.about
    span = f"{drawing.written_day(election.notice_first)}至{drawing.written_day(election.notice_last)}"
    return {
        **_head(election, "公示", election.notice_first),
        "opening": _lines(
            f"经推荐、资格审核和投票，拟授予下列{'窗口' if election.award.subject == 'window' else '同志'}"
            f"{election.period_label}“{election.award.name}”称号，现予公示。公示期为{span}（工作日）。",
        ),
        "closing": _lines(
            "公示期间如有异议，可通过来访、来电或来信向工会反映，可以署名，也可以不署名。",
            f"来访地点：{settings.OBJECTIONS_PLACE}；电话：{settings.OBJECTIONS_PHONE}；"
            f"来信请寄：{settings.OBJECTIONS_ADDRESS}。",
        ),
    }


def commendation(asked: Asked) -> dict[str, Any]:
    """The commendation after the public notice."""
    election = asked.about
    first, last = drawing.written_day(election.period_first), drawing.written_day(election.period_last)
    return {
        **_head(election, "通报", clock.day_of(election.published_at)),
        "title": f"关于{election.period_label}“{election.award.name}”的通报",
        "addressees": "各窗口、各科室",
        "opening": _lines(
            f"{first}至{last}，广大窗口工作人员立足岗位、热情服务。经推荐、资格审核、投票和公示，"
            f"决定授予下列{'窗口' if election.award.subject == 'window' else '同志'}"
            f"{election.period_label}“{election.award.name}”称号，予以通报表扬。",
        ),
        "closing": _lines("希望受到表扬的珍惜荣誉、再接再厉；各窗口要以他们为榜样，不断提高服务水平。"),
    }


def _head(election: Election, word: str, day: dt.date) -> dict[str, Any]:
    return {
        "title": f"{election.period_label}“{election.award.name}”评选结果{word}",
        "date": drawing.written_day(day),
        "winners": [
            {"number": number, "name": winner.name, "unit": winner.unit_name}
            for number, winner in enumerate(election.winners(), 1)
        ],
    }


def _lines(*texts: str) -> list[dict[str, Any]]:
    return [{"text": text, "heading": False} for text in texts]


def rounds_in(*chosen: str) -> Any:
    """``subjects`` for the rounds in these phases."""

    def subjects(user: Any) -> Any:
        return Election.objects.visible_to(user).filter(phase__in=chosen).select_related("award")

    return subjects


PUBLIC_NOTICE = PaperKind(
    key="evaluations.public_notice",
    label=_("Public notice of a round"),
    sentence=_("Who is to be honoured, and where objections are heard; for the wall."),
    data=public_notice,
    template=lambda asked: official.template(*TEMPLATE),
    allowed=cards.is_officer,
    subjects=rounds_in(phases.Phase.PUBLIC_NOTICE, phases.Phase.PUBLISHED),
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
    subjects=rounds_in(phases.Phase.PUBLISHED),
    fields=FIELDS,
    order=51,
)


def _counted(people: int, windows: int) -> str:
    said = [f"个人{people}人次"] if people or not windows else []
    return "、".join([*said, *([f"窗口{windows}个次"] if windows else [])])


def sections(first: dt.date, last: dt.date) -> list[Section]:
    """Rounds commended in the period, how many took part, and the honours month by month; two queries."""
    span = (clock.start_of(first), clock.start_of(last + dt.timedelta(days=1)))
    held = list(
        Election.objects.filter(phase=phases.Phase.PUBLISHED, published_at__gte=span[0], published_at__lt=span[1])
        .select_related("award")
        .order_by("published_at", "pk")
    )
    honours = Honour.objects.standing().filter(published_on__range=(first, last))
    listed = list(honours.order_by("published_on", "award_name", "period_label", "name"))
    if not held and not listed:
        return [Section("评先评优", ("期间没有完成的评选。",))]
    ballots = sum(election.result.get("ballots", 0) for election in held)
    roll = sum(election.result.get("roll", 0) for election in held)
    people = sum(honour.window_id is None for honour in listed)
    turnout = f"，参评率{100 * ballots / roll:.1f}%" if roll else ""
    sentences = (
        f"期间组织完成评选{len(held)}次，{ballots}人次参加投票{turnout}；"
        f"通报表扬{_counted(people, len(listed) - people)}。",
        "评选坚持民主推荐、无记名投票、结果公示，以先进典型带动窗口服务水平整体提升。",
    )
    rows = [
        (f"{month.year}年{month.month}月", f"{award}（{period}）", "、".join(honour.name for honour in found))
        for (month, award, period), found in groupby(
            listed, key=lambda honour: (honour.published_on.replace(day=1), honour.award_name, honour.period_label)
        )
    ]
    return [Section("评先评优", sentences, ("通报时间", "荣誉", "获得者"), rows)]


MATERIAL = Material("evaluations.material", sections, order=50)
