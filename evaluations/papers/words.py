"""The words that papers of a round share. Papers are in Chinese, as the hall writes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from evaluations.models import Award, Election
from intranet import clock
from intranet.papers import drawing
from intranet.papers.registry import Field

# How a paper calls those it honours, and the heading of their column.
SUBJECTS = {
    Award.Subject.PERSON: ("同志", "姓名"),
    Award.Subject.WINDOW: ("窗口", "窗口"),
    Award.Subject.TEAM: ("集体", "集体"),
}
STANDING = (
    Field("number", _("running number"), "1"),
    Field("name", _("name"), "欧阳秀兰"),
    Field("unit", _("unit"), "禾湾区税务局"),
)
NAME_HEADING = "姓名（窗口、集体）"


def rule(election: Election, name: str) -> Any:
    return election.rules_now[name]


def noun(election: Election) -> str:
    """同志, 窗口 or 集体."""
    return SUBJECTS[Award.Subject(rule(election, "subject"))][0]


def titled(election: Election) -> str:
    """2026年10月“服务之星”."""
    return f"{election.period_label}“{rule(election, 'name')}”"


def way(election: Election, *last: str) -> str:
    """How the list came about, by what this round has: 经推荐、资格审核、投票和会议审定."""
    steps = ["推荐", "资格审核"]
    steps += ["投票"] if election.has_ballot else []
    steps += ["综合评定"] if election.has_assessment or not election.has_ballot else []
    steps += ["会议审定"] if election.has_meeting else []
    steps += last
    return f"经{'、'.join(steps[:-1])}和{steps[-1]}"


def span(first: dt.date | None, last: dt.date | None) -> str:
    """2026年11月9日至2026年11月13日, or the one day; blank while a day is not known."""
    if not first or not last:
        return ""
    begins, ends = drawing.written_day(first), drawing.written_day(last)
    return begins if first == last else f"{begins}至{ends}"


def dated(day: dt.date) -> dict[str, str]:
    """Date and document number of the day a paper belongs to, whenever it is drawn: an archive draws all anew."""
    return {"date": drawing.written_day(day), "number": drawing.blank_number(day)}


def moment(instant: dt.datetime | None) -> str:
    """2026年11月4日17:30, at the hall."""
    if instant is None:
        return ""
    there = instant.astimezone(clock.HALL_ZONE)
    return f"{drawing.written_day(there.date())}{there:%H:%M}"


def lines(*texts: str) -> list[dict[str, Any]]:
    """Paragraphs; a text that begins with # is a small heading, and an empty one is left out."""
    return [{"text": text.removeprefix("#"), "heading": text.startswith("#")} for text in texts if text]


def listed(election: Election, people: Any = None) -> list[dict[str, Any]]:
    """Rows with number, name and unit: the winners, unless others are given."""
    found = election.winners() if people is None else people
    return [{"number": number, "name": one.name, "unit": one.unit_name} for number, one in enumerate(found, 1)]
