"""Which rounds a paper can be about: in which phases, and never one its maker stands in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q

from evaluations.disclosure import CHECKERS, with_few
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


# Where ballots alone count, totals are numbers of votes; the first rounds had nothing else.
ONLY_BALLOTS = Q(rules__components__isnull=True) | Q(
    rules__components__0__kind="ballots", rules__components__1__isnull=True
)


def rounds_in(
    *chosen: str, where: Q | None = None, open_to_candidates: bool = False, votes: Q | None = None
) -> Callable[[Any], Any]:
    """``subjects`` for the rounds in these phases.

    What holds reasons, counts or scores is not for an officer who stands in the round; what everybody may read is
    (``open_to_candidates``). In rounds that fulfil ``votes`` the paper holds numbers of votes: where a box has few,
    it is for those who check, and so is a filed one that one of them made.
    """

    def subjects(user: Any) -> Any:
        found = Election.objects.visible_to(user).filter(phase__in=chosen).select_related("award")
        if where is not None:
            found = found.filter(where)
        if votes is not None and not user.has_role(*CHECKERS):
            found = found.exclude(votes & Q(with_few()))
        return found if open_to_candidates else found.exclude(pk__in=standing_in(user).values("election"))

    return subjects
