"""Which rounds a paper can be about: in which phases, and never one its maker stands in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from evaluations.models import Election
from evaluations.phases import Phase
from evaluations.services.officers import standing_in

OPENED = (
    Phase.RECOMMENDATION,
    Phase.REVIEW,
    Phase.VOTING,
    Phase.SEALED,
    Phase.ASSESSMENT,
    Phase.DECISION,
    Phase.PUBLIC_NOTICE,
    Phase.PUBLISHED,
)
# What calls for recommendations is there from the opening on, days before they are taken.
CALLED = (Phase.PREPARATION, *OPENED)
IS_OPENED = Q(opened_at__isnull=False)
REVIEWED = OPENED[1:]
# The list is decided, or lies before the meeting that decides it.
COUNTED = (Phase.SEALED, Phase.ASSESSMENT, Phase.DECISION, Phase.PUBLIC_NOTICE, Phase.PUBLISHED)
ON_NOTICE = (Phase.PUBLIC_NOTICE, Phase.PUBLISHED)


def rounds_in(*chosen: str, where: Q | None = None, open_to_candidates: bool = False) -> Callable[[Any], Any]:
    """``subjects`` for the rounds in these phases.

    What holds reasons, counts or scores is not for an officer who stands in the round; what everybody may read is
    (``open_to_candidates``).
    """

    def subjects(user: Any) -> Any:
        found = Election.objects.visible_to(user).filter(phase__in=chosen).select_related("award")
        if where is not None:
            found = found.filter(where)
        return found if open_to_candidates else found.exclude(pk__in=standing_in(user).values("election"))

    return subjects
