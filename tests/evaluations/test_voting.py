"""Who may cast which ballot when, and what they are told."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations.exceptions import AlreadyVoted, BallotError
from evaluations.models import Ballot, Candidate, Election, Mark
from evaluations.services import rounds, voting
from evaluations.tally import choices_in
from intranet import clock
from tests.people_of_the_hall import make_user

from .hall import DURING_VOTE, ENDS, OPENS, VOTES, close, entry, keys_of, make_award, make_hall, opened, voting_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def hall():
    return make_hall(5)


@pytest.fixture
def election(hall):
    return voting_round(hall, make_award(hall, min_choices=2, max_choices=3), candidates=4)


def cast(election, user, choices, receipt=None, at=DURING_VOTE):
    with clock.at(at):
        return voting.cast_ballot(
            election=election, user=user, choices=choices, receipt=receipt or voting.new_receipt()
        )


def refused(election, user, choices, receipt=None, at=DURING_VOTE):
    """The sentence with which a ballot is refused; nothing may have been written."""
    before = (Mark.objects.count(), Ballot.objects.count())
    with pytest.raises(BallotError) as refusal:
        cast(election, user, choices, receipt, at)
    assert (Mark.objects.count(), Ballot.objects.count()) == before
    return str(refusal.value)


@pytest.mark.parametrize("sent", ["\0", "a\0b", "😀", "0" * 9000, "' OR 1=1 --"])
def test_what_names_no_candidate_is_never_given_to_the_database(election, hall, sent):
    with CaptureQueriesContext(connection) as asked:
        said = refused(election, hall.staff[4], [keys_of(election)[0], sent])
    assert said == "The ballot names someone who is not a candidate. Please open the ballot again."
    assert not any(sent in query["sql"] for query in asked.captured_queries)


def test_a_ballot_is_kept_apart_from_its_mark(election, hall):
    keys = keys_of(election)
    receipt = voting.new_receipt()
    assert cast(election, hall.staff[4], [keys[2], keys[0]], receipt) == receipt
    mark, ballot = Mark.objects.get(), Ballot.objects.get()
    assert (mark.election, mark.entry, mark.receipt) == (election, entry(election, hall.staff[4]), receipt)
    assert (ballot.election, ballot.box) == (election, "staff")
    assert choices_in(ballot.envelope) == sorted([keys[0], keys[2]])
    assert voting.has_voted(entry(election, hall.staff[4])) is True
    assert voting.has_voted(entry(election, hall.staff[3])) is False
    assert voting.turnout(election) == (1, election.roll_size)


def test_one_may_vote_for_oneself(election, hall):
    keys = keys_of(election)
    cast(election, hall.staff[0], keys[:2])


def test_the_number_of_choices(election, hall):
    keys = keys_of(election)
    assert refused(election, hall.staff[0], []) == "Choose at least 2 candidates. Nothing was recorded."
    assert refused(election, hall.staff[0], keys[:1]) == "Choose at least 2 candidates. Nothing was recorded."
    assert refused(election, hall.staff[0], keys[:4]) == "Choose at most 3 candidates. Nothing was recorded."
    cast(election, hall.staff[0], keys[:2])
    cast(election, hall.staff[1], keys[:3])


def test_which_choices(election, hall):
    keys = keys_of(election)
    said = refused(election, hall.staff[0], [keys[0], keys[0]])
    assert said == "A candidate is chosen twice. Choose each at most once."
    said = refused(election, hall.staff[0], [keys[0], "nobody"])
    assert said == "The ballot names someone who is not a candidate. Please open the ballot again."
    other = Candidate.objects.create(election=opened(hall), key="abcd", name="别的")
    assert "not a candidate" in refused(election, hall.staff[0], [keys[0], other.key])


def test_a_second_ballot_is_refused_and_the_first_stays(election, hall):
    keys = keys_of(election)
    first = cast(election, hall.staff[0], keys[:2])
    with pytest.raises(AlreadyVoted) as again:
        cast(election, hall.staff[0], keys[2:4])
    assert (str(again.value), again.value.receipt) == ("Your ballot is already recorded. It was not changed.", "")
    with pytest.raises(AlreadyVoted) as repeated:
        cast(election, hall.staff[0], keys[2:4], first)
    assert repeated.value.receipt == first
    assert choices_in(Ballot.objects.get().envelope) == sorted(keys[:2])


def test_a_repeated_request_after_the_end_still_finds_its_receipt(election, hall):
    first = cast(election, hall.staff[0], keys_of(election)[:2])
    close(election)
    with pytest.raises(AlreadyVoted) as repeated:
        cast(election, hall.staff[0], keys_of(election)[:2], first, at=ENDS + SECOND)
    assert repeated.value.receipt == first


def test_somebody_elses_receipt_is_refused(election, hall):
    taken = cast(election, hall.staff[0], keys_of(election)[:2])
    said = refused(election, hall.staff[1], keys_of(election)[:2], taken)
    assert said == "This page is out of date. Please open the ballot again and send it once more."
    cast(election, hall.staff[1], keys_of(election)[:2])


@pytest.mark.parametrize("receipt", ["x", "x" * 42, "x" * 44, "x" * 42 + "!", "x" * 43 + "\n"])
def test_what_is_no_receipt(receipt, election, hall):
    assert refused(election, hall.staff[0], keys_of(election)[:2], receipt).startswith("This page is out of date.")


def test_receipts_are_random_and_long():
    receipts = {voting.new_receipt() for _ in range(100)}
    assert len(receipts) == 100
    assert all(voting.RECEIPT.fullmatch(receipt) for receipt in receipts)


def test_a_receipt_taken_meanwhile_is_refused_without_repeating_it(election, hall, monkeypatch):
    from django.db import IntegrityError

    def taken(cursor, voter, receipt):
        raise IntegrityError(f"Key (receipt)=({receipt}) already exists")

    monkeypatch.setattr(voting, "_write_mark", taken)
    with pytest.raises(BallotError, match="The ballot was not recorded") as refusal:
        cast(election, hall.staff[0], keys_of(election)[:2])
    assert refusal.value.__suppress_context__


def test_who_is_not_on_the_roll(election, hall):
    stranger = make_user()
    said = refused(election, stranger, keys_of(election)[:2])
    assert said == "You are not on the roll of this round, so you cannot vote in it. If that is wrong, ask the union."
    assert voting.entry_of(election, stranger) is None


def test_voting_is_open_from_its_first_to_before_its_last_second(election, hall):
    keys = keys_of(election)[:2]
    assert (
        refused(election, hall.staff[0], keys, at=VOTES - SECOND) == "Voting is not open yet. Nothing was recorded."
    )
    cast(election, hall.staff[0], keys, at=VOTES)
    cast(election, hall.staff[1], keys, at=ENDS - SECOND)
    assert refused(election, hall.staff[2], keys, at=ENDS) == "Voting in this round is over. Nothing was recorded."


def test_open_rounds_by_instant(election):
    def at(moment):
        return list(Election.objects.open_at(moment))

    assert at(VOTES - SECOND) == []
    assert at(VOTES) == at(ENDS - SECOND) == [election]
    assert at(ENDS) == []
    Election.objects.update(closed_at=VOTES)
    assert at(VOTES) == []


def test_no_ballot_in_other_phases(election, hall):
    keys = keys_of(election)[:2]
    for phase in ("preparation", "recommendation", "review"):
        Election.objects.update(phase=phase)
        assert "not open yet" in refused(election, hall.staff[0], keys)
    for phase in ("sealed", "public_notice", "published", "cancelled", "annulled"):
        Election.objects.update(phase=phase)
        assert "is over" in refused(election, hall.staff[0], keys)
    Election.objects.update(phase="voting", closed_at=DURING_VOTE)
    assert "is over" in refused(election, hall.staff[0], keys)
    Election.objects.update(closed_at=None)
    cast(election, hall.staff[0], keys)


def test_a_transfer_after_opening_changes_nobodys_vote(hall):
    election = voting_round(hall, make_award(hall, electorate="window_staff"))
    leaver = hall.staff[3]
    leaver.person.postings.update(window=None)
    cast(election, leaver, keys_of(election)[:1])


def test_the_clock_opens_voting_for_a_page_that_asks_early(hall):
    election = opened(hall)
    with clock.at(OPENS):
        assert election.is_open_for_votes is False
    rounds.advance(DURING_VOTE)
    assert "not open yet" in refused(election, hall.staff[0], ["x"])


def test_casting_a_ballot_takes_few_queries(election, hall, django_assert_max_num_queries):
    keys = keys_of(election)[:2]
    # savepoint and release, one reading (with its locks on PostgreSQL), mark, ballot
    with django_assert_max_num_queries(5):
        cast(election, hall.staff[0], keys)
