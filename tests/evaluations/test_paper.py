"""Ballots on paper: handed out once, counted by two, in the box before the seal."""

from __future__ import annotations

import contextlib
import threading

import pytest
from django.db import connection
from django.urls import reverse

from evaluations import closing, paper_forms
from evaluations.balance import balance
from evaluations.exceptions import AlreadyVoted, RoundError
from evaluations.models import Ballot, Election, ElectionEvent, Mark, PaperCount
from evaluations.services import attestations, paper, sealing, table_rewrite
from intranet import clock
from intranet.access.models import AuditEntry
from tests.machine import PATIENCE
from tests.people_of_the_hall import make_user
from tests.together import together

from .hall import BEFORE, DURING_VOTE, ENDS, close, entry, keys_of, make_award, make_hall, place, vote, voting_round
from .test_races import without_unique_mark


@pytest.fixture
def hall(db):
    return make_hall(6)


@pytest.fixture
def second(hall):
    """Another scrutineer."""
    user = make_user(None, "scrutineer", name="监票郑")
    place(user, hall.unit)
    return user


def paper_round(hall, **fields):
    with clock.at(BEFORE):
        award = make_award(hall, paper_allowed=True, **fields)
    return voting_round(hall, award)


def give(election, user, by):
    with clock.at(DURING_VOTE):
        paper.hand_out(election=election, entry=entry(election, user), by=by)


def closed(election):
    with clock.at(ENDS):
        sealing.close_voting(election, None)
    return election


def count(election, by, ballots, returned=None):
    number = sum(n for _choices, n in ballots) if returned is None else returned
    with clock.at(ENDS):
        return paper.enter_count(election=election, box="staff", returned=number, ballots=ballots, by=by)


def refusal_of(work, *args, **more) -> str:
    with pytest.raises(RoundError) as caught:
        work(*args, **more)
    return str(caught.value)


# Handing out


def test_whoever_is_handed_a_ballot_cannot_vote_on_screen_and_is_handed_no_second(hall, english):
    election = paper_round(hall)
    give(election, hall.staff[4], hall.scrutineer)
    assert Mark.objects.get(entry=entry(election, hall.staff[4])).on_paper
    assert Ballot.objects.count() == 0
    with pytest.raises(AlreadyVoted):
        vote(election, hall.staff[4], keys_of(election)[0])
    assert refusal_of(give, election, hall.staff[4], hall.officer) == (
        "This person holds a ballot on paper already. Nothing was recorded."
    )
    assert (Mark.objects.count(), Ballot.objects.count()) == (1, 0)
    written = AuditEntry.objects.filter(action="evaluations.hand_out").values_list("label", "data")
    assert all(hall.staff[4].name not in str(one) for one in written)


def test_whoever_has_voted_is_handed_nothing(hall, english):
    election = paper_round(hall)
    vote(election, hall.staff[4], keys_of(election)[0])
    said = refusal_of(give, election, hall.staff[4], hall.officer)
    assert said == "This person's ballot is already recorded, so no ballot on paper may be handed out."
    assert not Mark.objects.get().on_paper


def test_only_scrutineers_and_officers_who_do_not_stand_hand_out(hall, english):
    election = paper_round(hall)
    assert refusal_of(give, election, hall.staff[4], hall.staff[5]).startswith("Only union officers may do this.")
    standing = hall.staff[0]
    standing.groups.add(*hall.scrutineer.groups.all())
    standing.__dict__.pop("_role_keys", None)
    assert "You stand in this round yourself" in refusal_of(give, election, hall.staff[4], standing)
    assert not Mark.objects.exists()


def test_ballots_are_handed_out_only_while_voting_is_open_and_where_the_rules_know_them(hall, english):
    other = voting_round(hall, make_award(hall))
    election = paper_round(hall)
    assert refusal_of(give, other, hall.staff[4], hall.officer) == (
        "The rules of this round know no ballots on paper."
    )
    with clock.at(DURING_VOTE):
        of_the_other = entry(other, hall.staff[4])
        assert "not on the roll" in refusal_of(paper.hand_out, election=election, entry=of_the_other, by=hall.officer)
    closed(election)
    assert refusal_of(give, election, hall.staff[4], hall.officer).startswith("Ballots are handed out only while")


# Counting


