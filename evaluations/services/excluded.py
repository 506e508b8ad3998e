"""Who stands and can take no place: candidates with a veto in force."""

from __future__ import annotations

from django.utils.translation import gettext as _

from evaluations.models import Candidate, Election, Veto

from . import incidents


def excluded_keys(election: Election) -> set[str]:
    """Keys of candidates who stay on the ballot but cannot take a place, because a veto is in force."""
    against = Veto.objects.in_force().filter(nomination__election=election).values("nomination")
    return set(Candidate.objects.filter(election=election, nomination__in=against).values_list("key", flat=True))


def shaken(election: Election) -> list[str]:
    """A sentence for each veto in force whose incident no longer stands in the register, or is under appeal there: a
    veto rests on verified facts. Two queries, one where no veto rests on an incident.
    """
    standing = election.nominations.standing()
    resting = Veto.objects.in_force().filter(nomination__in=standing, incident__isnull=False)
    rows = list(resting.select_related("nomination__person", "nomination__window", "nomination__team"))
    found = incidents.upheld([row.incident for row in rows if row.incident]) if rows else {}
    return [_shaken(row, found.get(row.incident or 0)) for row in rows if not found.get(row.incident or 0)]


def _shaken(veto: Veto, under_appeal: bool | None) -> str:
    said = {"who": veto.nomination.subject, "number": veto.incident}
    if under_appeal is None:
        return (
            _(
                "The veto against %(who)s rests on incident no. %(number)d, which is no longer verified. "
                "Lift it on the page of recommendations."
            )
            % said
        )
    return (
        _(
            "The veto against %(who)s rests on incident no. %(number)d, which is under appeal. "
            "Wait for the answer, or lift the veto on the page of recommendations."
        )
        % said
    )


def unheard(election: Election) -> int:
    """How many appeals wait for an answer."""
    return Veto.objects.filter(nomination__election=election, state=Veto.State.APPEALED).count()
