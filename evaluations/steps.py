"""What comes next in a round: for the person who looks, and for the officer who runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intranet.ui.templatetags.ui import hall_date, hall_datetime

from .models import Election, Mark, Nomination, RollEntry

Phase = Election.Phase
State = Nomination.State
LIVE = (State.PROPOSED, State.ACCEPTED, State.APPROVED)


@dataclass(frozen=True)
class Step:
    """One thing to do. ``url`` is where its button leads; ``post`` says that pressing it acts at once.

    ``due`` tells what the round waits for; ``blocked`` why the button cannot be pressed yet, in a sentence.
    """

    label: str = ""
    url: str = ""
    post: bool = False
    due: str = ""
    blocked: str = ""

    @property
    def waits_for_officer(self) -> bool:
        return bool(self.label)


def rolls_of(user: Any, elections: list[Election]) -> dict[int, bool]:
    """Rounds in which someone is on the roll, with whether they have voted: two queries for any number."""
    entries = dict(
        RollEntry.objects.filter(election__in=elections, person__user=user).values_list("election_id", "pk")
    )
    marked = (
        set(Mark.objects.filter(entry__in=entries.values()).values_list("entry_id", flat=True)) if entries else ()
    )
    return {election: entry in marked for election, entry in entries.items()}


def own_step(election: Election, on_roll: bool, voted: bool, invited: bool) -> Step | None:
    """The one thing the person who looks can do now, or nothing."""
    here = {"slug": election.slug}
    if election.phase == Phase.RECOMMENDATION and invited:
        return Step(_("Recommend"), reverse("evaluations:recommend", kwargs=here))
    if election.phase == Phase.VOTING and on_roll:
        if voted:
            return Step(_("Voted: show my receipt"), reverse("evaluations:receipt", kwargs=here))
        return Step(_("Vote now"), reverse("evaluations:vote", kwargs=here))
    if election.phase in (Phase.PUBLIC_NOTICE, Phase.PUBLISHED) and election.notice_first:
        return Step(_("Read the notice"), reverse("evaluations:notice", kwargs=here))
    return None


def with_counts(elections: Any) -> Any:
    """Rounds with ``reviews`` (recommendations to review), ``unanswered`` and ``standing`` (candidates)."""
    return elections.select_related("award").annotate(
        reviews=Count("nominations", filter=Q(nominations__state=State.ACCEPTED), distinct=True),
        unanswered=Count("nominations", filter=Q(nominations__state=State.PROPOSED), distinct=True),
        standing=Count("candidates", distinct=True),
    )


def office_step(election: Any) -> Step:
    """The officer's next step in a round of ``with_counts``."""
    return STEPS.get(election.phase, _nothing_left)(election)


def _url(election: Election, name: str) -> str:
    return reverse(f"evaluations:{name}", kwargs={"slug": election.slug})


def _to_open(election: Any) -> Step:
    if election.opened_at:
        return Step(
            due=_("Recommendation begins by itself %(day)s.") % {"day": hall_datetime(election.recommendation_opens)}
        )
    return Step(
        _("Open the round"),
        _url(election, "open"),
        post=True,
        due=_("Opening freezes the rules and the roll. Recommendation begins %(day)s.")
        % {"day": hall_datetime(election.recommendation_opens)},
    )


def _recommending(election: Any) -> Step:
    return Step(
        due=_("Recommendation closes by itself %(day)s. The review follows.")
        % {"day": hall_datetime(election.recommendation_closes)},
    )


def _to_review(election: Any) -> Step:
    if election.reviews:
        label = ngettext("Review %(count)s recommendation", "Review %(count)s recommendations", election.reviews) % {
            "count": election.reviews
        }
        due = _("Voting begins %(day)s; the review must be finished before.") % {
            "day": hall_datetime(election.voting_opens)
        }
        return Step(label, _url(election, "review"), due=due)
    if election.reviewed_at:
        return Step(due=_("Voting begins by itself %(day)s.") % {"day": hall_datetime(election.voting_opens)})
    fewest = max(1, election.rules_now["min_choices"])
    missing = _("A ballot needs at least %(fewest)s candidates, and there are %(count)s. Admit more, or cancel.") % {
        "fewest": fewest,
        "count": election.standing,
    }
    return Step(
        _("Finish the review"),
        _url(election, "finish_review"),
        post=True,
        due=_("Voting begins %(day)s once the review is finished.") % {"day": hall_datetime(election.voting_opens)},
        blocked=missing if election.standing < fewest else "",
    )


def _voting(election: Any) -> Step:
    return Step(
        due=_("Voting closes by itself %(day)s. The ballots are sealed then.")
        % {"day": hall_datetime(election.voting_closes)},
    )


def needs_tie_settled(election: Election) -> bool:
    """Whether equal counts leave places open that somebody must decide."""
    return bool(election.result.get("tied")) and not election.decision


def _sealed(election: Any) -> Step:
    if needs_tie_settled(election):
        return Step(
            _("Settle the tie"),
            _url(election, "settle_tie"),
            due=_("Equal counts leave places open. Decide them as the award's rules say, with the reason."),
        )
    if not election.decision.get("winners"):
        return Step(_("Annul this round"), _url(election, "call_off"), due=_("Nobody received a vote."))
    return Step(
        _("Start the public notice"),
        _url(election, "start_notice"),
        post=True,
        due=_("The notice runs for %(count)s working days.") % {"count": election.rules_now["notice_workdays"]},
    )


def _on_notice(election: Any) -> Step:
    return Step(
        due=_("The notice runs until the end of %(day)s; then the round is published by itself.")
        % {"day": hall_date(election.notice_last)},
    )


def _nothing_left(election: Any) -> Step:
    return Step(due=_("Nothing is left to do in this round."))


STEPS = {
    Phase.PREPARATION: _to_open,
    Phase.RECOMMENDATION: _recommending,
    Phase.REVIEW: _to_review,
    Phase.VOTING: _voting,
    Phase.SEALED: _sealed,
    Phase.PUBLIC_NOTICE: _on_notice,
}
