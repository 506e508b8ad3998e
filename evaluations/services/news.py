"""Drafts for the news after a commendation (系列报道): winners with their own words. An editor publishes them."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.exceptions import RoundError
from evaluations.models import Candidate, Election
from intranet.access import audit
from intranet.access.models import User
from intranet.pages import services as pages
from intranet.pages.models import NewsPage

from .officers import require_officer

Phase = Election.Phase


@transaction.atomic
def draft(*, election: Election, by: User, series: bool = False) -> list[NewsPage]:
    """Unpublished pages under the news: one with all winners, or with ``series`` one for each; gives those made.

    Raises RoundError before publication, for who is no officer, and when the drafts are there already.
    """
    current = Election.objects.locked(election.pk)
    require_officer(by)
    if current.phase != Phase.PUBLISHED:
        raise RoundError(_("News can be drafted when the round is commended."))
    winners = current.winners()
    drafts = _series(current, winners) if series else [_together(current, winners)]
    made = [pages.draft_news(**given, by=by) for given in drafts]
    fresh = [page for page in made if page is not None]
    if not fresh:
        raise RoundError(_("These drafts are under the news already. A site editor finds them there."))
    audit.record("evaluations.draft_news", current, by=by, data={"pages": len(fresh)})
    return fresh


def _called(election: Election) -> str:
    return f"{election.period_label}“{election.rules_now['name']}”"


def _together(election: Election, winners: list[Candidate]) -> dict[str, str]:
    named = "、".join(winner.name for winner in winners)
    told = "\n\n".join(_told(winner) for winner in winners)
    return {
        "key": f"{election.slug}-winners",
        "title": f"{_called(election)}风采",
        "summary": f"{_called(election)}评选揭晓，受到通报表扬的是{named}。"[:200],
        "text": f"{_called(election)}评选结果已经公示并通报，受到表扬的是{named}。\n\n{told}",
    }


def _series(election: Election, winners: list[Candidate]) -> list[dict[str, str]]:
    return [
        {
            "key": f"{election.slug}-{winner.key}",
            "title": f"{_called(election)}系列报道：{winner.name}",
            "summary": f"{winner.name}获{_called(election)}称号。"[:200],
            "text": _told(winner),
        }
        for winner in winners
    ]


def _told(winner: Candidate) -> str:
    """Name, unit, and what was said of them as a candidate."""
    place = f"（{winner.unit_name}）" if winner.unit_name else ""
    return "\n\n".join(filter(None, (f"{winner.name}{place}", winner.statement.strip())))
