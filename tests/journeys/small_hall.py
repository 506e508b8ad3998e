"""A small hall made through the services, in the process of an installation (``manage.py shell -c``), with rounds
brought as far as a journey needs them: everything before its first day.

Everyone's password is ``PASSWORD``; a person's staff number is what they sign in with.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from unittest import mock

from django.contrib.auth.hashers import make_password

from demo.running import Installation
from evaluations.models import Election
from evaluations.services import awards, nominations, rounds
from intranet import clock
from intranet.people.models import Unit, Window
from intranet.people.services.leaderships import appoint
from tests.evaluations.founding_hall import (
    FoundingHall,
    at,
    frozen,
    met,
    panel_scores,
    planned_and_opened,
    published,
    review_finished,
    vote_one_by_one,
)
from tests.evaluations.hall import place
from tests.halls import Halls, empty_template
from tests.people_of_the_hall import PASSWORD, make_user

__all__ = ["PASSWORD", "built"]

SINCE = dt.date(2020, 1, 6)
OFFICE = "政务服务中心办公室"
OFFICIALS = (
    ("UN01", "union_officer", "陆工会"),
    ("SC01", "scrutineer", "江监票"),
    ("SC02", "scrutineer", "秦监票"),
    ("IN01", "inspection", "冯督查"),
    ("LD01", "centre_leader", "沈主任"),
)
# unit, its chief representative, and its windows: number, name, the two who sit there
UNITS = (
    (
        "清泉区税务局",
        ("QQ100", "欧阳静"),
        (
            ("1", "发票领用", ("QQ101", "曾小芸"), ("QQ102", "仇海涛")),
            ("2", "申报征收", ("QQ103", "单国强"), ("QQ104", "区月华")),
        ),
    ),
    (
        "清泉区公安分局",
        ("QQ200", "尉迟明"),
        (
            ("3", "户籍业务", ("QQ201", "查婷"), ("QQ202", "解文博")),
            ("4", "出入境业务", ("QQ203", "朴红英"), ("QQ204", "翟一鸣")),
        ),
    ),
)
STAR: dict[str, Any] = {
    "slug": "service-star",
    "name": "月度服务之星",
    "places": 2,
    "max_choices": 2,
    "honour_text": "热情服务、群众满意",
    "basis": "《月度服务之星评选办法》（清政服〔2026〕6号）",
    "notice_place": "一楼大厅公示栏",
}
LONG_REASON = (
    "一位行动不便的老人第三次来办证，材料还差一份。他下班后开车到老人家里取来材料，当晚整理好，第二天一早办结，把证送上门。"
    "本月经手一百二十余件，没有一件超时，还把常见的漏项写成一张清单贴在窗口，后来的群众少跑了许多趟。"
)
ASSESSED: dict[str, Any] = {
    "meeting_decides": True,
    "components": [
        {"key": "ballots", "kind": "ballots", "label": "民主测评", "weight": "70"},
        {"key": "panel", "kind": "panel", "label": "督查科评分", "weight": "30", "panel_roles": ["inspection"]},
    ],
}
# The round of October, in November.
OCTOBER = {
    "first": "2026-10-01",
    "last": "2026-10-31",
    "opens": "2026-11-02T09:00",
    "closes": "2026-11-04T17:30",
}
VOTING = {"voting_opens": "2026-11-05T09:00", "voting_closes": "2026-11-06T17:30"}


def built(halls: Halls, make: str) -> Installation:
    """An installation that stands still and holds what a function of this module makes."""
    installation = halls.copy(empty_template())
    installation.manage("shell", "-c", f"from tests.journeys import small_hall; small_hall.{make}()")
    return installation


def people() -> FoundingHall:
    """The office with those who run a round, and two units with their windows."""
    # Making one hash takes half a second, and all have the same password.
    hashed = mock.patch("django.contrib.auth.models.make_password", return_value=make_password(PASSWORD))
    with hashed, clock.at(at("2026-10-26T10:00")):
        return _seated()


def _seated() -> FoundingHall:
    office = Unit.objects.create(name=OFFICE, kind="back_office")
    made = {}
    for number, role, name in OFFICIALS:
        made[role] = make_user(number, role, name=name)
        place(made[role], office)
    hall = FoundingHall(made["union_officer"], made["inspection"], made["centre_leader"])
    for unit_name, chief, windows in UNITS:
        unit = Unit.objects.create(name=unit_name, kind="posting_department")
        hall.chiefs[unit.pk] = make_user(chief[0], name=chief[1])
        place(hall.chiefs[unit.pk], unit)
        appoint(
            kind="chief_representative",
            person=hall.chiefs[unit.pk].person,
            unit=unit,
            starts_on=SINCE,
            by=hall.officer,
        )
        for number, name, head, clerk in windows:
            window = Window.objects.create(number=number, name=name)
            window.units.add(unit)
            hall.windows.append(window)
            for listed, (staff_number, person) in ((hall.heads, head), (hall.clerks, clerk)):
                user = make_user(staff_number, name=person)
                place(user, unit, window)
                listed.append(user)
            appoint(kind="window_head", person=hall.heads[-1].person, window=window, starts_on=SINCE, by=hall.officer)
    return hall


def star_in_vote(hall: FoundingHall, **fields: Any) -> Election:
    """October's service star with voting open and three candidates: 曾小芸, 单国强 and 查婷."""
    assessed = "components" in fields
    with clock.at(at("2026-10-28T10:00")):
        award = awards.set_up_award(by=hall.officer, **STAR | fields)
    scores = {"scores_due": "2026-11-09T17:30"} if assessed else {}
    election = planned_and_opened(hall, award, **OCTOBER, **VOTING, **scores)
    with clock.at(at("2026-11-02T10:00")):
        for user, reason in zip(hall.heads, ("本月没有一件超时件。", LONG_REASON, "主动顶岗两次。"), strict=False):
            nominations.recommend(election=election, kind="self", reason=reason, by=user)
    review_finished(hall, election, OCTOBER["closes"])
    rounds.advance(at(VOTING["voting_opens"]))
    election.refresh_from_db()
    return election


