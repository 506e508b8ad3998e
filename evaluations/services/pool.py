"""Candidates of a yearly award: nobody recommends, the honours of the appraised period do."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import ngettext

from evaluations.models import Award, Election, Nomination
from intranet import clock
from intranet.access import audit
from intranet.access.models import User

from .eligibility import reasons_out, subjects_of
from .honoured import column, wins_in
from .officers import answering_for


def nominate(election: Election, by: User | None) -> int:
    """Enter everyone qualified as an accepted recommendation; gives how many are new. The round's row is locked.

    Called at opening and again when recommendation closes, for honours published in between. Whoever was entered
    before is left alone, withdrawn or not. ``by`` None is the clock, in the name of who set the award up.
    """
    slug = election.rules_now["pool_award"]
    if not slug:
        return 0
    name, wins = column(election), wins_in(election, slug)
    known = set(election.nominations.filter(**{f"{name}__isnull": False}).values_list(name, flat=True))
    asked = set(wins) - known
    out = reasons_out(election, asked)
    subjects = list(subjects_of(election).filter(pk__in=asked - out.keys()).order_by("pk"))
    if not subjects:
        return 0
    award, acting = Award.objects.get(slug=slug), by or answering_for(election.award)
    made = [
        Nomination.objects.create(
            election=election,
            kind=Nomination.Kind.HONOURS,
            reason=_reason(award, wins[subject.pk]),
            by=acting,
            state=Nomination.State.ACCEPTED,
            created_at=clock.now(),
            **{name: subject},
        )
        for subject in subjects
    ]
    for nomination in made:
        audit.record("evaluations.recommend", nomination, by=by)
    return len(made)


def _reason(award: Award, wins: int) -> Any:
    """Kept in the hall's language, as everything that voters read."""
    with translation.override(settings.LANGUAGE_CODE):
        said = ngettext(
            "%(n)d honour of “%(award)s” in the appraised period",
            "%(n)d honours of “%(award)s” in the appraised period",
            wins,
        )
        return said % {"n": wins, "award": award.name}
