"""Conditions that rest on the figures of the appraised period. What is not known keeps out: it is never zero.

The reasons name the number asked for, never the one reached: whoever recommends reads them too.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.models import Award, Election
from intranet.figures.exceptions import UnknownFigure
from intranet.figures.services.numbers import kind_of, numbers_about
from intranet.people.absences import absence_sources, working_days_away

from .conditions import Condition

MONTHLY_SCORE = "figures.monthly_score"


def of_figures(election: Election) -> list[Condition]:
    """The least monthly score, the least figure, the longest leave, as far as the award sets them."""
    made = (_score, _figure, _leave)
    return [condition for make in made for condition in [make(election)] if condition is not None]


def _score(election: Election) -> Condition | None:
    least = election.rules_now["least_score"]
    if not least:
        return None
    said = {"least": least}
    return Condition(
        _("mean monthly score of %(least)s or more") % said,
        lambda ids: _short_of(
            election,
            MONTHLY_SCORE,
            Decimal(least),
            ids,
            unknown=_("No monthly score is known for the appraised period. The inspection section can enter it."),
            short=_("The mean monthly score is below %(least)s.") % said,
        ),
    )


def _figure(election: Election) -> Condition | None:
    rules = election.rules_now
    key, least = rules["least_figure"], rules["least_figure_number"]
    if not key or not least:
        return None
    label, lower = _label(key)
    said = {"figure": label, "number": least}
    return Condition(
        (_("%(figure)s: at most %(number)s") if lower else _("%(figure)s: at least %(number)s")) % said,
        lambda ids: _short_of(
            election,
            key,
            Decimal(least),
            ids,
            unknown=_("“%(figure)s” is not known for the appraised period. Have it entered first.") % said,
            short=(_("“%(figure)s” is above %(number)s.") if lower else _("“%(figure)s” is below %(number)s."))
            % said,
        ),
    )


def _label(key: str) -> tuple[str, bool]:
    """Its shown name and whether less is better; the key itself where its plug-in is not in use."""
    try:
        kind = kind_of(key)
    except UnknownFigure:
        return key, False
    return str(kind.label), kind.lower_is_better


def _short_of(
    election: Election, key: str, least: Decimal, ids: set[int], *, unknown: str, short: str
) -> dict[int, str]:
    """Those whose figure is not known, or not good enough; everyone where the plug-in is not in use."""
    try:
        known = numbers_about(key, election.rules_now["subject"], ids, election.period_first, election.period_last)
        lower = kind_of(key).lower_is_better
    except UnknownFigure as error:
        return dict.fromkeys(ids, str(error))
    poor = {pk: short for pk, number in known.items() if (number > least if lower else number < least)}
    return dict.fromkeys(ids - known.keys(), unknown) | poor


def _leave(election: Election) -> Condition | None:
    longest = election.rules_now["longest_leave"]
    if longest is None or election.rules_now["subject"] != Award.Subject.PERSON:
        return None
    words = ngettext(
        "away for at most %(n)d working day of the appraised period",
        "away for at most %(n)d working days of the appraised period",
        longest,
    )

    def out(ids: set[int]) -> dict[int, str]:
        if not absence_sources():
            unknown = _("Nobody keeps absences on this site, so leave cannot be checked. Take it out of the award.")
            return dict.fromkeys(ids, unknown)
        away = working_days_away(ids, election.period_first, election.period_last)
        reason = ngettext(
            "Away for more than %(n)d working day of the appraised period.",
            "Away for more than %(n)d working days of the appraised period.",
            longest,
        )
        return {pk: reason % {"n": longest} for pk in ids if away.get(pk, 0) > longest}

    return Condition(words % {"n": longest}, out)
