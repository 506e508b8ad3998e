"""Rounds commended before a round kept the head of its commendation get theirs from the chain."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps

from evaluations.services import results, rounds
from intranet import clock

from .hall import commended, make_hall, on_notice

MIGRATION = importlib.import_module("evaluations.migrations.0007_head_of_the_commendation")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_publishing_keeps_the_head_and_the_migration_finds_the_same():
    hall = make_hall(12)
    election = commended(hall)
    head = election.events.order_by("-number").first()
    assert head.what.startswith(("已通报", "Commended"))
    assert election.commended_head == head.hash
    with clock.at(clock.parse("2027-01-04T09:00")):
        results.recount(election=election, by=hall.scrutineer)
        rounds.annul(election=election, reason="材料不实", by=hall.officer)
    type(election).objects.update(commended_head="")
    MIGRATION.fill(apps, None)
    election.refresh_from_db()
    assert election.commended_head == head.hash


def test_a_round_on_notice_has_no_head_of_a_commendation():
    election = on_notice(make_hall(12))
    MIGRATION.fill(apps, None)
    election.refresh_from_db()
    assert election.commended_head == ""
