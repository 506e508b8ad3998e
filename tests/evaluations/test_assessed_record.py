"""The record of a round that weighed more than ballots is recounted by the verifier, from outside."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest
from django.conf import settings as hall_settings

from evaluations import record
from evaluations.models import Component, Election
from evaluations.services import assessment, results
from intranet import clock
from tests.people_of_the_hall import make_user

from .assessed import component, figure, give, make_award_without_ballot, reviewed
from .hall import DURING_VOTE, keys_of, make_hall, place

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.mark.parametrize("scale", Component.Scale.values)
@pytest.mark.parametrize("less", [False, True])
def test_the_verifier_recomputes_every_line(tmp_path, scale, less):
    hall = make_hall(4)
    leader = make_user(None, "centre_leader", name="主任钱")
    place(leader, hall.unit)
    award = make_award_without_ballot(hall, places=1)
    component(award, "leaders", "panel", "62.75", panel_roles=["centre_leader"], label="领导评分")
    shape = {"scale": scale, "lower_is_better": less, "figure": "test.speed", "label": "办件量"}
    component(award, "speed", "figure", "37.25", order=2, **shape)
    component(award, "extra", "adjustment", order=3, most_bonus=5, most_deduction=10, label="加减分")
    election = reviewed(hall, award)
    give(election, leader, "90.11", "80.27", "70.5")
    numbers = {hall.person(n).pk: number for n, number in enumerate(("30", "70", "45.5"))}
    with clock.at(DURING_VOTE):
        assessment.bring(
            election=election,
            component="extra",
            key=keys_of(election)[2],
            value=Decimal("-1.5"),
            note="x",
            by=hall.officer,
        )
        with figure("test.speed", numbers):
            assessment.freeze(election=election, by=hall.officer)
        results.start_notice(election=election, by=hall.officer)
    election = Election.objects.select_related("award").get(pk=election.pk)
    record.write_bundle(election, tmp_path)
    verifier = hall_settings.BASE_DIR / "docs" / "verify_election.py"
    said = subprocess.run(
        [sys.executable, str(verifier), str(tmp_path), "--root", election.record_root],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stdout + said.stderr
