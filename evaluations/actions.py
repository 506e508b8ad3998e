"""What the audit log calls the acts of this app; ``wagtail_hooks`` registers them. There is none for voting."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: tuple[tuple[str, Any, Any], ...] = (
    ("evaluations.set_up", _("Set up an award"), _("Award set up")),
    ("evaluations.change", _("Change an award"), _("Award changed")),
    ("evaluations.plan", _("Plan a round"), _("Round planned")),
    ("evaluations.change_dates", _("Change dates"), _("Dates of the round changed")),
    ("evaluations.open", _("Open a round"), _("Round opened")),
    ("evaluations.finish_review", _("Finish the review"), _("Review finished")),
    ("evaluations.cancel", _("Cancel a round"), _("Round cancelled")),
    ("evaluations.annul", _("Annul a round"), _("Round annulled")),
    ("evaluations.recommend", _("Recommend"), _("Recommendation made")),
    ("evaluations.accept", _("Accept a recommendation"), _("Recommendation accepted")),
    ("evaluations.decline", _("Decline a recommendation"), _("Recommendation declined")),
    ("evaluations.withdraw", _("Withdraw a recommendation"), _("Recommendation withdrawn")),
    ("evaluations.approve", _("Admit a candidate"), _("Candidate admitted")),
    ("evaluations.reject", _("Refuse a recommendation"), _("Recommendation refused")),
    ("evaluations.seal", _("Seal the ballots"), _("Ballots sealed")),
    ("evaluations.settle_tie", _("Settle a tie"), _("Tie settled")),
    ("evaluations.start_notice", _("Start the public notice"), _("Public notice started")),
    ("evaluations.recount", _("Recount"), _("Ballots recounted")),
    ("evaluations.publish", _("Publish"), _("Round published")),
)


def register(actions: Any) -> None:
    """Give all of them to Wagtail's registry of log actions."""
    for key, label, message in ACTIONS:
        actions.register_action(key, label, message)
