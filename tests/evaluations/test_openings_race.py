"""Several clocks at the same moment open one round; without the lock they collide."""

from __future__ import annotations

import threading

import pytest

from evaluations.openings import Openings
from evaluations.services import openings
from intranet import clock
from tests.machine import PATIENCE
from tests.together import together

from .hall import make_award, make_hall

CLOCKS = 4
SET_UP, DUE = clock.parse("2026-01-05T10:00"), clock.parse("2026-02-02T12:00")


def run() -> tuple[int, list[str]]:
    """How many rounds there are afterwards, and what the clocks raised."""
    with clock.at(SET_UP):
        award = make_award(make_hall(1), opens_by_itself=True)
    raised: list[str] = []

    def tick(_number: int) -> None:
        try:
            openings.open_due(DUE)
        except Exception as error:
            raised.append(type(error).__name__)

    together(CLOCKS, tick)
    return award.elections.count(), raised


def test_clocks_at_the_same_moment_make_one_round(own_database):
    assert run() == (1, [])


@pytest.mark.control
def test_without_the_lock_the_clocks_collide(own_database, monkeypatch):
    """Each looks before any writes, and the check of the plan is off: only the unique key is left, and it shouts."""
    everyone_has_looked = threading.Barrier(CLOCKS)
    due = Openings.due

    def looked(self, award):
        found = due(self, award)
        everyone_has_looked.wait(timeout=PATIENCE)
        return found

    monkeypatch.setattr(Openings, "due", looked)
    monkeypatch.setattr(openings, "_open", openings._open.__wrapped__)
    monkeypatch.setattr("django.db.models.query.QuerySet.select_for_update", lambda self, **options: self)
    monkeypatch.setattr("evaluations.services.rounds._check_period", lambda election: None)
    rounds, raised = run()
    assert rounds == 1
    assert raised
