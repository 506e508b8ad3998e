"""24 months of the clock, two ticks a day: a round a month, and each reminder once, none to whoever has voted.

FULL=1 ticks on every day and runs all that the clock of the house runs; else the days without a round are fewer, and
this app's part of the clock runs alone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections import Counter

import pytest
from django.db import connection
from wagtail import hooks

from evaluations import openings, reminders
from evaluations.models import Election
from evaluations.services import rounds
from intranet.reminders.models import OutboxRow

from .two_years import TO_VOTE, make_years, wrong_with

pytestmark = pytest.mark.once

FULL = os.environ.get("FULL") == "1"
FIRST, LAST = dt.date(2026, 1, 6), dt.date(2028, 1, 31)
# The round of January 2026, from its opening to its end.
ONE_ROUND = (dt.date(2026, 2, 1), dt.date(2026, 2, 9))
CLOCK = ("register_reminder_rule", "register_clock_job")


@pytest.fixture
def hall_database(own_database):
    """No power fails here: without waiting for the disk two years pass in a minute."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
    return own_database


@pytest.fixture
def own_clock(monkeypatch):
    """Rules and jobs of this app only."""
    for name in CLOCK:
        hooks.get_hooks(name)  # let Wagtail find every app's hooks first
        own = [entry for entry in hooks._hooks[name] if entry[0].__module__.startswith("evaluations.")]
        monkeypatch.setitem(hooks._hooks, name, own)


def test_24_months_tell_everybody_once_and_nobody_who_has_voted(hall_database, request):
    if not FULL:
        request.getfixturevalue("own_clock")
    years = make_years(seed=1)
    years.live(FIRST, LAST, idle_every=1 if FULL else 5)
    held = years.award.elections.order_by("period_first")
    periods = [f"{day:%Y-%m}" for day in held.values_list("period_first", flat=True)]
    assert periods == [f"{2026 + month // 12}-{month % 12 + 1:02d}" for month in range(24)]
    assert wrong_with(years) == []
    told = Counter((one.rule, one.channel) for one in years.told)
    phases = Counter(held.values_list("phase", flat=True))
    spared = OutboxRow.objects.filter(rule__in=TO_VOTE, state="skipped").count()
    print(f"{len(years.told)} letters, {spared} spared because of a vote, {dict(phases)}, {dict(told)}")
    # What could have gone wrong was there: rounds that went their way, and letters that a vote overtook.
    assert told["evaluations.voting", "inbox"] == 8 * 24
    assert set(phases) <= {"published", "annulled"}
    assert phases["published"] >= 20
    assert spared >= 12


def off_still_wanted(monkeypatch):
    rules = [dataclasses.replace(rule, still_wanted=None, texts=None) for rule in reminders.RULES]
    monkeypatch.setitem(hooks._hooks, CLOCK[0], [(lambda: rules, 0)])


def off_unique_key(monkeypatch):
    remove(OutboxRow, monkeypatch)


def remove(model, monkeypatch):
    """Take the only unique key of a table away."""
    [key] = model._meta.constraints
    monkeypatch.setattr(model._meta, "constraints", [])
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, key)


@pytest.mark.control
@pytest.mark.parametrize(
    ("off", "words"), [(off_still_wanted, "told after voting"), (off_unique_key, "2 times: ('evaluations.voting'")]
)
def test_without_its_guard_somebody_is_told_too_often(off, words, hall_database, own_clock, monkeypatch):
    years = make_years(seed=1)
    off(monkeypatch)
    years.live(*ONE_ROUND)
    assert any(words in sentence for sentence in wrong_with(years))


@pytest.mark.control
def test_without_its_guards_a_month_has_several_rounds(hall_database, own_clock, monkeypatch):
    years = make_years(seed=1)
    monkeypatch.setattr(openings.Openings, "_is_free", lambda seen, award, opening: True)
    monkeypatch.setattr(rounds, "_check_period", lambda election: None)
    remove(Election, monkeypatch)
    years.day(ONE_ROUND[0] + dt.timedelta(days=1))
    assert Election.objects.filter(award=years.award, period_first=dt.date(2026, 1, 1)).count() > 1
