"""Who is asked to recommend, and where: nobody is invited to a page that has nothing for them to do."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from intranet.people.reach import teams_led_by, units_led_by, windows_led_by

from . import phases, steps
from .models import Award, Election, Nomination

Kind = Nomination.Kind


def quotas_of(elections: list[Election], user: Any) -> dict[int, list[dict[str, Any]]]:
    """By round, for every unit someone recommends for: {"unit", "left", "quota"}; at most four queries in all."""
    asking = [election for election in elections if election.rules_now["quota_per_unit"]]
    units = list(units_led_by(user)) if asking else []
    if not units:
        return {}
    used = (
        Nomination.objects.filter(election__in=asking, unit__in=units, kind=Kind.UNIT, state__in=steps.LIVE)
        .values("election", "unit")
        .annotate(number=Count("pk"))
        .values_list("election", "unit", "number")
    )
    taken = {(election, unit): number for election, unit, number in used.order_by("election", "unit")}
    return {
        election.pk: [
            {"unit": unit, "quota": quota, "left": max(0, quota - taken.get((election.pk, unit.pk), 0))}
            for unit in units
        ]
        for election in asking
        for quota in [election.rules_now["quota_per_unit"]]
    }


def invited(elections: list[Election], user: Any, *, for_units: bool = True) -> set[int]:
    """Rounds taking recommendations in which someone may recommend in at least one way.

    Where only units recommend, these are their chief representatives; a window or a team recommends
    itself by who leads it. Without ``for_units``: leave aside what someone does for a unit.
    """
    running = [election for election in elections if election.phase == phases.Phase.RECOMMENDATION]
    found = {election.pk for election in running if _open_to_all(election.rules_now)}
    others = [election for election in running if election.pk not in found]
    if not others:
        return found
    leads = _leads({election.rules_now["subject"] for election in others}, user)
    quotas = quotas_of(others, user) if for_units else {}
    return found | {
        election.pk
        for election in others
        if quotas.get(election.pk) or (leads[election.rules_now["subject"]] and election.rules_now["self_allowed"])
    }


def _leads(subjects: set[str], user: Any) -> dict[str, bool]:
    """By what rounds honour: whether someone leads such a window or team, and so recommends it themselves."""
    led = {Award.Subject.WINDOW: windows_led_by, Award.Subject.TEAM: teams_led_by}
    return {subject: subject in led and led[Award.Subject(subject)](user).exists() for subject in subjects}


def _open_to_all(rules: dict[str, Any]) -> bool:
    of_people = rules["subject"] == Award.Subject.PERSON
    return rules["colleague_allowed"] or (rules["self_allowed"] and of_people)
