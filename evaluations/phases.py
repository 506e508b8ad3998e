"""How a round's phases are shown: the timeline, and the word and shape of each phase."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from intranet import clock
from intranet.ui.templatetags.ui import hall_date, hall_datetime

from .models import Election

Phase = Election.Phase

ENDED_EARLY = (Phase.CANCELLED, Phase.ANNULLED)
RUNNING = (
    Phase.RECOMMENDATION,
    Phase.REVIEW,
    Phase.VOTING,
    Phase.SEALED,
    Phase.ASSESSMENT,
    Phase.DECISION,
    Phase.PUBLIC_NOTICE,
)
BEFORE_SEALING = (Phase.PREPARATION, Phase.RECOMMENDATION, Phase.REVIEW, Phase.VOTING)

STATES = {
    Phase.PREPARATION: "quiet",
    Phase.RECOMMENDATION: "current",
    Phase.REVIEW: "waiting",
    Phase.VOTING: "current",
    Phase.SEALED: "waiting",
    Phase.ASSESSMENT: "waiting",
    Phase.DECISION: "waiting",
    Phase.PUBLIC_NOTICE: "official",
    Phase.PUBLISHED: "official",
    Phase.CANCELLED: "problem",
    Phase.ANNULLED: "problem",
}


def way(election: Election) -> list[Any]:
    """The phases this round goes through, by its rules: without a ballot, an assessment or a meeting it has fewer."""
    return [
        Phase.PREPARATION,
        Phase.RECOMMENDATION,
        Phase.REVIEW,
        *([Phase.VOTING, Phase.SEALED] if election.has_ballot else []),
        *([Phase.ASSESSMENT] if election.has_assessment or not election.has_ballot else []),
        *([Phase.DECISION] if election.has_meeting else []),
        Phase.PUBLIC_NOTICE,
        Phase.PUBLISHED,
    ]


def state_of(election: Election) -> str:
    """The kind of state mark (see the components of ``ui``) for a round's phase."""
    return STATES[Phase(election.phase)]


def timeline(election: Election) -> list[dict[str, str]]:
    """Steps for ``ui/timeline.html``: label, state (done, current, ahead, ended), note with its date."""
    if election.phase in ENDED_EARLY:
        return _ended_timeline(election)
    phases = way(election)
    here = phases.index(Phase(election.phase))
    finished = election.phase == Phase.PUBLISHED
    return [
        {
            "label": str(phase.label),
            "state": "done" if place < here or finished else "current" if place == here else "ahead",
            "note": _note(election, phase),
        }
        for place, phase in enumerate(phases)
    ]


def _ended_timeline(election: Election) -> list[dict[str, str]]:
    reached = {
        Phase.PREPARATION: True,
        Phase.RECOMMENDATION: election.opened_at,
        Phase.REVIEW: election.reviewed_at,
        Phase.VOTING: election.sealed_at,
        Phase.SEALED: election.sealed_at,
        Phase.ASSESSMENT: election.inputs_frozen_at,
        Phase.DECISION: election.decision.get("kind") == "meeting",
        Phase.PUBLIC_NOTICE: election.notice_first,
        Phase.PUBLISHED: election.published_at,
    }
    steps = [
        {"label": str(phase.label), "state": "done", "note": _note(election, phase)}
        for phase in way(election)
        if reached[phase]
    ]
    ending = {"label": str(election.get_phase_display()), "state": "ended", "note": election.ended_reason}
    return [*steps, ending]


def _note(election: Election, phase: Any) -> str:
    """The dates of a phase, in the language of the page."""
    if phase == Phase.RECOMMENDATION:
        return span(election.recommendation_opens, election.recommendation_closes)
    if phase == Phase.VOTING and election.voting_opens and election.voting_closes:
        return span(election.voting_opens, election.voting_closes)
    if phase == Phase.ASSESSMENT and election.scores_due:
        return _("scores until %(day)s") % {"day": hall_datetime(election.scores_due)}
    if phase == Phase.SEALED:
        return hall_datetime(election.sealed_at)
    if phase == Phase.PUBLIC_NOTICE and election.notice_first and election.notice_last:
        if election.notice_first == election.notice_last:
            return hall_date(election.notice_first)
        return _("%(first)s to %(last)s") % {
            "first": hall_date(election.notice_first),
            "last": hall_date(election.notice_last),
        }
    if phase == Phase.PUBLISHED:
        return hall_date(election.published_at)
    return ""


def span(start: dt.datetime, end: dt.datetime) -> str:
    """Two instants as one text; the day is said once when both fall on it."""
    last = (
        f"{end.astimezone(clock.HALL_ZONE):%H:%M}" if clock.day_of(start) == clock.day_of(end) else hall_datetime(end)
    )
    return _("%(first)s to %(last)s") % {"first": hall_datetime(start), "last": last}
