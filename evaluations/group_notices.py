"""What of a round goes into chat groups: that one may recommend, vote, read the notice or congratulate.

Never who stands, who won or how many have voted: a group may hold people of other departments and outsiders, and
whoever is meant reads it after signing in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from intranet.reminders.registry import GroupNotice, GroupNoticeKind, GroupText
from intranet.ui.templatetags.ui import hall_date, hall_datetime

from .models import Election
from .reminders import notices_begun

Phase = Election.Phase
# How long a commendation is news.
NEWS_FOR = dt.timedelta(days=3)


def group_text(election: Election) -> GroupText | None:
    """What there is to tell of a round now, in the active language; None when there is nothing to do or to read."""
    write = WORDS.get(election.phase)
    return write(election) if write else None


def _path(name: str, election: Election) -> str:
    return reverse(f"evaluations:{name}", kwargs={"slug": election.slug})


def _recommendation(election: Election) -> GroupText:
    """Where only units recommend, the others are not sent to a form that is none for them."""
    rules = election.rules_now
    everyone = rules["self_allowed"] or rules["colleague_allowed"]
    body = _("recommendations are open. Sign in and recommend in the way the rules of the round allow.")
    if not everyone:
        body = _("recommendations are open. Chief representatives and window heads sign in and recommend.")
    return GroupText(
        pgettext("group message", "Recommendations"),
        str(election),
        body,
        _path("recommend" if everyone else "round", election),
        hall_datetime(election.recommendation_closes),
    )


def _voting(election: Election) -> GroupText:
    return GroupText(
        pgettext("group message", "Vote"),
        str(election),
        _("voting is open. Sign in on your phone; it takes half a minute, and nobody sees how you vote."),
        _path("vote", election),
        hall_datetime(election.voting_closes),
    )


def _public_notice(election: Election) -> GroupText:
    return GroupText(
        pgettext("group message", "Public notice"),
        str(election),
        _("the result is on public notice. Sign in to read it; objections are heard until it ends."),
        _path("notice", election),
        hall_date(election.notice_last),
    )


def _published(election: Election) -> GroupText:
    return GroupText(
        pgettext("group message", "Commendation"),
        str(election),
        _("the commendation is published. Sign in to read it and to congratulate your colleagues."),
        _path("notice", election),
    )


WORDS: dict[str, Callable[[Election], GroupText]] = {
    Phase.RECOMMENDATION: _recommendation,
    Phase.VOTING: _voting,
    Phase.PUBLIC_NOTICE: _public_notice,
    Phase.PUBLISHED: _published,
}


def _notice(election: Election, due: dt.datetime, until: dt.datetime) -> GroupNotice:
    return GroupNotice(f"evaluations.election:{election.pk}", "once", due, until)


def recommendation_due(start: dt.datetime, end: dt.datetime) -> Iterator[GroupNotice]:
    """When recommendation opens; when the round was opened late, then."""
    for election in _reaching("recommendation_opens", "opened_at", start, end):
        yield _notice(election, election.due, election.recommendation_closes)


def voting_due(start: dt.datetime, end: dt.datetime) -> Iterator[GroupNotice]:
    """When voting opens; when the review was finished late, then. A round without a ballot never is."""
    for election in _reaching("voting_opens", "reviewed_at", start, end):
        yield _notice(election, election.due, election.voting_closes)


def _reaching(planned: str, ready: str, start: dt.datetime, end: dt.datetime):
    """Rounds whose planned instant, or the later one at which they were ready for it, lies in (start, end]."""
    rounds = Election.objects.exclude(phase=Phase.CANCELLED).annotate(due=Greatest(planned, ready))
    known = {f"{name}__isnull": False for name in (planned, ready)}
    return rounds.filter(**known, due__gt=start, due__lte=end)


def public_notice_due(start: dt.datetime, end: dt.datetime) -> Iterator[GroupNotice]:
    for election, due, until in notices_begun(start, end):
        yield _notice(election, due, until)


def published_due(start: dt.datetime, end: dt.datetime) -> Iterator[GroupNotice]:
    for election in Election.objects.filter(phase=Phase.PUBLISHED, published_at__gt=start, published_at__lte=end):
        assert election.published_at is not None
        yield _notice(election, election.published_at, election.published_at + NEWS_FOR)


def _texts(phase: str) -> Callable[[list[GroupNotice]], list[GroupText | None]]:
    """The words while a round is in this phase, None once it has gone on or was called off: one query."""

    def texts(notices: list[GroupNotice]) -> list[GroupText | None]:
        numbers = [int(notice.object.rpartition(":")[2]) for notice in notices]
        rounds = Election.objects.select_related("award").in_bulk(numbers)
        return [
            WORDS[phase](rounds[number]) if number in rounds and rounds[number].phase == phase else None
            for number in numbers
        ]

    return texts


KINDS = (
    GroupNoticeKind(
        "evaluations.recommendation",
        gettext_lazy("Recommendation opens"),
        recommendation_due,
        _texts(Phase.RECOMMENDATION),
    ),
    GroupNoticeKind("evaluations.voting", gettext_lazy("Voting opens"), voting_due, _texts(Phase.VOTING)),
    GroupNoticeKind(
        "evaluations.notice", gettext_lazy("Public notice begins"), public_notice_due, _texts(Phase.PUBLIC_NOTICE)
    ),
    GroupNoticeKind(
        "evaluations.published", gettext_lazy("Commendation is published"), published_due, _texts(Phase.PUBLISHED)
    ),
)
