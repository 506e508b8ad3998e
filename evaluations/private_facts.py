"""Who may read why somebody was recommended or not admitted, what a seat of a panel gave, why points were added."""

from __future__ import annotations

import random
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q

from intranet.people.models import Leadership, Unit
from intranet.people.reach import HEADS_OF_UNITS

from .models import Nomination, Objection, PaperCount, RoundInput, Veto
from .querysets import OFFICERS, OVERSEERS

READ_WHAT_IS_SAID = (*OFFICERS, "auditor")


def readers_of_reason(nomination: Nomination) -> list[str]:
    """Usernames: who wrote it, whom it names, officers and overseers; everyone once it stands as a statement."""
    active = get_user_model().objects.filter(is_active=True)
    if nomination.state != Nomination.State.APPROVED:
        active = active.filter(_close_to(nomination))
    return list(active.values_list("username", flat=True).distinct())


def readers_of_review_reason(nomination: Nomination) -> list[str]:
    """Usernames: who recommended, whom it names, officers and overseers; never everyone."""
    active = get_user_model().objects.filter(_close_to(nomination), is_active=True)
    return list(active.values_list("username", flat=True).distinct())


def readers_of_veto(veto: Veto) -> list[str]:
    """Usernames: whom it names, officers and the auditor: evidence, appeal and the reason of the decision."""
    return _active(_named(veto.nomination) | Q(groups__role__key__in=READ_WHAT_IS_SAID))


def readers_of_objection(objection: Objection) -> list[str]:
    """Usernames: officers and the auditor; neither whom it is about nor anybody else."""
    return _active(Q(groups__role__key__in=READ_WHAT_IS_SAID))


def _active(who: Q) -> list[str]:
    active = get_user_model().objects.filter(who, is_active=True)
    return list(active.values_list("username", flat=True).distinct())


def readers_of_count(count: PaperCount) -> list[str]:
    """Usernames: the scrutineer who entered it, nobody else; a second count that saw the first would be none."""
    return [count.by.username]


def count_canary(rng: random.Random) -> tuple[str, dict[str, Any]]:
    """A count that holds one ballot with a choice nobody has."""
    text = f"canary{rng.getrandbits(64):016x}"
    return text, {"ballots": [[[text], 1]]}


def _close_to(nomination: Nomination) -> Q:
    return Q(pk=nomination.by_id) | _named(nomination) | Q(groups__role__key__in=OVERSEERS)


def _named(nomination: Nomination) -> Q:
    return Q(person=nomination.person_id) if nomination.person_id else Q(person__in=_heads_of(nomination))


def _heads_of(nomination: Nomination) -> list[int]:
    """The people who lead the window or team a recommendation names; for a section also who leads its unit."""
    led = Leadership.objects.on().filter(kind__in=HEADS_OF_UNITS)
    if nomination.window_id is not None:
        led = Leadership.objects.on().filter(kind=Leadership.Kind.WINDOW_HEAD, window=nomination.window_id)
    elif nomination.team is not None:
        units = [nomination.team_id]
        if nomination.team.kind not in (Unit.Kind.POSTING_DEPARTMENT, Unit.Kind.BANK_COUNTER):
            units.append(nomination.team.parent_id)
        led = led.filter(unit__in=units)
    else:
        return []
    return list(led.values_list("person", flat=True))


def readers_of_inputs(brought: RoundInput) -> list[str]:
    """Usernames: officers, who run the round. Whom a deduction is about reads its number, not its reason."""
    officers = get_user_model().objects.filter(groups__role__key__in=OFFICERS, is_active=True)
    return list(officers.values_list("username", flat=True).distinct())
