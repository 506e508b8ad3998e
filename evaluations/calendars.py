"""The dates of rounds in people's calendars: recommendation, voting, scores, public notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from intranet import clock
from intranet.calendars import services
from intranet.calendars.models import Scheduled
from intranet.calendars.registry import PROGRAMME, Entry, Span, Stamp

from .models import Election, PanelSeat, RollEntry
from .querysets import OFFICERS

UID_START = "evaluations.election."
PARTS = ("recommendation", "voting", "scores", "notice")
# Told only to those who score and to officers: to others it says nothing they could act on.
FOR_SCORERS = "scores"
ENDED_EARLY = (Election.Phase.CANCELLED, Election.Phase.ANNULLED)
DATE_FIELDS = frozenset(
    {
        "recommendation_opens",
        "recommendation_closes",
        "voting_opens",
        "voting_closes",
        "scores_due",
        "closed_at",
        "notice_first",
        "notice_last",
        "phase",
    }
)


def uid_of(election: Election, part: str) -> str:
    """The name of one dated part of a round, for ever."""
    return f"{UID_START}{election.pk}.{part}"


def times_of(election: Election, part: str) -> tuple[dt.datetime, dt.datetime] | None:
    """When a part begins and ends; None while it has no dates."""
    if part == "notice":
        if not (election.notice_first and election.notice_last):
            return None
        after = election.notice_last + dt.timedelta(days=1)
        return clock.start_of(election.notice_first), clock.start_of(after)
    if part == FOR_SCORERS:
        return _scoring(election)
    opens, closes = getattr(election, f"{part}_opens"), getattr(election, f"{part}_closes")
    return (opens, closes) if opens and closes else None


def _scoring(election: Election) -> tuple[dt.datetime, dt.datetime] | None:
    """From the end of voting, or of recommendation where nobody votes, until scores are due."""
    begins = election.voting_closes or election.recommendation_closes
    due = election.scores_due
    return (begins, due) if due is not None and begins < due else None


def keep(election: Election) -> None:
    """Remember a round's dates, or that it was called off; what is past stays as it was."""
    for part in PARTS:
        times = times_of(election, part)
        if times is None:
            continue
        starts, ends = times
        if election.phase not in ENDED_EARLY:
            services.remember(uid=uid_of(election, part), starts=starts, ends=ends)
        elif ends > clock.now():
            services.cancel(uid=uid_of(election, part))


def _rounds_of(viewer: Any) -> QuerySet[Election]:
    """Rounds that concern the viewer: on the roll or on a panel, or nobody votes; for officers, all."""
    if viewer.has_role(*OFFICERS):
        return Election.objects.all()
    on_roll = RollEntry.objects.filter(election=OuterRef("pk"), person__user=viewer)
    # Rounds called off are among them: their entries must be seen to be cancelled.
    return Election.objects.exclude(phase=Election.Phase.PREPARATION).filter(
        Exists(on_roll) | Exists(_seats(viewer)) | Q(voting_opens__isnull=True, opened_at__isnull=False)
    )


def _seats(viewer: Any) -> QuerySet[PanelSeat]:
    return PanelSeat.objects.filter(election=OuterRef("pk"), user=viewer)


def _rounds_of_the_hall() -> QuerySet[Election]:
    """What everybody may open: neither in preparation nor called off before it opened."""
    called_off = Q(phase=Election.Phase.CANCELLED, opened_at__isnull=True)
    return Election.objects.exclude(phase=Election.Phase.PREPARATION).exclude(called_off)


def entries(viewer: Any, span: Span, about: Any = None) -> Iterator[Entry]:
    """Four entries a round at most; two queries. The hall's programme holds every round that has opened.

    ``about`` anything else: nothing, a round is about the whole hall.
    """
    if about not in (None, PROGRAMME):
        return
    start, end = clock.start_of(span.start), clock.start_of(span.end)
    rounds = list(
        (_rounds_of(viewer) if about is None else _rounds_of_the_hall())
        .filter(recommendation_opens__lt=end)
        .filter(Q(recommendation_closes__gte=start) | _later_than(start, span.start))
        .annotate(scores=Exists(_seats(viewer)))
        .select_related("award")
    )
    office = about is None and viewer.has_role(*OFFICERS)
    uids = [uid_of(election, part) for election in rounds for part in PARTS]
    kept = {row.uid: row for row in Scheduled.objects.filter(uid__in=uids)}
    for election in rounds:
        for part in PARTS:
            if part == FOR_SCORERS and not (office or (about is None and election.scores)):
                continue
            row = kept.get(uid_of(election, part))
            if row is not None and row.starts < end and row.ends > start:
                yield _entry(election, part, row)


def _later_than(start: dt.datetime, day: dt.date) -> Q:
    return Q(voting_closes__gte=start) | Q(scores_due__gte=start) | Q(notice_last__gte=day)


def _entry(election: Election, part: str, row: Scheduled) -> Entry:
    all_day = part == "notice"
    return Entry(
        uid=row.uid,
        title=_title(election, part),
        start=clock.day_of(row.starts) if all_day else row.starts,
        end=clock.day_of(row.ends) if all_day else row.ends,
        all_day=all_day,
        sequence=row.sequence,
        cancelled=row.cancelled_at is not None,
        location=row.location,
        updated=row.changed_at,
        url=reverse("evaluations:round", kwargs={"slug": election.slug}),
    )


def _title(election: Election, part: str) -> str:
    name = f"{election.rules_now['name']} {election.period_label}"
    return {
        "recommendation": _("%(round)s: recommendation"),
        "voting": _("%(round)s: voting"),
        "scores": _("%(round)s: scores"),
        "notice": _("%(round)s: public notice"),
    }[part] % {"round": name}


def stamps(viewer: Any) -> Iterable[Stamp]:
    """What changes when the viewer's entries may: the remembered dates, and the rounds that concern them."""
    return [
        Stamp(Scheduled.objects.filter(uid__startswith=UID_START)),
        Stamp(_rounds_of(viewer), changed="opened_at"),
    ]
