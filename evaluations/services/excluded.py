"""Who stands and can take no place: candidates with a veto in force."""

from __future__ import annotations

from evaluations.models import Candidate, Election, Veto


def excluded_keys(election: Election) -> set[str]:
    """Keys of candidates who stay on the ballot but cannot take a place, because a veto is in force."""
    against = Veto.objects.in_force().filter(nomination__election=election).values("nomination")
    return set(Candidate.objects.filter(election=election, nomination__in=against).values_list("key", flat=True))


def unheard(election: Election) -> int:
    """How many appeals wait for an answer."""
    return Veto.objects.filter(nomination__election=election, state=Veto.State.APPEALED).count()
