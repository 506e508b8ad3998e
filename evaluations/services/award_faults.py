"""What keeps the parts of an award from fitting together, each fault a sentence that says what to do, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from evaluations import vetoes
from evaluations.models import Award, Box, Component
from evaluations.models.awards import GRADE_POINTS
from intranet.access.roles import ROLES
from intranet.figures.registry import figure_kinds
from intranet.figures.services.numbers import answers_for, is_lower_better
from intranet.people.models import Person

Kind, Ballot = Component.Kind, Award.BallotKind
HUNDRED = Decimal(100)


class At(str):
    """A sentence about one field: of the award, or of the part of the score with this place in the list."""

    field: str
    part: int | None

    def __new__(cls, field: str, sentence: str, part: int | None = None) -> At:
        made = super().__new__(cls, sentence)
        made.field, made.part = field, part
        return made


def fault_of(award: Award, boxes: list[Box], components: list[Component]) -> str:
    """The first fault, or ""; an ``At`` where one field is wrong. Every single field has been checked before."""
    parts = (award, boxes, components)
    return next((said for check in CHECKS for said in [check(*parts)] if said), "")


def _recommending(award: Award, _boxes: list[Box], _components: list[Component]) -> str:
    anybody = award.quota_per_unit or award.self_allowed or award.colleague_allowed
    if award.pool_award_id is None:
        nobody = _("Nobody could be recommended. Allow units, oneself or colleagues to recommend.")
        return "" if anybody else At("quota_per_unit", nobody)
    if anybody:
        return _(
            "Candidates come from the honours of another award, so nobody recommends: "
            "set recommendations per unit to 0 and allow neither oneself nor colleagues."
        )
    assert award.pool_award is not None
    if award.pool_award_id == award.pk:
        return At("pool_award", _("An award cannot take its candidates from its own honours. Choose another award."))
    if award.pool_award.subject != award.subject:
        return At(
            "pool_award", _("Both awards must honour the same: people, windows or teams. Choose another award.")
        )
    return ""


def _conditions(award: Award, _boxes: list[Box], _components: list[Component]) -> str:
    if set(award.employment_kinds) - set(Person.Employment.values):
        return _("One of the employment kinds is not known. Choose from the list.")
    if bool(award.least_figure) != (award.least_figure_number is not None):
        missing = "least_figure_number" if award.least_figure else "least_figure"
        return At(
            missing,
            _("A figure that must be reached needs its number, and the number its figure. Give both or neither."),
        )
    if set(award.vetoes) - set(vetoes.KINDS):
        return _("One of the vetoes is not known. Choose from the list.")
    return ""


def _figures(award: Award, _boxes: list[Box], components: list[Component]) -> str:
    asked: list[tuple[str, str, int | None]] = [
        ("least_figure", award.least_figure, None),
        ("tie_figure", award.tie_figure, None),
        *(("figure", row.figure, number) for number, row in enumerate(components)),
    ]
    known = answers_for(award.subject)
    return next(
        (At(field, _not_kept(award, key), part) for field, key, part in asked if key and key not in known), ""
    )


def _not_kept(award: Award, key: str) -> str:
    """A figure that is kept, but of others; or one that no plug-in gives any more."""
    kind = figure_kinds().get(key)
    if kind is None:
        return _("The figure “%(key)s” is not known here for whom this award honours. Choose one of the list.") % {
            "key": key
        }
    return _("“%(figure)s” is not kept of whom this award honours: %(subject)s. Choose another figure.") % {
        "figure": kind.label,
        "subject": award.get_subject_display(),
    }


def _ballot(award: Award, boxes: list[Box], components: list[Component]) -> str:
    if award.ballot_kind == Ballot.NONE:
        return _without_ballot(award, boxes, components)
    if award.min_choices > award.max_choices:
        return At("min_choices", _("The fewest choices on a ballot cannot be more than the most. Lower one of them."))
    equal_list = award.list_kind == Award.ListKind.EQUAL and award.ballot_kind == Ballot.CHOOSE
    if equal_list and award.max_choices != award.places:
        unequal = _("With as many candidates as places, a ballot has as many choices as places. Make them equal.")
        return At("max_choices", unequal)
    if award.ballot_kind == Ballot.GRADE and not _are_grade_points(award.grade_points):
        return _("Give the grades points from 0 to 100; at least one grade needs points.")
    return ""


def _without_ballot(award: Award, boxes: list[Box], components: list[Component]) -> str:
    if boxes:
        return _("Without a ballot there are no ballot boxes. Remove them, or choose a ballot.")
    if award.paper_allowed or award.sealed_by_two or award.least_return is not None or award.least_share is not None:
        return _("Without a ballot nothing is handed out, sealed or returned. Clear these rules, or choose a ballot.")
    if not components and not award.meeting_decides:
        nothing = _(
            "Without a ballot something else must decide: let a meeting confirm the list, or set what counts instead."
        )
        return At("meeting_decides", nothing)
    return ""


def _are_grade_points(points: Any) -> bool:
    """{grade: "0" to "100", or "" for one that does not count}, for exactly the four grades."""
    if not isinstance(points, dict) or points.keys() != GRADE_POINTS.keys():
        return False
    try:
        numbers = [Decimal(text) for text in points.values() if text != ""]
    except (InvalidOperation, TypeError, ValueError):
        return False
    return bool(numbers) and all(number.is_finite() and 0 <= number <= HUNDRED for number in numbers)


def _boxes(award: Award, boxes: list[Box], _components: list[Component]) -> str:
    if not boxes:
        return ""
    if _doubled(box.key for box in boxes) or _doubled(box.electorate for box in boxes):
        return _("Two boxes are for the same voters. Keep one of them.")
    if any(box.electorate == Award.Electorate.EVERYONE for box in boxes[:-1]):
        return _("Whoever fits several boxes votes in the first, so the box for everyone must be the last.")
    if any(box.weight == 0 for box in boxes):
        return _("A box of weight 0 counts for nothing. Give it weight, or remove it.")
    return _sum_fault(_("ballot boxes"), sum((box.weight for box in boxes), Decimal(0)))


def _components(award: Award, _boxes: list[Box], components: list[Component]) -> str:
    if not components:
        return ""
    if _doubled(row.key for row in components):
        return _("Two parts of the score have the same short name. Change one of them.")
    ballots = [row for row in components if row.kind == Kind.BALLOTS]
    if len(ballots) > 1:
        return _("The ballots are one part of the score. Keep one of the lines.")
    if ballots and award.ballot_kind == Ballot.NONE:
        return _("This award has no ballot, so ballots cannot count. Remove that line, or choose a ballot.")
    if not ballots and award.ballot_kind != Ballot.NONE:
        return _("This award has a ballot, so the ballots need a line, if only with weight 0. Or choose no ballot.")
    weighed = [row for row in components if row.kind != Kind.ADJUSTMENT]
    if not weighed:
        return _("Bonuses and deductions are added to something. Add a part with weight.")
    alone = next((said for number, row in enumerate(components) for said in [_component(row, number)] if said), "")
    return alone or _sum_fault(_("parts of the score"), sum((row.weight for row in weighed), Decimal(0)))


def _component(row: Component, number: int) -> str:
    said = {"label": row.label}
    if row.kind == Kind.ADJUSTMENT and row.weight:
        return At("weight", _("“%(label)s” is added to the sum and has no weight. Set it to 0.") % said, number)
    if row.kind == Kind.FIGURE and not row.figure:
        return At("figure", _("Say which figure “%(label)s” is.") % said, number)
    if row.kind == Kind.FIGURE and is_lower_better(row.figure) and not row.lower_is_better:
        return At(
            "lower_is_better",
            _("Of the figure in “%(label)s” less is better. Tick “less is better”.") % said,
            number,
        )
    if row.kind == Kind.ADJUSTMENT and row.lower_is_better and not is_lower_better(row.figure):
        return At(
            "lower_is_better",
            _("What “%(label)s” adds is added as it is, so less cannot be better. Untick “less is better”.") % said,
            number,
        )
    if row.kind == Kind.PANEL and not row.panel_roles:
        return At("panel_roles", _("Say who scores in “%(label)s”.") % said, number)
    if set(row.panel_roles) - set(ROLES):
        return At(
            "panel_roles", _("Who scores in “%(label)s” is not known here. Choose from the list.") % said, number
        )
    if any(most is not None and most < 0 for most in (row.most_bonus, row.most_deduction)):
        return _("The most points added or deducted in “%(label)s” cannot be below 0.") % said
    return ""


def _decision(award: Award, _boxes: list[Box], _components: list[Component]) -> str:
    if award.order_decides or award.meeting_decides:
        return ""
    return At(
        "meeting_decides",
        _("If the computed order only advises, a meeting must decide. Tick that a meeting confirms the list."),
    )


def _opening(award: Award, _boxes: list[Box], _components: list[Component]) -> str:
    if award.open_workday == 0:
        return At(
            "open_workday",
            _("The working day of opening counts from 1 after the period, or back from -1. It cannot be 0."),
        )
    if award.opens_by_itself and award.period == Award.Period.ONCE:
        return At("opens_by_itself", _("An award given once has no next period. Plan its round by hand."))
    return ""


def _doubled(values: Iterable[str]) -> bool:
    seen = list(values)
    return len(seen) != len(set(seen))


def _sum_fault(what: str, total: Decimal) -> str:
    if total == HUNDRED:
        return ""
    return _("The weights of the %(what)s add up to %(total)s, not to 100. Change one of them.") % {
        "what": what,
        "total": f"{total.normalize():f}",
    }


CHECKS: tuple[Callable[[Award, list[Box], list[Component]], str], ...] = (
    _recommending,
    _conditions,
    _figures,
    _ballot,
    _boxes,
    _components,
    _decision,
    _opening,
)
