"""The recommendation form (推荐表), blank or of one recommendation, and the summary of all (推荐汇总表).

They hold the reasons somebody was recommended for, so they are for officers who do not stand in the round.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from evaluations import cards
from evaluations.models import Election, Nomination, Veto
from evaluations.services import nominations
from evaluations.services.officers import standing_in
from intranet import clock
from intranet.papers import drawing, official
from intranet.papers.official import Column, Lines, Table
from intranet.papers.registry import LINES, Asked, Field, PaperKind, Rows
from intranet.people.models import Posting

from . import words
from .subjects import CALLED, IS_OPENED, OPENED, rounds_in

WAYS = {
    Nomination.Kind.UNIT: "单位推荐",
    Nomination.Kind.SELF: "自荐",
    Nomination.Kind.COLLEAGUE: "同事推荐",
    Nomination.Kind.HONOURS: "历次荣誉",
}
# Here nobody else recommends, so nobody is named beside the way.
UNNAMED = (Nomination.Kind.SELF, Nomination.Kind.HONOURS)
STATES = {
    Nomination.State.PROPOSED: "待本人同意",
    Nomination.State.ACCEPTED: "待审核",
    Nomination.State.APPROVED: "通过",
    Nomination.State.DECLINED: "本人不同意",
    Nomination.State.LAPSED: "未答复",
    Nomination.State.REJECTED: "未通过",
    Nomination.State.WITHDRAWN: "已撤回",
}


def blank_form(asked: Asked) -> dict[str, Any]:
    return _form(asked.about, "", "", "□单位推荐  □自荐  □同事推荐", "")


def filled_form(asked: Asked) -> dict[str, Any]:
    given = asked.about
    [row] = _rows([given])
    return _form(given.election, row["name"], row["unit"], row["way"], given.reason)


def _form(election: Election, name: str, unit: str, way: str, reason: str) -> dict[str, Any]:
    """Labels at the left, what is filled in at the right; empty lines leave room for a pen."""
    room = "\n" * 5
    items = (
        ("评选项目", f"{words.titled(election)}"),
        (words.SUBJECTS[election.rules_now["subject"]][1], name),
        ("所在单位", unit),
        ("推荐方式", way),
        ("推荐理由", reason or room),
        ("被推荐人意见", f"{room}签名：　　　　　　年　　月　　日"),
        ("推荐单位意见", f"{room}（盖章）　　　　　年　　月　　日"),
        ("资格审核意见", f"{room}审核人：　　　　　年　　月　　日"),
    )
    return {
        "title": f"{words.titled(election)}推荐表",
        "number": "",
        "items": [{"label": label, "value": value} for label, value in items],
        "closing": words.lines(f"请于{words.moment(election.recommendation_closes)}前送达。"),
    }


def summary(asked: Asked) -> dict[str, Any]:
    """Every recommendation of the round with its reason and how the review ended; four queries at most."""
    election = asked.about
    given = list(
        election.nominations.exclude(state=Nomination.State.WITHDRAWN)
        .select_related("person", "window", "team__parent", "unit", "by")
        .prefetch_related("window__units")
        .order_by("created_at", "pk")
    )
    approved = sum(one.state == Nomination.State.APPROVED for one in given)
    return {
        "title": f"{words.titled(election)}推荐汇总表",
        "number": "",
        "opening": words.lines(
            f"截至{drawing.written_day(_as_of(election))}，收到推荐{len(given)}份，通过资格审核{approved}份。"
        ),
        "rows": _rows(given),
    }


def _as_of(election: Election) -> dt.date:
    """The day the summary tells of: from the end of the review on nothing in it changes."""
    return clock.day_of(election.reviewed_at) if election.reviewed_at else clock.today()


def _rows(given: list[Nomination]) -> list[dict[str, Any]]:
    places = _units_of([one.person_id for one in given if one.person_id])
    vetoed = set(
        Veto.objects.in_force().filter(nomination__in=[one.pk for one in given]).values_list("nomination", flat=True)
    )
    return [
        {
            "number": number,
            "name": str(one.subject),
            "unit": str(one.unit or "") or places.get(one.person_id, "") or nominations.units_of(one),
            "way": f"{WAYS[Nomination.Kind(one.kind)]}{'' if one.kind in UNNAMED else f'（{one.recommender}）'}",
            "reason": one.reason,
            # What is held against somebody stays on the page of the review; here only that the list ends it.
            "state": "一票否决" if one.pk in vetoed else STATES[Nomination.State(one.state)],
        }
        for number, one in enumerate(given, 1)
    ]


def _units_of(people: Iterable[int]) -> dict[int | None, str]:
    """Where each of these people is posted today."""
    postings = Posting.objects.on(clock.today()).filter(person__in=list(people)).order_by("-starts_on")
    return dict(postings.values_list("person", "unit__name"))


def _nominations(user: Any) -> Any:
    """Recommendations one may have as a form: of rounds that are open, which one does not stand in."""
    rounds = Election.objects.visible_to(user).filter(phase__in=OPENED)
    return (
        Nomination.objects.visible_to(user)
        .filter(election__in=rounds)
        .exclude(election__in=standing_in(user).values("election"))
        .select_related("election__award", "person", "window", "team", "unit", "by")
    )


FORM_FIELDS = (
    Rows(
        "items",
        _("lines of the form"),
        (Field("label", _("label"), "推荐理由"), Field("value", _("what is filled in"), "连续三个月零投诉。")),
    ),
    Rows("closing", _("text after the list"), LINES),
)
BLANK_FORM = PaperKind(
    key="evaluations.recommendation_form",
    label=_("Recommendation form, blank"),
    sentence=_("To be filled in by hand and sealed by the unit."),
    data=blank_form,
    template=lambda asked: official.template(
        Table("items", (Column("项目", "label", 1), Column("内容", "value", 4))), Lines("closing"), signed=False
    ),
    allowed=cards.is_officer,
    subjects=rounds_in(*CALLED, where=IS_OPENED, open_to_candidates=True),
    fields=FORM_FIELDS,
    order=41,
)
FILLED_FORM = PaperKind(
    key="evaluations.recommendation",
    label=_("Recommendation form, filled in"),
    sentence=_("What was entered on screen, to be signed and sealed."),
    data=filled_form,
    template=BLANK_FORM.template,
    allowed=cards.is_officer,
    subjects=_nominations,
    fields=FORM_FIELDS,
    order=42,
)
SUMMARY = PaperKind(
    key="evaluations.recommendations",
    label=_("Summary of recommendations"),
    sentence=_("All recommendations with their reasons and how the review ended; not for the wall."),
    data=summary,
    template=lambda asked: official.template(
        Lines("opening"),
        Table(
            "rows",
            (
                Column("序号", "number", 0.7),
                Column(words.NAME_HEADING, "name", 2.2),
                Column("单位", "unit", 2.4),
                Column("推荐方式", "way", 2.2),
                Column("推荐理由", "reason", 5),
                Column("审核结果", "state", 1.4),
            ),
        ),
        landscape=True,
        signed=False,
    ),
    allowed=cards.is_officer,
    subjects=rounds_in(*OPENED),
    fields=(
        Rows("opening", _("text before the list"), LINES),
        Rows(
            "rows",
            _("one for each recommendation"),
            (
                *words.STANDING,
                Field("way", _("how it was made"), "单位推荐（禾湾区税务局）"),
                Field("reason", _("reason"), "连续三个月零投诉。"),
                Field("state", _("how the review ended"), "通过"),
            ),
        ),
    ),
    order=43,
)
