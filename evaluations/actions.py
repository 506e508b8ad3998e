"""What the audit log calls the acts of this app; ``wagtail_hooks`` registers them. There is none for voting."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: tuple[tuple[str, Any, Any], ...] = (
    ("evaluations.set_up", _("Set up an award"), _("Award set up")),
    ("evaluations.change", _("Change an award"), _("Award changed")),
    ("evaluations.skip", _("Skip a period"), _("Period of an award skipped")),
    ("evaluations.hold_after_all", _("Hold a skipped period after all"), _("Skipped period taken back")),
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
    ("evaluations.file_recommendation", _("File a sealed recommendation"), _("Sealed recommendation filed")),
    ("evaluations.file", _("File a scan"), _("Scan filed")),
    ("evaluations.enter_veto", _("Enter a veto"), _("Veto entered")),
    ("evaluations.appeal_veto", _("Appeal against a veto"), _("Appeal against a veto made")),
    ("evaluations.settle_veto", _("Settle a veto"), _("Veto settled")),
    ("evaluations.register_objection", _("Register an objection"), _("Objection registered")),
    ("evaluations.settle_objection", _("Settle an objection"), _("Objection settled")),
    ("evaluations.set_place", _("Say where the notice hangs"), _("Place of the notice set")),
    ("evaluations.seal", _("Seal the ballots"), _("Ballots sealed")),
    ("evaluations.hand_in", _("Hand in scores"), _("Scores handed in")),
    ("evaluations.take_back", _("Take scores back"), _("Scores taken back")),
    ("evaluations.excuse", _("Withdraw a seat"), _("Seat withdrawn")),
    ("evaluations.add_seat", _("Give a seat"), _("Seat given")),
    ("evaluations.bring", _("Enter points"), _("Points entered")),
    ("evaluations.take_away", _("Remove points"), _("Points removed")),
    ("evaluations.freeze", _("Freeze the inputs"), _("Inputs frozen")),
    ("evaluations.hand_out", _("Hand out a ballot on paper"), _("Ballot on paper handed out")),
    ("evaluations.count_paper", _("Count paper ballots"), _("Paper ballots counted")),
    ("evaluations.attest", _("Confirm as a scrutineer"), _("Confirmed by a scrutineer")),
    ("evaluations.open_terminal", _("Open a voting terminal"), _("Voting terminal opened")),
    ("evaluations.end_terminal", _("End a voting terminal"), _("Voting terminal ended")),
    ("evaluations.settle_tie", _("Settle a tie"), _("Tie settled")),
    ("evaluations.accept_validity", _("Keep a result below the rules"), _("Result kept although a rule failed")),
    ("evaluations.draw_lot", _("Draw a lot"), _("Lot drawn")),
    ("evaluations.dismiss_witnesses", _("Let confirmations for a lot lapse"), _("Confirmations for the lot lapsed")),
    ("evaluations.record_meeting", _("Record a meeting"), _("Decision of the meeting recorded")),
    ("evaluations.correct_meeting", _("Correct the record of a meeting"), _("Record of the meeting corrected")),
    ("evaluations.start_notice", _("Start the public notice"), _("Public notice started")),
    ("evaluations.recount", _("Recount"), _("Ballots recounted")),
    ("evaluations.publish", _("Publish"), _("Round published")),
    ("evaluations.archive", _("Take the file of a round"), _("File of the round taken along")),
    ("evaluations.certificates", _("Draw certificates"), _("Certificates drawn")),
    ("evaluations.draft_news", _("Draft news"), _("News of the round drafted")),
)


def register(actions: Any) -> None:
    """Give all of them to Wagtail's registry of log actions."""
    for key, label, message in ACTIONS:
        actions.register_action(key, label, message)