def published_star() -> None:
    """October's service star, weighed, met about and published: what the next one is carried over from."""
    hall = people()
    election = star_in_vote(hall, **ASSESSED)
    keys = dict(election.candidates.values_list("name", "key"))
    voters = [*hall.clerks, *hall.heads]
    vote_one_by_one(
        election, voters, "2026-11-05T10:00", lambda n: {keys["查婷"]} | ({keys["曾小芸"]} if n % 2 else set())
    )
    rounds.advance(at(VOTING["voting_closes"]))
    panel_scores(election, hall.inspector, "2026-11-09T10:00", lambda candidate: "90")
    frozen(hall, election, "2026-11-09T11:00")
    met(hall, election, "2026-11-09", election.result["winners"])
    published(hall, election, "2026-11-09T16:00")


def star_with_paper() -> None:
    """A vote on screen and on paper, closed and sealed by two scrutineers."""
    star_in_vote(people(), paper_allowed=True, sealed_by_two=True)


def star_and_model_post() -> None:
    """A vote that is open, and a model post without one that waits for its meeting."""
    hall = people()
    with clock.at(at("2026-10-28T10:00")):
        award = awards.set_up_award(
            by=hall.officer,
            slug="model-post",
            name="巾帼文明示范岗",
            subject="window",
            ballot_kind="none",
            places=2,
            meeting_decides=True,
            colleague_allowed=False,
            notice_place="一楼大厅公示栏",
            components=[
                {"key": "panel", "kind": "panel", "label": "评审打分", "weight": "100", "panel_roles": ["inspection"]}
            ],
        )
    election = planned_and_opened(hall, award, **OCTOBER, scores_due="2026-11-05T09:00")
    with clock.at(at("2026-11-02T10:00")):
        for window, head in zip(hall.windows[:3], hall.heads, strict=False):
            nominations.recommend(election=election, kind="self", window=window, reason="全年无有效投诉。", by=head)
    review_finished(hall, election, OCTOBER["closes"])
    scores = {"发票领用": "96", "申报征收": "91", "户籍业务": "88"}
    panel_scores(
        election,
        hall.inspector,
        "2026-11-04T18:00",
        lambda candidate: next(score for name, score in scores.items() if name in candidate.name),
    )
    frozen(hall, election, "2026-11-05T09:10")
    star_in_vote(hall)
