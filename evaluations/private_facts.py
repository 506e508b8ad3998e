"""Who may read why somebody was recommended, and why somebody was not admitted."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db.models import Q

from .models import Nomination
from .querysets import OVERSEERS


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


def _close_to(nomination: Nomination) -> Q:
    named = Q(person=nomination.person_id) if nomination.person_id else Q(person__in=_heads_of(nomination))
    return Q(pk=nomination.by_id) | named | Q(groups__role__key__in=OVERSEERS)


def _heads_of(nomination: Nomination) -> list[int]:
    """The people who lead the window a recommendation names."""
    leaderships = nomination.window.leaderships if nomination.window else None
    return list(leaderships.on().values_list("person", flat=True)) if leaderships is not None else []
