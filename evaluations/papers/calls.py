"""The call for recommendations (评选通知): who may be recommended, by whom, until when, and how it goes on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from evaluations import cards, vetoes
from evaluations.models import Award, Election
from intranet import clock
from intranet.papers import drawing, official
from intranet.papers.official import Lines
from intranet.papers.registry import LINES, Asked, PaperKind, Rows

from . import words
from .subjects import CALLED, IS_OPENED, rounds_in

NUMERALS = "一二三四五六"
UNITS = {Award.Subject.PERSON: "名", Award.Subject.WINDOW: "个", Award.Subject.TEAM: "个"}


def call(asked: Asked) -> dict[str, Any]:
    election = asked.about
    parts = [
        ("评选名额和范围", f"{_places(election)}{_vetoes(election)}"),
        ("推荐办法", _ways_to_recommend(election)),
        ("评选程序", _course(election)),
        ("评分构成", _weights(election)),
        ("公示和通报", _after(election)),
    ]
    kept = [(title, text) for title, text in parts if text]
    numbered = [line for number, (title, text) in enumerate(kept) for line in (f"#{NUMERALS[number]}、{title}", text)]
    basis = words.rule(election, "basis")
    opening = f"{f'根据{basis}，' if basis else ''}现组织开展{words.titled(election)}评选，有关事项通知如下。"
    return {
        **words.dated(clock.day_of(election.opened_at)),
        "title": f"关于开展{words.titled(election)}评选的通知",
        "addressees": "各窗口、各科室",
        "body": words.lines(opening, *numbered, "特此通知。"),
        "attachments": drawing.attachments([f"{words.titled(election)}推荐表"]),
    }


def _places(election: Election) -> str:
    rules = election.rules_now
    subject = Award.Subject(rules["subject"])
    said = [f"评选{words.noun(election)}{rules['places']}{UNITS[subject]}"]
    said.append(f"考评时段为{words.span(election.period_first, election.period_last)}")
    if subject == Award.Subject.PERSON:
        said += ["推荐对象为窗口工作人员"] if rules["window_staff_only"] else []
        said += [f"在大厅工作满{rules['months_at_hall']}个月"] if rules["months_at_hall"] else []
        said += ["中心领导不参评"] if rules["leaders_excluded"] else []
    if rules["no_repeat_rounds"]:
        said.append(f"近{rules['no_repeat_rounds']}期已获此荣誉的不再参评")
    return f"{'，'.join(said)}。"


def _vetoes(election: Election) -> str:
    kinds = election.rules_now["vetoes"]
    named = "、".join(vetoes.label_of(kind) for kind in kinds)
    return f"有下列情形之一的，实行一票否决：{named}。" if kinds else ""


def _ways_to_recommend(election: Election) -> str:
    rules = election.rules_now
    ways = ["本人自荐"] if rules["self_allowed"] else []
    ways += ["同事推荐（须经本人同意）"] if rules["colleague_allowed"] else []
    quota = rules["quota_per_unit"]
    ways += [f"各单位推荐，每个单位不超过{quota}{UNITS[Award.Subject(rules['subject'])]}"] if quota else []
    until = f"{words.moment(election.recommendation_opens)}至{words.moment(election.recommendation_closes)}"
    return f"{'；'.join(ways)}。推荐时间为{until}，可登录内网填写，也可将盖章的推荐表送{settings.OBJECTIONS_PLACE}。"


def _course(election: Election) -> str:
    said = ["推荐结束后由工会进行资格审核"]
    if election.voting_opens and election.voting_closes:
        span = f"{words.moment(election.voting_opens)}至{words.moment(election.voting_closes)}"
        said.append(f"{span}进行无记名投票，{_where_to_vote(election)}")
        said += _boxes(election)
    if election.scores_due:
        said.append(f"各项评分于{words.moment(election.scores_due)}前完成")
    if election.has_meeting:
        said.append("由评审会议审定拟表扬名单")
    return f"{'；'.join(said)}。{_validity(election) if election.has_ballot else ''}"


def _where_to_vote(election: Election) -> str:
    if election.rules_now["paper_allowed"]:
        return "可用手机、电脑或大厅投票终端投票，也可领取纸质选票投票，每人只投一次"
    return "可用手机、电脑或大厅投票终端投票"


def _boxes(election: Election) -> list[str]:
    """Where several boxes are weighed against each other: whose they are and what each weighs."""
    boxes = sorted(election.rules_now["boxes"].values(), key=lambda box: box["order"])
    if len(boxes) < 2:
        return []
    weighed = "、".join(f"{box['label']}（权重{box['weight']}%）" for box in boxes)
    return [f"投票分设票箱，按权重合并计算：{weighed}"]


def _validity(election: Election) -> str:
    """What the rules ask of the vote: how many take part, and how many votes a place needs."""
    rules = election.rules_now
    said = [f"收回选票须不少于名册人数的{rules['least_return']}%"] if rules["least_return"] else []
    if rules["least_share"]:
        base = "名册人数" if rules["share_base"] == Award.ShareBase.ROLL else "有效选票"
        said.append(f"入选者得票须不少于{base}的{rules['least_share']}%")
    return f"{'；'.join(said)}。" if said else ""


def _weights(election: Election) -> str:
    """What the score is made of, in percent; where ballots alone count there is nothing to say."""
    parts = [part for part in election.rules_now["components"] if part["label"]]
    weighed = [f"{part['label']}{part['weight']}%" for part in parts if part["kind"] != "adjustment"]
    added = [part["label"] for part in parts if part["kind"] == "adjustment"]
    said = [f"综合得分由{'、'.join(weighed)}构成"] if weighed else []
    said += [f"{'、'.join(added)}按规定加减分"] if added else []
    return f"{'；'.join(said)}。" if said else ""


def _after(election: Election) -> str:
    place = f"在{election.notice_place}" if election.notice_place else ""
    return (
        f"评选结果{place}公示{words.rule(election, 'notice_workdays')}个工作日，无异议或异议办结后予以通报。"
        f"咨询和异议反映电话：{settings.OBJECTIONS_PHONE}。"
    )


CALL = PaperKind(
    key="evaluations.call",
    label=_("Call for recommendations"),
    sentence=_("Who may be recommended, by whom and until when; to all windows and sections."),
    data=call,
    template=lambda asked: official.template(Lines("body")),
    allowed=cards.is_officer,
    subjects=rounds_in(*CALLED, where=IS_OPENED, open_to_candidates=True),
    fields=(Rows("body", _("the text"), LINES),),
    order=40,
)