def test_two_equal_counts_put_the_ballots_into_the_box_and_are_emptied(hall, second):
    election = paper_round(hall)
    first_key, second_key, third_key = keys_of(election)
    vote(election, hall.staff[3], third_key)
    for user in hall.staff[:3]:
        give(election, user, hall.scrutineer)
    closed(election)
    entered = count(election, hall.scrutineer, [([first_key], 2), ([], 1)])
    assert not entered.agreed
    assert Ballot.objects.count() == 1
    # The same ballots, read in another order and line by line.
    assert count(election, second, [([], 1), ([first_key], 1), ([first_key], 1)]).agreed
    assert Ballot.objects.count() == 4
    kept = list(PaperCount.objects.values_list("returned", "ballots", "counted_at"))
    assert kept == [(3, [], ENDS), (3, [], ENDS)]
    assert closing.totals(election) == {"handed_out": 3, "returned": 3}
    close(election)
    assert election.result["counts"] == {first_key: 2, second_key: 0, third_key: 1}
    assert (election.result["valid"], election.result["void"]) == (3, 1)


def test_different_counts_stop_and_say_for_how_many_candidates(hall, second, english):
    election = paper_round(hall)
    one, two, three = keys_of(election)
    for user in hall.staff[:2]:
        give(election, user, hall.scrutineer)
    closed(election)
    count(election, hall.scrutineer, [([one], 2)])
    assert "differ for 2 candidates. " in count(election, second, [([one], 1), ([two], 1)]).sentence
    assert Ballot.objects.count() == 0
    assert "differ in the number of ballots returned" in count(election, second, [([one], 1)]).sentence
    # Equal totals of the candidates, other ballots.
    count(election, hall.scrutineer, [([one, two], 1), ([], 1)])
    assert "but not the single ballots" in count(election, second, [([one], 1), ([two], 1)]).sentence
    assert Ballot.objects.count() == 0
    assert three not in "".join(ElectionEvent.objects.values_list("what", flat=True))
    # Either may correct their own count; then both agree.
    assert count(election, hall.scrutineer, [([one], 1), ([two], 1)]).agreed


def test_one_person_cannot_be_both(hall, second):
    election = paper_round(hall)
    give(election, hall.staff[0], hall.scrutineer)
    closed(election)
    for _again in range(2):
        assert not count(election, hall.scrutineer, [([keys_of(election)[0]], 1)]).agreed
    assert Ballot.objects.count() == 0


def test_what_cannot_be_is_refused(hall, second, english):
    election = paper_round(hall)
    key = keys_of(election)[0]
    for user in hall.staff[:2]:
        give(election, user, hall.scrutineer)
    assert "after voting is closed" in refusal_of(count, election, hall.scrutineer, [])
    closed(election)
    by = hall.scrutineer
    assert "between 0 and 2" in refusal_of(count, election, by, [([key], 3)])
    assert "the ballots entered are 1" in refusal_of(count, election, by, [([key], 1)], returned=2)
    assert "not a candidate" in refusal_of(count, election, by, [(["nobody"], 1)])
    assert "at least 1" in refusal_of(count, election, by, [([key], 2), ([], 0)])
    assert "Only a scrutineer" in refusal_of(count, election, hall.officer, [])
    with clock.at(ENDS):
        assert "No ballots on paper" in refusal_of(
            paper.enter_count, election=election, box="nowhere", returned=0, ballots=[], by=by
        )
    assert not PaperCount.objects.exists()
    count(election, by, [([key], 2)])
    count(election, second, [([key], 2)])
    assert "counted already" in refusal_of(count, election, by, [([key], 2)])


def test_none_returned_is_a_count_too(hall, second):
    election = paper_round(hall)
    give(election, hall.staff[0], hall.scrutineer)
    closed(election)
    assert closing.boxes_to_count(election) == ["staff"]
    count(election, hall.scrutineer, [])
    assert count(election, second, []).agreed
    assert closing.boxes_to_count(election) == []
    assert Ballot.objects.count() == 0


# Sealing waits


def test_sealing_waits_for_paper_that_two_have_not_counted(own_database, english):
    hall = make_hall(4)
    second = make_user(None, "scrutineer")
    election = paper_round(hall)
    key = keys_of(election)[0]
    give(election, hall.staff[3], hall.scrutineer)
    with clock.at(ENDS):
        sealing.seal(election=election)
        election.refresh_from_db()
        assert (election.closed_at, election.sealed_at) == (ENDS, None)
        assert "wait to be counted by two scrutineers" in election.blocked_reason
        count(election, hall.scrutineer, [([key], 1)])
        assert sealing.seal(election=election).sealed_at is None
        with pytest.raises(RoundError, match="wait to be counted"):
            sealing.declare_sealed(election, None)
        count(election, second, [([key], 1)])
        sealing.seal(election=election)
    election.refresh_from_db()
    assert election.sealed_at == ENDS
    assert election.result["counts"][key] == 1


