"""Conditions that rest on honours: who was honoured lately sits out; a yearly award takes those honoured often."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.models import Award, Candidate, Election, Honour

from .conditions import Condition

Phase = Election.Phase
ENDED_EARLY = (Phase.CANCELLED, Phase.ANNULLED)
# The column of honours and candidates that names each kind of subject.
COLUMN = {Award.Subject.PERSON: "person", Award.Subject.WINDOW: "window", Award.Subject.TEAM: "team"}


def of_honours(election: Election) -> list[Condition]:
    """No-repeat and the pool, as far as the award sets them."""
    made = (_no_repeat, _pool)
    return [condition for make in made for condition in [make(election)] if condition is not None]


def column(election: Election) -> str:
    """ "person", "window" or "team": whom the round honours."""
    return COLUMN[Award.Subject(election.rules_now["subject"])]


def _no_repeat(election: Election) -> Condition | None:
    rounds = election.rules_now["no_repeat_rounds"]
    if not rounds:
        return None
    words = ngettext("not honoured in the last round", "not honoured in the last %(n)d rounds", rounds) % {
        "n": rounds
    }
    return Condition(words, lambda ids: _sitting_out(election, ids, rounds))


def _sitting_out(election: Election, ids: set[int], rounds: int) -> dict[int, str]:
    """Four queries. A round still undecided counts for whoever stands in it: both could not be had back later.

    Rounds are looked at on both sides, because an earlier period can be decided after a later one.
    """
    held = dict(
        Election.objects.filter(award=election.award_id)
        .exclude(pk=election.pk)
        .exclude(phase__in=ENDED_EARLY)
        .values_list("pk", "period_first")
    )
    honours = list(_honours(election).values_list(column(election), "period_first"))
    near = _near(election.period_first, {*held.values(), *(period for _pk, period in honours)}, rounds)
    last = _("Honoured in one of the last rounds of this award, and so sits this one out.")
    found = {pk: last for pk, period in honours if pk in ids and period in near}
    for pk, period in _standing(election, [pk for pk, period in held.items() if period in near]):
        reason = _("Stands in another round of this award that is not over yet, of the period from %(day)s.")
        if pk in ids:
            found.setdefault(pk, reason % {"day": period})
    return found


def _near(period: dt.date, periods: set[dt.date], rounds: int) -> set[dt.date]:
    """So many periods before and after one, of those for which there was a round."""
    before, after = sorted(p for p in periods if p < period), sorted(p for p in periods if p > period)
    return {*before[-rounds:], *after[:rounds], *(p for p in periods if p == period)}


def _honours(election: Election) -> Any:
    subject = {f"{column(election)}__isnull": False, "period_first__isnull": False}
    return Honour.objects.standing().filter(award=election.award_id, **subject).exclude(election=election.pk)


def _standing(election: Election, rounds: list[int]) -> list[tuple[int, dt.date]]:
    """Who may yet be honoured in these rounds: who is to be, where it is decided, else every candidate."""
    found = []
    rows = (
        Candidate.objects.filter(election__in=rounds, **{f"{column(election)}__isnull": False})
        .exclude(election__phase=Phase.PUBLISHED)
        .values_list(column(election), "key", "election__decision", "election__period_first")
    )
    for pk, key, decision, period in rows:
        if not decision or key in decision.get("winners", []):
            found.append((pk, period))
    return found


def _pool(election: Election) -> Condition | None:
    slug, wins = election.rules_now["pool_award"], election.rules_now["pool_wins"]
    if not slug:
        return None
    name = Award.objects.filter(slug=slug).values_list("name", flat=True).first() or slug
    said = {"n": wins, "award": name}
    words = ngettext(
        "%(n)d honour or more of “%(award)s” in the appraised period",
        "%(n)d honours or more of “%(award)s” in the appraised period",
        wins,
    )
    short = ngettext(
        "Fewer than %(n)d honour of “%(award)s” in the appraised period.",
        "Fewer than %(n)d honours of “%(award)s” in the appraised period.",
        wins,
    )

    def out(ids: set[int]) -> dict[int, str]:
        won = wins_in(election, slug)
        return {pk: short % said for pk in ids if won[pk] < wins}

    return Condition(words % said, out)


def wins_in(election: Election, slug: str) -> Counter[int]:
    """Standing honours of an award in the round's appraised period, by subject; one query."""
    honours = Honour.objects.standing().filter(
        award__slug=slug,
        period_first__gte=election.period_first,
        period_first__lte=election.period_last,
        **{f"{column(election)}__isnull": False},
    )
    return Counter(honours.values_list(column(election), flat=True))
