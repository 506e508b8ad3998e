"""The rules of a round in words, for everyone: headings with their lines, in the order of the round's way."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from intranet.figures.registry import figure_kinds
from intranet.ui.templatetags.ui import hall_date, zh

from . import vetoes
from .models import Award, Component, Election
from .services.conditions import listed
from .services.eligibility import in_words

Ballot, Subject = Award.BallotKind, Award.Subject
Row = tuple[str, list[Any]]


def rows(election: Election) -> list[Row]:
    """[(heading, lines)]; a heading without lines is left out. A handful of queries."""
    rules = election.rules_now
    found: list[Row] = [
        (_("Appraised"), [_period(election)]),
        (_("Who is honoured"), [_places(rules)]),
        (_("Who may recommend"), _recommenders(rules)),
        (_("Who may be recommended"), in_words(election) or [_everybody(rules)]),
        (_("Vetoes"), [listed([vetoes.label_of(kind) for kind in rules["vetoes"]])] if rules["vetoes"] else []),
    ]
    if election.has_ballot:
        found += [
            (_("Who may vote"), _voters(election)),
            (_("On a ballot"), _ballot(rules)),
            (_("Valid if"), _validity(rules)),
        ]
    found += [
        (_("What counts"), _components(rules) if election.has_assessment else []),
        (_("Decision"), _decision(election)),
        (_("Ties"), _ties(rules)),
        (pgettext("heading", "Public notice"), [_notice(rules)]),
        (_("Basis"), [zh(rules["basis"])] if rules["basis"] else []),
    ]
    return [row for row in found if row[1]]


def _period(election: Election) -> str:
    return _("%(first)s to %(last)s") % {
        "first": hall_date(election.period_first),
        "last": hall_date(election.period_last),
    }


def _places(rules: dict[str, Any]) -> str:
    places = rules["places"]
    said = {
        Subject.PERSON: ngettext("%(n)d person", "%(n)d people", places),
        Subject.WINDOW: ngettext("%(n)d window", "%(n)d windows", places),
        Subject.TEAM: ngettext("%(n)d team", "%(n)d teams", places),
    }
    return said[Subject(rules["subject"])] % {"n": places}


def _recommenders(rules: dict[str, Any]) -> list[str]:
    quota = rules["quota_per_unit"]
    lines = [ngettext("units (%(n)d each)", "units (%(n)d each)", quota) % {"n": quota}] if quota else []
    lines += [_("oneself")] if rules["self_allowed"] else []
    lines += [_("colleagues")] if rules["colleague_allowed"] else []
    return lines or [_("nobody: earlier honours name the candidates")]


def _everybody(rules: dict[str, Any]) -> str:
    return {
        Subject.PERSON: _("all staff"),
        Subject.WINDOW: _("windows in service"),
        Subject.TEAM: _("departments and sections in service"),
    }[Subject(rules["subject"])]


def _voters(election: Election) -> list[Any]:
    """Each box with its weight where there are several; then how many are on the roll."""
    boxes = sorted(election.rules_now["boxes"].values(), key=lambda box: box["order"])
    if len(boxes) == 1:
        lines: list[Any] = [Award.Electorate(boxes[0]["electorate"]).label]
    else:
        lines = [_weighed(box["label"], box["weight"]) for box in boxes]
    size = election.roll_size
    if size:
        lines.append(ngettext("%(n)d on the roll", "%(n)d on the roll", size) % {"n": size})
    return lines


def _weighed(label: str, weight: str) -> Any:
    return format_html(_("{label}: {weight} %"), label=zh(label), weight=weight)


def _ballot(rules: dict[str, Any]) -> list[str]:
    kind = rules["ballot_kind"]
    lines = [_choices(rules) if kind == Ballot.CHOOSE else str(Ballot(kind).label)]
    if kind == Ballot.GRADE:
        lines.append(_grades(rules["grade_points"]))
    if rules["list_kind"] != Award.ListKind.ANY:
        lines.append(str(Award.ListKind(rules["list_kind"]).label))
    if not rules["self_vote"]:
        lines.append(_("not for oneself"))
    if rules["paper_allowed"]:
        lines.append(_("on paper too"))
    return lines


def _choices(rules: dict[str, Any]) -> str:
    fewest, most = rules["min_choices"], rules["max_choices"]
    if fewest == most:
        return _("exactly %(most)s") % {"most": most}
    return _("%(fewest)s to %(most)s choices") % {"fewest": fewest, "most": most}


def _grades(points: dict[str, str]) -> str:
    words = {
        "satisfied": _("satisfied"),
        "mostly_satisfied": _("mostly satisfied"),
        "dissatisfied": _("dissatisfied"),
        "unknown": _("do not know"),
    }
    return listed([f"{words[grade]} {points[grade] or _('not counted')}" for grade in words if grade in points])


def _validity(rules: dict[str, Any]) -> list[str]:
    lines = []
    if rules["least_return"]:
        said = _("at least %(percent)s %% of those on the roll vote")
        lines.append(said % {"percent": rules["least_return"]})
    if rules["least_share"]:
        of_roll = rules["share_base"] == Award.ShareBase.ROLL
        said = (
            _("whoever takes a place has at least %(percent)s %% of all on the roll")
            if of_roll
            else _("whoever takes a place has at least %(percent)s %% of the valid ballots")
        )
        lines.append(said % {"percent": rules["least_share"]})
    return lines


def _components(rules: dict[str, Any]) -> list[Any]:
    return [
        _added(part)
        if part["kind"] == Component.Kind.ADJUSTMENT
        else format_html(_("{label}: {weight} %"), label=_label(part), weight=part["weight"])
        for part in rules["components"]
    ]


def _added(part: dict[str, Any]) -> Any:
    kind = figure_kinds().get(part["figure"])
    if kind is not None and kind.lower_is_better:
        return format_html(_("{label}: added to the sum; {figure} deducted"), label=_label(part), figure=kind.label)
    return format_html(_("{label}: added to the sum"), label=_label(part))


def _label(part: dict[str, Any]) -> Any:
    return zh(part["label"]) if part["label"] else Component.Kind(part["kind"]).label


def _decision(election: Election) -> list[str]:
    if not election.has_meeting:
        return []
    if not election.has_ballot and not election.has_assessment:
        return [_("a meeting decides")]
    if election.rules_now["order_decides"]:
        return [_("the computed order decides, and a meeting confirms it")]
    return [_("the computed order advises, and a meeting decides")]


def _ties(rules: dict[str, Any]) -> list[str]:
    key = rules["tie_figure"]
    kind = figure_kinds().get(key)
    said = _("first by: %(figure)s, fewer is better") if rules["tie_lower_is_better"] else _("first by: %(figure)s")
    lines = [said % {"figure": kind.label if kind else key}] if key else []
    return [*lines, str(Award.TieRule(rules["tie_rule"]).label)]


def _notice(rules: dict[str, Any]) -> str:
    days = rules["notice_workdays"]
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}
