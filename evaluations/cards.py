"""Cards on my desk, the honours on a person's page, and who sees which place in the menu."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from intranet import clock

from . import invitations, phases, steps
from .models import Election, Honour, Mark, Nomination, RollEntry
from .querysets import OFFICERS

SHOWN = 5
WATCHERS = ("scrutineer", "auditor")


def is_officer(user: Any) -> bool:
    return user.has_role(*OFFICERS)


def is_watcher(user: Any) -> bool:
    return user.has_role(*WATCHERS)


def vote_card(request: HttpRequest) -> dict[str, Any] | None:
    """Rounds in which this person may vote now and has not yet: one query."""
    unmarked = RollEntry.objects.filter(election=OuterRef("pk"), person__user=request.user).filter(
        ~Exists(Mark.objects.filter(entry=OuterRef("pk")))
    )
    waiting = Election.objects.open_at(clock.now()).filter(Exists(unmarked)).select_related("award")
    rounds = list(waiting.order_by("voting_closes")[:SHOWN])
    return {"rounds": rounds} if rounds else None


def named_card(request: HttpRequest) -> dict[str, Any] | None:
    """Recommendations by colleagues that wait for this person's answer: two queries."""
    waiting = (
        Nomination.objects.naming(request.user)
        .filter(
            state=Nomination.State.PROPOSED,
            election__phase__in=[phases.Phase.RECOMMENDATION, phases.Phase.REVIEW],
            election__reviewed_at__isnull=True,
        )
        .select_related("by", "election__award")
    )
    nominations = list(waiting[:SHOWN])
    return {"nominations": nominations} if nominations else None


def recommend_card(request: HttpRequest) -> dict[str, Any] | None:
    """Rounds in which this person may recommend for themselves; for a unit: the card below. At most three queries."""
    open_now = Election.objects.filter(phase=phases.Phase.RECOMMENDATION, recommendation_closes__gt=clock.now())
    rounds = list(open_now.select_related("award").order_by("recommendation_closes"))
    asked = invitations.invited(rounds, request.user, for_units=False)
    return _shown([election for election in rounds if election.pk in asked])


def quota_card(request: HttpRequest) -> dict[str, Any] | None:
    """Rounds in which a unit this person speaks for has not named all it may: at most five queries."""
    open_now = Election.objects.filter(phase=phases.Phase.RECOMMENDATION, recommendation_closes__gt=clock.now())
    rounds = list(open_now.select_related("award").order_by("recommendation_closes"))
    quotas = invitations.quotas_of(rounds, request.user)
    return _shown([election for election in rounds if any(row["left"] for row in quotas.get(election.pk, []))])


def _shown(rounds: list[Election]) -> dict[str, Any] | None:
    return {"rounds": rounds[:SHOWN]} if rounds else None


def office_card(request: HttpRequest) -> dict[str, Any] | None:
    """Rounds that need an officer: one query."""
    if not is_officer(request.user):
        return None
    under_way = steps.with_counts(Election.objects.filter(phase__in=[phases.Phase.PREPARATION, *phases.RUNNING]))
    rows = [(election, steps.office_step(election)) for election in under_way.order_by("voting_closes")]
    waiting = [row for row in rows if row[1].waits_for_officer]
    return {"rows": waiting[:SHOWN]} if waiting else None


def scrutiny_card(request: HttpRequest) -> dict[str, Any] | None:
    """Rounds being voted on, sealed or on public notice, for scrutineers and auditors: one query."""
    if not is_watcher(request.user):
        return None
    watched = Election.objects.filter(
        phase__in=[phases.Phase.VOTING, phases.Phase.SEALED, phases.Phase.PUBLIC_NOTICE]
    ).select_related("award")
    rounds = list(watched.order_by("voting_closes")[:SHOWN])
    return {"rounds": rounds} if rounds else None


def winners_card(request: HttpRequest) -> dict[str, Any] | None:
    """Whom the latest published round honours: two queries."""
    latest = Honour.objects.standing().order_by("-published_on", "-election_id").first()
    if latest is None:
        return None
    return {"honours": list(Honour.objects.standing().filter(election=latest.election_id))}


def honours_of(request: HttpRequest, person: Any) -> dict[str, Any] | None:
    """Someone's standing honours, for their page."""
    honours = list(Honour.objects.standing().filter(person=person))
    return {"honours": honours} if honours else None
