"""What awards add to the material for the yearly report: rounds, turnout, honours. All of it was published."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from itertools import groupby

from evaluations.models import Election, Honour
from evaluations.phases import Phase
from intranet import clock
from intranet.papers.registry import Material, Section

# Units named in the sentence on where honours went.
NAMED = 5


def sections(first: dt.date, last: dt.date) -> list[Section]:
    """Rounds commended in the period, how many took part, and the honours month by month; two queries."""
    span = (clock.start_of(first), clock.start_of(last + dt.timedelta(days=1)))
    held = list(
        Election.objects.filter(phase=Phase.PUBLISHED, published_at__gte=span[0], published_at__lt=span[1])
        .select_related("award")
        .order_by("published_at", "pk")
    )
    honours = Honour.objects.standing().filter(published_on__range=(first, last))
    listed = list(honours.order_by("published_on", "award_name", "period_label", "name"))
    if not held and not listed:
        return [Section("评先评优", ("期间没有完成的评选。",))]
    rows = [
        (f"{month.year}年{month.month}月", f"{award}（{period}）", "、".join(honour.name for honour in found))
        for (month, award, period), found in groupby(
            listed, key=lambda honour: (honour.published_on.replace(day=1), honour.award_name, honour.period_label)
        )
    ]
    sentences = [text for text in (_held(held, listed), _by_unit(listed), _how(held)) if text]
    return [Section("评先评优", sentences, ("通报时间", "荣誉", "获得者"), rows)]


def _held(held: list[Election], listed: list[Honour]) -> str:
    """How many rounds with and without a vote, who took part in the votes, how many were honoured."""
    voted = [election for election in held if election.has_ballot]
    ballots = sum(election.result.get("ballots", 0) for election in voted)
    roll = sum(election.result.get("roll", 0) for election in voted)
    turnout = f"，参评率{100 * ballots / roll:.1f}%" if roll else ""
    took_part = f"，{ballots}人次参加投票{turnout}" if voted else ""
    without = len(held) - len(voted)
    assessed = f"其中{without}次不经投票，由推荐和综合评定产生；" if without else ""
    return f"期间组织完成评选{len(held)}次{took_part}；{assessed}通报表扬{_counted(listed)}。"


def _counted(listed: list[Honour]) -> str:
    windows = sum(honour.window_id is not None for honour in listed)
    teams = sum(honour.team_id is not None for honour in listed)
    people = len(listed) - windows - teams
    said = [f"个人{people}人次"] if people or not (windows or teams) else []
    said += [f"窗口{windows}个次"] if windows else []
    said += [f"集体{teams}个次"] if teams else []
    return "、".join(said)


def _by_unit(listed: list[Honour]) -> str:
    """The units with most honours, in numbers."""
    units = Counter(honour.unit_name for honour in listed if honour.unit_name)
    most = sorted(units.items(), key=lambda item: (-item[1], item[0]))[:NAMED]
    if len(units) < 2:
        return ""
    named = "、".join(f"{unit}{number}个次" for unit, number in most)
    return f"荣誉分布在{len(units)}个单位，其中{named}。"


def _how(held: list[Election]) -> str:
    if not held:
        return ""
    means = "民主推荐、无记名投票、结果公示"
    if not any(election.has_ballot for election in held):
        means = "自下而上、自我申报、综合评定、结果公示"
    return f"评选坚持{means}，以先进典型带动窗口服务水平整体提升。"


MATERIAL = Material("evaluations.material", sections, order=50)
