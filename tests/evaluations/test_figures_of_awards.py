"""What awards tell others in numbers: honours that stand, and scores of those who were honoured only."""

import datetime as dt
from decimal import Decimal

import pytest

from evaluations.models import Candidate, Election, Honour
from intranet.figures.services.numbers import numbers_about, numbers_of

from . import hall as halls

pytestmark = pytest.mark.django_db
YEAR = (dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture
def hall():
    return halls.make_hall()


def honour(day=dt.date(2026, 11, 14), **subject):
    return Honour.objects.create(
        award_name="服务之星", name="名", period_label="2026年10月", published_on=day, **subject
    )


def test_honours_are_counted_by_period_and_nought_is_known(hall, django_assert_num_queries):
    first, second = hall.person(0), hall.person(1)
    honour(person=first)
    honour(person=first, day=dt.date(2025, 12, 31))
    gone = honour(person=second)
    Honour.objects.filter(pk=gone.pk).update(annulled_on=dt.date(2026, 12, 1))
    with django_assert_num_queries(1):
        assert numbers_of("evaluations.honours", [first.pk, second.pk], *YEAR) == {first.pk: 1, second.pk: 0}


def test_windows_and_teams_have_their_own(hall):
    honour(window=hall.window)
    honour(team=hall.unit)
    honour(team=hall.unit)
    honour(person=hall.person(0))
    assert numbers_about("evaluations.honours", "window", [hall.window.pk], *YEAR) == {hall.window.pk: 1}
    assert numbers_about("evaluations.honours", "unit", [hall.unit.pk], *YEAR) == {hall.unit.pk: 2}


def test_only_scores_with_which_honours_were_won_are_told(hall):
    """Control: the same score of who was not honoured, or of a round not commended, is unknown, not nought."""
    won, lost = hall.person(0), hall.person(1)
    part = {"key": "monthly", "kind": "scores", "label": "月度考核", "weight": "100"}
    for month, score in ((9, "90.0001"), (10, "95.0000")):
        first = dt.date(2026, month, 1)
        last = dt.date(2026, month, 30)
        election = halls.opened(hall, period_first=first, period_last=last)
        for person, key in ((won, "a"), (lost, "b")):
            Candidate.objects.create(election=election, key=key, person=person, name=person.name)
        Election.objects.filter(pk=election.pk).update(
            phase="published",
            rules={**election.rules, "components": [part]},
            result={"scores": {"a": score, "b": "80.0000"}},
            decision={"winners": ["a"]},
        )
    asked = ("evaluations.score", [won.pk, lost.pk])
    assert numbers_of(*asked, *YEAR) == {won.pk: Decimal("92.5001")}
    assert numbers_of(*asked, dt.date(2026, 10, 1), dt.date(2026, 10, 31)) == {won.pk: Decimal("95.0000")}
    Election.objects.update(phase="annulled")
    assert numbers_of(*asked, *YEAR) == {}