def test_a_round_without_paper_or_confirmations_is_sealed_by_the_clock(own_database):
    hall = make_hall(4)
    election = paper_round(hall)
    with clock.at(ENDS):
        assert sealing.seal(election=election).sealed_at == ENDS


def test_a_round_broken_off_forgets_what_was_read_from_paper(hall):
    election = paper_round(hall)
    give(election, hall.staff[3], hall.scrutineer)
    closed(election)
    count(election, hall.scrutineer, [([keys_of(election)[0]], 1)])
    Election.objects.filter(pk=election.pk).update(phase=Election.Phase.CANCELLED)
    election.refresh_from_db()
    closed(election)
    assert not PaperCount.objects.exists()


# Two close and seal


def test_two_scrutineers_confirm_before_the_seal(own_database, english):
    hall = make_hall(4)
    second = make_user(None, "scrutineer")
    election = voting_round(hall, make_award(hall, sealed_by_two=True))
    vote(election, hall.staff[3], keys_of(election)[0])
    attest = {"election": election, "act": "close"}
    with clock.at(DURING_VOTE):
        assert "still open" in refusal_of(attestations.attest, by=second, **attest)
    with clock.at(ENDS):
        sealing.seal(election=election)
        election.refresh_from_db()
        assert election.sealed_at is None
        assert election.blocked_reason.startswith("2 scrutineers must still confirm")
        assert attestations.attest(by=hall.scrutineer, **attest) == 1
        assert "already" in refusal_of(attestations.attest, by=hall.scrutineer, **attest)
        assert sealing.seal(election=election).sealed_at is None
        assert attestations.attest(by=second, **attest) == 2
        sealing.seal(election=election)
    election.refresh_from_db()
    assert election.sealed_at == ENDS
    said = [what for what in election.events.values_list("what", flat=True) if "确认" in what or "Confirmed" in what]
    assert len(said) == 2


def test_who_stands_or_is_no_scrutineer_confirms_nothing(hall, second, english):
    election = voting_round(hall, make_award(hall, sealed_by_two=True))
    closed(election)
    with clock.at(ENDS):
        assert "Only a scrutineer" in refusal_of(attestations.attest, election=election, act="close", by=hall.officer)
        standing = hall.staff[0]
        standing.groups.add(*second.groups.all())
        standing.__dict__.pop("_role_keys", None)
        assert "stand in this round" in refusal_of(attestations.attest, election=election, act="close", by=standing)


def test_closing_is_confirmed_after_the_paper_is_counted_and_only_where_the_rules_ask(hall, second, english):
    other = voting_round(hall, make_award(hall))
    election = paper_round(hall, sealed_by_two=True)
    give(election, hall.staff[3], hall.scrutineer)
    closed(election)
    with clock.at(ENDS):
        said = refusal_of(attestations.attest, election=election, act="close", by=second)
        assert "wait to be counted" in said
        assert "sealed by itself" in refusal_of(attestations.attest, election=other, act="close", by=second)


def test_the_record_is_signed_once_counted(hall, second, english):
    election = voting_round(hall)
    vote(election, hall.staff[3], keys_of(election)[0])
    with clock.at(ENDS):
        assert "opened and counted" in refusal_of(attestations.attest, election=election, act="record", by=second)
    close(election)
    with clock.at(ENDS):
        assert attestations.attest(election=election, act="record", by=second) == 1
        assert "no lot" in refusal_of(attestations.attest, election=election, act="lot", by=second)
    assert election.sealing_root in election.events.order_by("number").last().what


# The balance


def test_the_boxes_balance_and_a_lost_ballot_is_seen(hall, second):
    election = paper_round(hall)
    key = keys_of(election)[0]
    vote(election, hall.staff[3], key)
    give(election, hall.staff[4], hall.officer)
    give(election, hall.staff[5], hall.officer)
    assert balance(election) == []
    closed(election)
    (row,) = balance(election)
    assert (row.on_screen, row.on_paper, row.counted_paper, row.holds) == (1, 2, False, True)
    count(election, hall.scrutineer, [([key], 1)])
    count(election, second, [([key], 1)])
    close(election)
    (row,) = balance(election)
    assert (row.issued, row.paper_returned, row.ballots, row.valid, row.void, row.holds) == (3, 1, 2, 2, 0, True)
    Ballot.objects.first().delete()
    (row,) = balance(election)
    assert not row.holds


