"""Cards on my desk, the honours on a person's page, and who sees which place in the menu."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from intranet import clock
from intranet.people.models import Posting

from . import invitations, phases, scrutineers, steps
from .models import Election, Honour, Mark, Nomination, PanelSeat, RollEntry
from .querysets import OFFICERS
from .services import panels
from .services.officers import run_by

SHOWN = 5
WATCHERS = ("scrutineer", "auditor")
WATCHED = (
    phases.Phase.VOTING,
    phases.Phase.SEALED,
    phases.Phase.ASSESSMENT,
    phases.Phase.DECISION,
    phases.Phase.PUBLIC_NOTICE,
)


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
        .select_related("by", "unit", "election__award")
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
    running = Election.objects.filter(phase__in=[phases.Phase.PREPARATION, *phases.RUNNING])
    under_way = steps.with_counts(run_by(request.user, running))
    rows = [
        (election, steps.office_step(election))
        for election in under_way.order_by(Coalesce("voting_closes", "scores_due", "recommendation_closes"))
    ]
    waiting = [row for row in rows if row[1].waits_for_officer]
    return {"rows": waiting[:SHOWN]} if waiting else None


def scrutiny_card(request: HttpRequest) -> dict[str, Any] | None:
    """Rounds from the vote to the public notice, for scrutineers and auditors, those that wait for a scrutineer
    first: at most two queries.
    """
    if not is_watcher(request.user):
        return None
    watched = Election.objects.filter(phase__in=WATCHED).select_related("award")
    # Not by the end of voting: rounds without a ballot have none, and databases put those first or last.
    rounds = list(scrutineers.with_duties(watched, request.user).order_by("recommendation_closes", "pk"))
    asked = [one for one in rounds if scrutineers.waits_for(one)] if request.user.has_role("scrutineer") else []
    shown = sorted(rounds, key=lambda one: one not in asked)[: max(SHOWN, len(asked))]
    return {"rounds": [(one, one in asked) for one in shown], "waiting": bool(asked)} if shown else None


def panel_card(request: HttpRequest) -> dict[str, Any] | None:
    """Rounds in which this person's scores are not handed in yet: one query."""
    waiting = PanelSeat.objects.waiting().filter(
        user=request.user,
        election__reviewed_at__isnull=False,
        election__inputs_frozen_at__isnull=True,
        election__phase__in=panels.OPEN_PHASES,
    )
    rounds = Election.objects.filter(pk__in=waiting.values("election")).select_related("award")
    return _shown(list(rounds.order_by("scores_due", "pk")[:SHOWN]))


def winners_card(request: HttpRequest) -> dict[str, Any] | None:
    """Whom the latest commendation honours: two queries. Honours from before the site have no round."""
    latest = Honour.objects.standing().order_by("-published_on", F("election").desc(nulls_last=True), "pk").first()
    if latest is None:
        return None
    same: dict[str, Any] = {"election": latest.election_id}
    if latest.election_id is None:
        same = {name: getattr(latest, name) for name in ("award_name", "period_label", "published_on")}
        same["election__isnull"] = True
    return {"honours": list(Honour.objects.standing().filter(**same))}


def honours_of(request: HttpRequest, person: Any) -> dict[str, Any] | None:
    """Someone's standing honours for their page, with the certificate for who may take it."""
    honours = list(Honour.objects.standing().filter(person=person))
    mine = person.user_id == request.user.pk or is_officer(request.user)
    return {"honours": honours, "certificates": mine} if honours else None


def honours_of_window(request: HttpRequest, window: Any) -> dict[str, Any] | None:
    """A window's past: its own standing honours, and those of who sits there now, as two queries."""
    honours = list(Honour.objects.standing().filter(window=window))
    seated = Posting.objects.on().filter(window=window).values("person")
    people = list(Honour.objects.standing().filter(person__in=seated))
    return {"honours": honours, "people": people} if honours or people else None
