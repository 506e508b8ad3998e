"""36 simulated months: quotas, vetoes, validity rules and no-repeat hold for every round that is commended."""

from __future__ import annotations

import os
import random
import secrets

import pytest

from evaluations import outcome as outcome_module
from evaluations.outcome import Outcome
from evaluations.services import decision, excluded, honoured, nominations, results, rounds, vetoes

from .three_years import ThreeYears, broken_rules

pytestmark = [pytest.mark.once, pytest.mark.django_db]
LIVES = 8 if os.environ.get("FULL") == "1" else 1
# The first hall has every rule there is; those of the others are left to chance.
STRICT = {
    "subject": "person",
    "places": 2,
    "max_choices": 1,
    "quota_per_unit": 1,
    "self_allowed": True,
    "no_repeat_rounds": 2,
    "list_kind": "any",
    "least_return": 40,
    "least_share": 15,
    "tie_rule": "lot",
}
# What has to happen in these years for the rules to be put to the test at all.
TRIED = ("published", "called off", "held again", "unit", "veto", "veto lifted", "tie", "kept below the rules")


@pytest.fixture(autouse=True)
def nothing_left_to_chance(monkeypatch):
    """Keys of candidates and seeds of lots too come out the same each time a seed is tried."""
    draw = random.Random(0)
    monkeypatch.setattr(secrets, "token_bytes", lambda size=32: draw.randbytes(size))


@pytest.mark.parametrize("seed", range(LIVES))
def test_nothing_commended_breaks_a_rule(seed):
    years = ThreeYears(seed, **(STRICT if seed == 0 else {}))
    for notes in years.live():
        assert broken_rules(years.notes, notes) == []
    print(f"36 months, seed {seed}: {dict(years.happened)}")
    assert seed or not [what for what in TRIED if not years.happened[what]]


def no_quota(patch):
    patch.setattr(nominations, "check_unit", lambda *given: None)
    patch.setattr(rounds, "_check_quotas", lambda *given: None)


def no_veto(patch):
    patch.setattr(excluded, "excluded_keys", lambda election: set())
    patch.setattr(vetoes, "words_in_force", lambda nomination: "")


def no_least_return(patch):
    patch.setattr(decision, "has_open_faults", lambda election: False)


def no_least_share(patch):
    patch.setattr(outcome_module, "below_least_share", lambda **given: frozenset())


def no_sitting_out(patch):
    patch.setattr(honoured, "_no_repeat", lambda election: None)


def no_end_of_places(patch):
    def everybody(*, result, **given):
        order = sorted(result["scores"])
        return Outcome(order, [], order)

    patch.setattr(results, "outcome", everybody)


LEAST = {"least_return": None, "least_share": None, "list_kind": "any"}


@pytest.mark.control
@pytest.mark.parametrize(
    ("off", "rule", "fixed"),
    [
        (no_quota, "quota", {"quota_per_unit": 1}),
        (no_veto, "veto", {"places": 3}),
        (no_least_return, "return", {"least_return": 60}),
        (no_least_share, "share", {"least_share": 50, "share_base": "roll"}),
        (no_sitting_out, "no-repeat", {"no_repeat_rounds": 3}),
        (no_end_of_places, "places", {"places": 1}),
    ],
)
def test_without_its_guard_each_rule_is_broken(off, rule, fixed, monkeypatch):
    off(monkeypatch)
    years = ThreeYears(1, **LEAST | fixed)
    broken = (sentence for notes in years.live() for sentence in broken_rules(years.notes, notes))
    assert any(f"{rule}: " in sentence for sentence in broken)