# Pages


def test_the_pages_from_the_roll_to_the_box(hall, second, client, english):
    election = paper_round(hall)
    page = reverse("evaluations:paper", args=[election.slug])
    one, two, three = keys_of(election)
    vote(election, hall.staff[5], two)
    voter = hall.staff[4]
    client.cookies["django_language"] = "en"
    client.force_login(hall.scrutineer)
    with clock.at(DURING_VOTE):
        found = client.get(page, {"q": voter.username}).content.decode()
        assert f"?entry={entry(election, voter).pk}" in found
        assert (
            "Hand out a ballot on paper?" in client.get(page, {"entry": entry(election, voter).pk}).content.decode()
        )
        assert client.post(page, {"entry": entry(election, voter).pk}).status_code == 302
        listed = client.get(page).content.decode()
        assert voter.username in listed
        assert hall.staff[5].username not in listed
        assert client.post(page, {"entry": "999999999999"}).status_code == 404
        client.force_login(voter)
        ballot = client.get(reverse("evaluations:vote", args=[election.slug])).content.decode()
        assert "You were handed a ballot on paper" in ballot
        assert Mark.objects.get(on_paper=True).receipt not in ballot
        again = client.post(reverse("evaluations:vote", args=[election.slug]), {"choice": [one]})
        assert again.status_code == 409
        assert "You were handed a ballot on paper" in again.content.decode()
    closed(election)
    sheet = reverse("evaluations:paper_count", args=[election.slug, "staff"])
    typed = {"lines": "8", "returned": "1", "count-1": "1", "mark-1": [one, three]}
    with clock.at(ENDS):
        client.force_login(hall.scrutineer)
        assert "Ballots returned" in client.get(sheet).content.decode()
        assert client.post(sheet, {**typed, "more": "1"}).content.decode().count('name="count-') == 16
        wrong = client.post(sheet, {**typed, "returned": "x"})
        assert (wrong.status_code, PaperCount.objects.count()) == (422, 0)
        assert client.post(sheet, typed).status_code == 302
        assert "checked" in client.get(sheet).content.decode()
        client.force_login(second)
        assert " checked" not in client.get(sheet).content.decode()
        assert client.post(sheet, typed).status_code == 302
    assert Ballot.objects.count() == 2


def test_unreadable_ballots_are_entered_as_void(hall, second, client):
    election = paper_round(hall)
    give(election, hall.staff[4], hall.officer)
    closed(election)
    sheet = reverse("evaluations:paper_count", args=[election.slug, "staff"])
    for user in (hall.scrutineer, second):
        client.force_login(user)
        with clock.at(ENDS):
            assert client.post(sheet, {"returned": "1", "void": "1"}).status_code == 302
    close(election)
    assert (election.result["valid"], election.result["void"]) == (0, 1)


def test_the_page_of_the_scrutineers_says_what_is_missing(hall, second, client):
    election = paper_round(hall, sealed_by_two=True)
    give(election, hall.staff[4], hall.officer)
    page = reverse("evaluations:scrutiny", args=[election.slug])
    client.force_login(second)
    client.cookies["django_language"] = "en"
    with clock.at(DURING_VOTE):
        assert "Box by box" not in client.get(page).content.decode()
    closed(election)
    with clock.at(ENDS):
        shown = client.get(page).content.decode()
        assert "wait to be counted by two scrutineers" in shown
        assert "Box by box" in shown
        # Nothing differs yet, and nothing is said to be right before it is counted.
        assert "Everything balances" not in shown
        for user in (hall.scrutineer, second):
            count(election, user, [])
        attest = reverse("evaluations:attest", args=[election.slug, "close"])
        shown = client.get(page).content.decode()
        assert "Everything balances" in shown
        assert attest in shown
        assert client.post(attest).status_code == 302
        # Whoever has confirmed is not asked again.
        assert attest not in client.get(page).content.decode()
    assert closing.attested(election, "close") == 1


# Races


