"""How a round's phases are shown: the timeline, and the word and shape of each phase."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from intranet import clock
from intranet.ui.templatetags.ui import hall_date, hall_datetime

from .models import Election

Phase = Election.Phase

# The way of a round today; assessment and decision take their places here once they exist.
WAY = (
    Phase.PREPARATION,
    Phase.RECOMMENDATION,
    Phase.REVIEW,
    Phase.VOTING,
    Phase.SEALED,
    Phase.PUBLIC_NOTICE,
    Phase.PUBLISHED,
)
ENDED_EARLY = (Phase.CANCELLED, Phase.ANNULLED)
RUNNING = (Phase.RECOMMENDATION, Phase.REVIEW, Phase.VOTING, Phase.SEALED, Phase.PUBLIC_NOTICE)
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


def state_of(election: Election) -> str:
    """The kind of state mark (see the components of ``ui``) for a round's phase."""
    return STATES[Phase(election.phase)]


def timeline(election: Election) -> list[dict[str, str]]:
    """Steps for ``ui/timeline.html``: label, state (done, current, ahead), note with its date."""
    if election.phase in ENDED_EARLY:
        return _ended_timeline(election)
    here = WAY.index(Phase(election.phase))
    finished = election.phase == Phase.PUBLISHED
    return [
        {
            "label": str(phase.label),
            "state": "done" if place < here or finished else "current" if place == here else "ahead",
            "note": _note(election, phase),
        }
        for place, phase in enumerate(WAY)
    ]


def _ended_timeline(election: Election) -> list[dict[str, str]]:
    reached = {
        Phase.PREPARATION: True,
        Phase.RECOMMENDATION: election.opened_at,
        Phase.REVIEW: election.reviewed_at,
        Phase.VOTING: election.sealed_at,
        Phase.SEALED: election.sealed_at,
        Phase.PUBLIC_NOTICE: election.notice_first,
        Phase.PUBLISHED: election.published_at,
    }
    steps = [
        {"label": str(phase.label), "state": "done", "note": _note(election, phase)}
        for phase in WAY
        if reached[phase]
    ]
    ending = {"label": str(election.get_phase_display()), "state": "current", "note": election.ended_reason}
    return [*steps, ending]


def _note(election: Election, phase: Any) -> str:
    """The dates of a phase, in the language of the page."""
    if phase == Phase.RECOMMENDATION:
        return span(election.recommendation_opens, election.recommendation_closes)
    if phase == Phase.VOTING:
        return span(election.voting_opens, election.voting_closes)
    if phase == Phase.SEALED:
        return hall_datetime(election.sealed_at)
    if phase == Phase.PUBLIC_NOTICE and election.notice_first and election.notice_last:
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
