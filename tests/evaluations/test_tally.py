"""The count, against an independent slow counter written from the rules, and against its laws."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.tally import choices_in, count, is_valid, places_of, seal_choices

KEYS = [f"k{n}" for n in range(7)]


def slow_count(rules, keys, ballots):
    """By the rules, one candidate and one ballot at a time, with nothing borrowed from the code.

    A ballot counts if every name on it is a candidate, none twice, and their number is allowed. The
    places go to those with most votes; a candidate is in if fewer others than places have as many or
    more; out if as many others as places have more, or without a vote; else tied.
    """

    def counts_for_anyone(ballot):
        for name in ballot:
            if name not in keys or ballot.count(name) > 1:
                return False
        return not (len(ballot) < rules["min_choices"] or len(ballot) > rules["max_choices"])

    votes = {}
    for key in keys:
        votes[key] = 0
        for ballot in ballots:
            if counts_for_anyone(ballot) and key in ballot:
                votes[key] += 1
    winners, tied = set(), set()
    for key in keys:
        ahead = sum(1 for other in keys if votes[other] > votes[key])
        level = sum(1 for other in keys if other != key and votes[other] == votes[key])
        if votes[key] == 0 or ahead >= rules["places"]:
            continue
        (winners if ahead + level < rules["places"] else tied).add(key)
    return votes, winners, tied, sum(1 for ballot in ballots if counts_for_anyone(ballot))


@st.composite
def elections(draw):
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, unique=True))
    fewest = draw(st.integers(0, 3))
    rules = {
        "places": draw(st.integers(1, 5)),
        "min_choices": fewest,
        "max_choices": draw(st.integers(max(1, fewest), 5)),
    }
    ballots = draw(st.lists(st.lists(st.sampled_from([*KEYS, "stranger"]), max_size=6), max_size=25))
    return rules, keys, ballots


def counted(rules, keys, ballots):
    envelopes = [("staff", json.dumps({"choices": ballot}), 1) for ballot in ballots]
    return count(rules=rules, keys=keys, envelopes=envelopes, roll={"staff": 500})


@given(elections())
def test_the_count_is_that_of_the_slow_counter(election):
    rules, keys, ballots = election
    result = counted(rules, keys, ballots)
    votes, winners, tied, valid = slow_count(rules, keys, ballots)
    assert result.counts == votes
    assert (set(result.winners), set(result.tied)) == (winners, tied)
    assert (result.ballots, result.valid, result.void) == (len(ballots), valid, len(ballots) - valid)
    assert result.scores == {key: str(votes[key]) for key in keys}


@given(elections(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_and_candidates_changes_nothing(election, chance):
    rules, keys, ballots = election
    before = counted(rules, keys, ballots)
    chance.shuffle(keys)
    chance.shuffle(ballots)
    assert counted(rules, keys, ballots) == before


@given(elections())
def test_never_more_winners_than_places_and_nobody_without_a_vote(election):
    rules, keys, ballots = election
    result = counted(rules, keys, ballots)
    assert len(result.winners) <= rules["places"]
    assert all(result.counts[key] > 0 for key in [*result.winners, *result.tied])
    assert not set(result.winners) & set(result.tied)
    if result.tied:
        assert 0 < result.open_places < len(result.tied)
        assert len({result.counts[key] for key in result.tied}) == 1
    else:
        assert result.open_places == 0


@given(elections(), st.integers(2, 5))
def test_equal_ballots_counted_together_or_one_by_one_are_the_same(election, times):
    rules, keys, ballots = election
    together = [("staff", json.dumps({"choices": ballot}), times) for ballot in ballots]
    assert count(rules=rules, keys=keys, envelopes=together, roll={"staff": 500}) == counted(
        rules, keys, ballots * times
    )


@given(elections())
def test_winners_stand_in_the_order_of_their_votes(election):
    rules, keys, ballots = election
    result = counted(rules, keys, ballots)
    order = [(-result.counts[key], key) for key in result.winners]
    assert order == sorted(order)
    assert sum(map(Fraction, result.scores.values())) == sum(result.counts.values())


@pytest.mark.parametrize(
    ("counts", "places", "winners", "tied"),
    [
        ({"a": 3, "b": 2, "c": 1}, 2, ["a", "b"], []),
        ({"a": 3, "b": 2, "c": 2}, 2, ["a"], ["b", "c"]),
        ({"a": 2, "b": 2, "c": 2}, 2, [], ["a", "b", "c"]),
        ({"a": 2, "b": 2, "c": 1}, 2, ["a", "b"], []),
        ({"a": 2, "b": 2, "c": 2}, 3, ["a", "b", "c"], []),
        ({"a": 1, "b": 0, "c": 0}, 2, ["a"], []),
        ({"a": 0, "b": 0}, 1, [], []),
        ({"b": 1, "a": 1}, 1, [], ["a", "b"]),
        ({"c": 5, "b": 1, "a": 1, "d": 1}, 3, ["c"], ["a", "b", "d"]),
    ],
)
def test_places(counts, places, winners, tied):
    assert places_of(counts, places) == (winners, tied)


def test_the_envelope_is_the_same_whatever_the_order_of_choosing():
    assert seal_choices(["b", "a"]) == seal_choices(["a", "b"]) == '{"choices":["a","b"]}'
    assert choices_in('{"choices":["a","b"]}') == ["a", "b"]


@pytest.mark.parametrize("envelope", ["", "x", "null", "[]", "{}", '{"choices":"a"}', '{"choices":[1]}'])
def test_what_is_no_envelope_is_a_void_ballot(envelope):
    assert choices_in(envelope) is None
    rules = {"places": 1, "min_choices": 0, "max_choices": 1}
    result = count(rules=rules, keys=["a"], envelopes=[("staff", envelope, 2)], roll={"staff": 9})
    assert (result.void, result.valid, result.ballots, result.roll) == (2, 0, 2, 9)


@pytest.mark.parametrize(
    ("choices", "valid"),
    [(["a"], True), (["a", "b"], True), ([], False), (["a", "b", "c"], False), (["a", "a"], False), (["x"], False)],
)
def test_which_ballots_count(choices, valid):
    assert is_valid(choices, frozenset("abc"), 1, 2) is valid
