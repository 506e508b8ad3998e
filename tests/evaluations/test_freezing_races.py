"""Freezing the inputs while somebody enters something: one of them wins, the other is told.

What was acknowledged before the inputs are frozen is in them; what comes later is refused. Without the lock an entry
is acknowledged and yet missing from the frozen inputs.
"""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import connections
from django.utils import translation

from evaluations.exceptions import RoundError
from evaluations.models import Election
from evaluations.querysets import ElectionQuerySet
from evaluations.services import assessment, inputs, panels
from intranet import clock
from tests.machine import PATIENCE
from tests.people_of_the_hall import make_user

from .assessed import component, give, make_award_without_ballot, reviewed, seat_of
from .hall import DURING_VOTE, keys_of, make_hall, place

# Long enough for the other one to be done if nothing held it up.
HELD_UP = 1.0


@pytest.fixture
def ready(own_database):
    """A round with everything there, and a second seat that has handed in nothing yet but is no longer waited for."""
    hall = make_hall(4)
    leaders = [make_user(None, "centre_leader", name=f"主任{n}") for n in range(2)]
    for user in leaders:
        place(user, hall.unit)
    award = make_award_without_ballot(hall)
    component(award, "leaders", "panel", "100", panel_roles=["centre_leader"])
    component(award, "extra", "adjustment", order=2)
    election = reviewed(hall, award)
    Election.objects.filter(pk=election.pk).update(scores_due=DURING_VOTE)
    give(election, leaders[0], "90", "80", "70")
    give(election, leaders[1], "10", "20", "30", hand_in=False)
    return hall, election, leaders[1]


def bring(election, hall, late):
    assessment.bring(
        election=election, component="extra", key=keys_of(election)[0], value=Decimal(5), note="锦旗", by=hall.officer
    )


def hand_in(election, hall, late):
    panels.hand_in(seat=seat_of(election, late), by=late)


class Other:
    """Somebody who acts at the very moment when the values are gathered and not yet written."""

    def __init__(self, monkeypatch, act) -> None:
        self.told: list[str] = []
        self.thread = threading.Thread(target=self._run, args=(act,))
        really = inputs.gather

        def gather(election):
            found = really(election)
            if not self.thread.ident:
                self.thread.start()
                self.thread.join(timeout=HELD_UP)
            return found

        monkeypatch.setattr(assessment.inputs, "gather", gather)

    def _run(self, act) -> None:
        try:
            with clock.at(DURING_VOTE), translation.override("en"):
                act()
            self.told.append("done")
        except RoundError as refusal:
            self.told.append(str(refusal))
        finally:
            connections.close_all()

    def outcome(self) -> str:
        self.thread.join(timeout=PATIENCE)
        (said,) = self.told
        return said


@pytest.mark.parametrize("deed", [bring, hand_in])
def test_who_comes_while_the_inputs_are_frozen_is_told(ready, monkeypatch, english, deed):
    hall, election, late = ready
    other = Other(monkeypatch, lambda: deed(election, hall, late))
    with clock.at(DURING_VOTE):
        assessment.freeze(election=election, by=hall.officer)
    assert other.outcome().startswith("The inputs of this round are frozen.")
    monkeypatch.undo()
    assert inputs.gather(election).as_json == election.inputs


@pytest.mark.parametrize("deed", [bring, hand_in])
def test_what_was_there_before_is_in_them(ready, deed):
    hall, election, late = ready
    with clock.at(DURING_VOTE):
        before = inputs.gather(election).as_json
        deed(election, hall, late)
        assessment.freeze(election=election, by=hall.officer)
    assert inputs.gather(election).as_json == election.inputs != before


@pytest.mark.control
@pytest.mark.parametrize("deed", ["bring", "hand_in"])
def test_without_the_lock_an_acknowledged_entry_is_not_in_the_frozen_inputs(ready, monkeypatch, deed):
    hall, election, late = ready
    monkeypatch.setattr(ElectionQuerySet, "locked", lambda self, pk: self.select_related("award").get(pk=pk))
    module = {"bring": assessment, "hand_in": panels}[deed]
    monkeypatch.setattr(module, deed, getattr(module, deed).__wrapped__)
    other = Other(monkeypatch, lambda: {"bring": bring, "hand_in": hand_in}[deed](election, hall, late))
    with clock.at(DURING_VOTE):
        assessment.freeze.__wrapped__(election=election, by=hall.officer)
    assert other.outcome() == "done"
    monkeypatch.undo()
    assert inputs.gather(election).as_json != election.inputs
