"""Rounds that weigh more than ballots, for tests: components, seats, scores, figures."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from decimal import Decimal
from unittest import mock

from evaluations.models import Component, Election, PanelSeat
from evaluations.services import nominations, panels, rounds
from intranet import clock
from intranet.figures.registry import Figure, FigureKind, figure_kinds
from intranet.figures.services import numbers as numbers_module

from .hall import CLOSES, DURING_VOTE, OPENS, Hall, make_award, opened

SCORING = clock.parse("2026-11-05T10:00")


def component(award, key, kind, weight="0", order=1, **fields) -> Component:
    values = {"label": fields.pop("label", key), "weight": Decimal(weight), "order": order}
    return Component.objects.create(award=award, key=key, kind=kind, **values, **fields)


def make_award_without_ballot(hall: Hall, **fields):
    """Its parts are added one by one afterwards, which the service would not let stand."""
    award = make_award(hall, **fields)
    award.ballot_kind = award.BallotKind.NONE
    award.save()
    return award


def reviewed(hall: Hall, award, candidates: int = 3) -> Election:
    """A round without a ballot whose review is finished and whose panels are seated: the assessment has begun."""
    election = opened(hall, award, voting_opens=None, voting_closes=None)
    with clock.at(OPENS):
        for user in hall.staff[:candidates]:
            given = nominations.recommend(election=election, kind="self", reason="群众满意", by=user)
            nominations.approve(nomination=given, by=hall.officer)
    rounds.advance(CLOSES)
    election.refresh_from_db()
    with clock.at(CLOSES):
        rounds.finish_review(election=election, by=hall.officer)
        panels.seat(election=election)
    election.refresh_from_db()
    return election


def seat_of(election: Election, user) -> PanelSeat:
    return election.seats.get(user=user)


def give(election: Election, user, *scores, at=DURING_VOTE, hand_in: bool = True) -> PanelSeat:
    """Hand in scores in the order of recommendation; "x" is a conflict, None leaves one open."""
    keys = list(election.candidates.order_by("pk").values_list("key", flat=True))
    seat = seat_of(election, user)
    given = dict(zip(keys, scores, strict=True))
    with clock.at(at):
        panels.save_scores(
            seat=seat,
            scores={key: Decimal(score) for key, score in given.items() if score not in ("x", None)},
            conflicts={key for key, score in given.items() if score == "x"},
            by=user,
        )
        if hand_in:
            panels.hand_in(seat=seat, by=user)
    return seat


@contextmanager
def figure(key: str, numbers: dict, subject: str = "person"):
    """A figure that knows what ``numbers`` says: by subject, or by (subject, first day) where months differ."""

    def known(ids, first: dt.date, last: dt.date):
        for pk in ids:
            number = numbers.get((pk, first), numbers.get(pk))
            if number is not None:
                yield Figure(pk, Decimal(number))

    given = {key: FigureKind(key, key, "", subject, known)}
    # Instead of a figure of this key, if a room registers one.
    with mock.patch.object(numbers_module, "figure_kinds", return_value={**figure_kinds(), **given}):
        yield