def meet(monkeypatch, election, hall, hand=paper.hand_out):
    """A voter votes on screen just when somebody has seen that no mark is there, and is about to hand out a ballot.

    Whoever holds the lock is waited for; the paper goes on after a moment in which nobody could vote.
    """
    checked, voted = threading.Event(), threading.Event()
    voter, key, look = entry(election, hall.staff[3]), keys_of(election)[0], paper._refuse_marked

    def looked(found):
        look(found)
        checked.set()
        voted.wait(timeout=1)

    def work(number: int) -> None:
        if number:
            assert checked.wait(timeout=PATIENCE)
            with contextlib.suppress(AlreadyVoted):
                vote(election, hall.staff[3], key)
            voted.set()
            return
        with clock.at(DURING_VOTE):
            hand(election=election, entry=voter, by=hall.scrutineer)

    monkeypatch.setattr(paper, "_refuse_marked", looked)
    together(2, work)
    return Mark.objects.filter(election=election).count(), Ballot.objects.filter(election=election).count()


def test_screen_and_paper_at_once_make_one_mark(own_database, monkeypatch):
    hall = make_hall(4)
    assert meet(monkeypatch, paper_round(hall), hall) == (1, 0)


def test_the_lock_alone_keeps_screen_and_paper_apart(own_database, monkeypatch):
    """Without the unique key behind it."""
    hall = make_hall(4)
    election = paper_round(hall)
    without_unique_mark()
    assert meet(monkeypatch, election, hall) == (1, 0)


@pytest.mark.control
def test_without_the_lock_a_voter_has_both(own_database, monkeypatch):
    hall = make_hall(4)
    election = paper_round(hall)
    without_unique_mark()
    if connection.vendor == "postgresql":
        monkeypatch.setattr(paper, "_locked_voter", lambda election, entry: entry)
        hand = paper.hand_out
    else:
        # On SQLite the transaction is the lock.
        hand = paper.hand_out.__wrapped__
    assert meet(monkeypatch, election, hall, hand) == (2, 1)


def test_two_counts_entered_at_once_go_into_the_box_once(own_database):
    hall = make_hall(4)
    scrutineers = [hall.scrutineer, make_user(None, "scrutineer"), make_user(None, "scrutineer")]
    election = paper_round(hall)
    key = keys_of(election)[0]
    for user in hall.staff[:3]:
        give(election, user, hall.officer)
    closed(election)

    def work(number: int) -> None:
        # The third comes when two have agreed.
        with contextlib.suppress(RoundError):
            count(election, scrutineers[number], [([key], 3)])

    together(3, work)
    assert Ballot.objects.filter(election=election).count() == 3
    assert PaperCount.objects.filter(election=election, counted_at__isnull=False).count() == 2


def test_killed_before_the_commit_nothing_is_in_the_box(own_database, monkeypatch):
    hall = make_hall(4)
    second = make_user(None, "scrutineer")
    election = paper_round(hall)
    key = keys_of(election)[0]
    give(election, hall.staff[3], hall.officer)
    closed(election)
    count(election, hall.scrutineer, [([key], 1)])

    class Killed(BaseException):
        pass

    def kill(*args):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("evaluations.services.paper.events.append", kill)
        with pytest.raises(Killed):
            count(election, second, [([key], 1)])
    assert Ballot.objects.count() == 0
    assert not PaperCount.objects.filter(counted_at__isnull=False).exists()
    assert count(election, second, [([key], 1)]).agreed


def test_the_tables_are_waited_for(hall, django_assert_num_queries):
    """On PostgreSQL the tables are locked before the mark is looked at; on SQLite the transaction does it."""
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 0):
        table_rewrite.wait_for_new_tables()


@pytest.mark.parametrize(("typed", "number"), [("", 0), (" ", 0), ("0", 0), ("３", 3), (" １２ ", 12), ("0３", 3)])
def test_numbers_are_read_as_people_type_them(typed, number):
    assert paper_forms.whole(typed, "here") == number


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-1", "“-1” must be 0 or more (here)."),
        ("－１", "“－１” must be 0 or more (here)."),
        ("x", "“x” is not a number (here)."),
        ("-", "“-” is not a number (here)."),
        ("1.5", "“1.5” is not a number (here)."),
        ("²", "“²” is not a number (here)."),
        ("1234567", "“1234567” is not a number (here)."),
    ],
)
def test_what_is_no_number_of_ballots_is_said(english, typed, sentence):
    with pytest.raises(RoundError) as refused:
        paper_forms.whole(typed, "here")
    assert str(refused.value) == sentence
