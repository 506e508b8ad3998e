"""Two officers at the same moment: the row is held, one decides and the other is told."""

from __future__ import annotations

import threading

import pytest

from intranet import clock
from intranet.figures.exceptions import IncidentError
from intranet.figures.models import Incident
from intranet.figures.querysets import IncidentQuerySet
from intranet.figures.services import incidents
from tests.figures.rows import NOW, incident, inspector
from tests.people.hall import make_hall
from tests.together import together

pytestmark = pytest.mark.xdist_group("threads")


def told_of_two(decide=incidents.decide):
    """How many of two who decide at once are told that somebody else has."""
    with clock.at(NOW):
        row = incident(make_hall().tax, inspector(), state="registered")
    officers, told = [inspector(), inspector()], []

    def work(number):
        with clock.at(NOW):
            try:
                decide(incident=row, verified=bool(number), finding=str(number), by=officers[number])
            except IncidentError:
                told.append(number)

    together(2, work)
    assert Incident.objects.get(pk=row.pk).state != "registered"
    return len(told)


def test_of_two_who_decide_at_once_one_is_told(own_database):
    assert told_of_two() == 1


@pytest.mark.control
def test_without_holding_the_row_both_decide(own_database, monkeypatch):
    """Both read before either writes: on SQLite the write lock of the transaction would hide what is missing."""
    barrier = threading.Barrier(2, timeout=20)

    def read_only(self, pk):
        row = self.get(pk=pk)
        barrier.wait()
        return row

    monkeypatch.setattr(IncidentQuerySet, "locked", read_only)
    # SQLite's transactions exclude each other from their beginning; without one, what the lock is for shows.
    assert told_of_two(incidents.decide.__wrapped__) == 0
