"""Somebody's sign-in is reset while they may vote: whoever looks at the round later can see it."""

import pytest

from evaluations.models import Ballot, Mark
from intranet import clock
from intranet.access import services as access
from intranet.access.audit import acting
from tests.people_of_the_hall import make_user

from .hall import DURING_VOTE, ENDS, VOTES, keys_of, make_hall, vote, voting_round

pytestmark = pytest.mark.django_db


def test_a_reset_during_an_open_round_shows_in_the_audit_log(client):
    hall = make_hall(3)
    election = voting_round(hall)
    voter, admin = hall.staff[0], make_user("SA01", "system_admin", person=False)
    vote(election, voter, keys_of(election)[0])
    with clock.at(DURING_VOTE), acting(user=admin, address="192.0.2.7"):
        access.reset_in_person(voter, by=admin)
    client.force_login(make_user("AU01", "auditor", person=False))
    page = client.get("/audit/")
    line = next(line for line in page.context["lines"] if line["number"] == str(voter.pk) and line["address"])
    assert VOTES < line["at"] < ENDS
    assert (line["staff_number"], line["address"]) == (admin.username, "192.0.2.7")
    assert str(line["what"]) in page.content.decode()
    # What was voted before stays, and is one ballot.
    assert (Mark.objects.count(), Ballot.objects.count()) == (1, 1)
