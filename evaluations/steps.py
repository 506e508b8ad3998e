"""What comes next in a round: for the person who looks, and for the officer who runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intranet import clock
from intranet.ui.templatetags.ui import gap, hall_date, hall_datetime

from .models import Election, Mark, Nomination, Objection, PanelSeat, RollEntry
from .services.decision import needs_lot

Phase = Election.Phase
State = Nomination.State
LIVE = (State.PROPOSED, State.ACCEPTED, State.APPROVED)


@dataclass(frozen=True)
class Step:
    """One thing to do. ``url`` is where its button leads; ``post`` says that pressing it acts at once.

    ``due`` tells what the round waits for; ``blocked`` why the button cannot be pressed yet, in a sentence.
    ``waits_for_me`` where the round asks something of whoever looks, and does not only offer something to read.
    """

    label: str = ""
    url: str = ""
    post: bool = False
    due: str = ""
    blocked: str = ""
    waits_for_me: bool = False

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
        return Step(_("Recommend"), reverse("evaluations:recommend", kwargs=here), waits_for_me=True)
    if election.phase == Phase.VOTING and on_roll:
        if voted:
            return Step(_("Voted: show my receipt"), reverse("evaluations:receipt", kwargs=here))
        return Step(_("Vote now"), reverse("evaluations:vote", kwargs=here), waits_for_me=True)
    if election.phase in (Phase.PUBLIC_NOTICE, Phase.PUBLISHED) and election.notice_first:
        return Step(_("Read the notice"), reverse("evaluations:notice", kwargs=here))
    return None


def with_counts(elections: Any) -> Any:
    """Rounds with ``reviews`` (recommendations to review), ``unanswered``, ``standing`` (candidates), ``has_panel``,
    ``still_scoring`` (seats whose scores are not handed in), ``objected`` and ``refuted`` (an objection is open, or
    founded).
    """
    objections = Objection.objects.filter(election=OuterRef("pk"))
    seats = PanelSeat.objects.filter(election=OuterRef("pk"))
    open_seats = seats.filter(handed_in_at=None).order_by().values("election").annotate(number=Count("pk"))
    return elections.select_related("award").annotate(
        reviews=Count("nominations", filter=Q(nominations__state=State.ACCEPTED), distinct=True),
        unanswered=Count("nominations", filter=Q(nominations__state=State.PROPOSED), distinct=True),
        standing=Count("candidates", distinct=True),
        has_panel=Exists(seats),
        still_scoring=Coalesce(Subquery(open_seats.values("number")), 0),
        objected=Exists(objections.filter(outcome=Objection.Outcome.OPEN)),
        refuted=Exists(objections.filter(outcome=Objection.Outcome.FOUNDED)),
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
    if election.reviewed_at is None and election.voting_closes and clock.now() >= election.voting_closes:
        # Why stands in ``blocked_reason``.
        return Step(_("Cancel this round"), _url(election, "call_off"))
    if election.reviews:
        label = ngettext("Review %(count)s recommendation", "Review %(count)s recommendations", election.reviews) % {
            "count": election.reviews
        }
        return Step(label, _url(election, "review"), due=_review_due(election))
    if election.reviewed_at:
        return Step(due=_("Voting begins by itself %(day)s.") % {"day": hall_datetime(election.voting_opens)})
    return Step(
        _("Finish the review"),
        _url(election, "finish_review"),
        post=True,
        due=_after_review(election),
        blocked=_too_few(election),
    )


def _review_due(election: Any) -> str:
    if election.voting_opens is None:
        return _("The assessment begins as soon as the review is finished.")
    return _("Voting begins %(day)s; the review must be finished before.") % {
        "day": hall_datetime(election.voting_opens)
    }


def _after_review(election: Any) -> str:
    if election.voting_opens is None:
        return _("The assessment begins as soon as the review is finished.")
    return _("Voting begins %(day)s once the review is finished.") % {"day": hall_datetime(election.voting_opens)}


def _too_few(election: Any) -> str:
    """Why the list cannot stand yet: a ballot of choices needs as many candidates as choices; any round needs one."""
    if not election.has_ballot:
        return "" if election.standing else _("A round needs candidates. Admit some, or cancel.")
    fewest = max(1, election.rules_now["min_choices"])
    missing = _("A ballot needs at least %(fewest)s candidates, and there are %(count)s. Admit more, or cancel.")
    return missing % {"fewest": fewest, "count": election.standing} if election.standing < fewest else ""


def _voting(election: Any) -> Step:
    return Step(
        due=_("Voting closes by itself %(day)s. The ballots are sealed then.")
        % {"day": hall_datetime(election.voting_closes)},
    )


def needs_tie_settled(election: Election) -> bool:
    """Whether equal counts leave places open that somebody must decide."""
    return bool(election.result.get("tied")) and not election.decision


def _counted(election: Any) -> Step:
    """The boxes are open: what failed, or is tied, is decided first; then the notice."""
    if election.result.get("faults") and not election.validity_decision:
        return Step(_("Decide about the failed rule"), _url(election, "accept_validity"), due=failed_rule(election))
    if needs_lot(election):
        return _to_draw(election)
    if needs_tie_settled(election):
        return Step(
            _("Settle the tie"),
            _url(election, "settle_tie"),
            due=_("Equal counts leave places open. Decide them as the award's rules say, with the reason."),
        )
    if not election.decision.get("winners"):
        nobody = _("Nobody received a vote.") if election.has_ballot else _("Nobody takes a place.")
        return Step(_("Annul this round"), _url(election, "call_off"), due=nobody)
    return _to_notice(election)


def failed_rule(election: Any) -> str:
    """Which rule of validity failed, with the numbers."""
    result = election.result
    if "no_ballots" in result["faults"]:
        return _("Not one valid ballot was cast.")
    if "least_return" in result["faults"]:
        said = _("%(ballots)d of %(roll)d ballots came back; the rules ask for at least %(least)s %%.")
        return said % {**result, "least": election.rules_now["least_return"]}
    return _("More ballots came back than were handed out.")


def _to_draw(election: Any) -> Step:
    due = _("First two scrutineers confirm on their pages that they are there.")
    return Step(_("Draw the lot"), _url(election, "settle_tie"), due=due)


def _assessing(election: Any) -> Step:
    """Scores are entered until they are due, or the panels have handed in; then the inputs can be frozen."""
    if election.inputs_frozen_at:
        return _counted(election)
    frozen = _("Frozen inputs cannot be changed.")
    if election.scores_due is None:
        return Step(_("Freeze the inputs"), _url(election, "assessment"), due=frozen)
    all_in = election.has_panel and not election.still_scoring
    label = _("Freeze the inputs") if all_in or clock.now() >= election.scores_due else _("Enter scores")
    due = _("Scores are due %(day)s.") % {"day": hall_datetime(election.scores_due)}
    said = [due, *_of_the_panels(election), frozen]
    return Step(label, _url(election, "assessment"), due=gap().join(said))


def _of_the_panels(election: Any) -> list[str]:
    if not election.has_panel:
        return []
    if not election.still_scoring:
        return [_("All panel members have handed in.")]
    waits = ngettext(
        "%(count)s seat has not handed in yet.", "%(count)s seats have not handed in yet.", election.still_scoring
    )
    return [waits % {"count": election.still_scoring}]


def _deciding(election: Any) -> Step:
    if election.decision.get("kind") == "meeting":
        return _to_notice(election)
    if (election.result.get("faults") and not election.validity_decision) or needs_lot(election):
        return _counted(election)
    due = (
        _("The meeting settles the tie and records the list, with the minutes.")
        if needs_tie_settled(election)
        else _("The meeting records the list, with the minutes.")
    )
    return Step(_("Record the meeting"), _url(election, "meeting"), due=due)


def _to_notice(election: Any) -> Step:
    return Step(
        _("Start the public notice"),
        _url(election, "start_notice"),
        post=True,
        due=ngettext(
            "The notice runs for %(count)s working day.",
            "The notice runs for %(count)s working days.",
            election.rules_now["notice_workdays"],
        )
        % {"count": election.rules_now["notice_workdays"]},
    )


def _on_notice(election: Any) -> Step:
    # Why stands in ``blocked_reason``.
    if election.refuted:
        return Step(_("Annul this round"), _url(election, "call_off"))
    if election.objected:
        return Step(_("Settle the objection"), _url(election, "objections"))
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
    Phase.SEALED: _counted,
    Phase.ASSESSMENT: _assessing,
    Phase.DECISION: _deciding,
    Phase.PUBLIC_NOTICE: _on_notice,
}
