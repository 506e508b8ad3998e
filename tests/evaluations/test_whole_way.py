"""A round from plan to honours, through the services and the clock, on a database with real commits."""

from __future__ import annotations

import datetime as dt

from django.utils import translation

from evaluations.models import Election
from evaluations.services import events, nominations, results, rounds
from intranet import clock
from intranet.people.signals import honour_published

from .hall import CLOSES, ENDS, OPENS, keys_of, make_hall, opened, vote, voting_round


def test_a_round_goes_its_whole_way(own_database, settings):
    settings.LANGUAGE_CODE = "en"  # the language in which events are kept
    hall = make_hall()
    election = voting_round(hall)
    first, second, third = keys_of(election)
    for user in hall.staff[:3]:
        vote(election, user, first)
    vote(election, hall.staff[3], second, first)
    vote(election, hall.staff[4], second)
    vote(election, hall.staff[5], third)
    rounds.advance(ENDS)
    election.refresh_from_db()
    assert election.phase == "sealed"
    assert election.result["counts"] == {first: 4, second: 2, third: 1}
    assert election.result["winners"] == [first, second]
    heard = []

    def listen(sender, **facts):
        heard.append((facts["subject"], facts["title"], facts["day"]))

    honour_published.connect(listen)
    try:
        with clock.at(clock.parse("2026-11-07T10:00")):  # a Saturday
            results.start_notice(election=election, by=hall.officer)
        assert (election.notice_first, election.notice_last) == (dt.date(2026, 11, 9), dt.date(2026, 11, 13))
        with clock.at(clock.parse("2026-11-10T10:00")):
            assert results.recount(election=election, by=hall.scrutineer) is True
        rounds.advance(clock.parse("2026-11-13T23:59"))
        assert Election.objects.get(pk=election.pk).phase == "public_notice"
        rounds.advance(clock.parse("2026-11-14T00:00"))
        rounds.advance(clock.parse("2026-11-14T00:00"))
    finally:
        honour_published.disconnect(listen)
    election.refresh_from_db()
    assert election.phase == "published"
    honours = election.honours.order_by("pk")
    assert [row.person for row in honours] == [hall.person(0), hall.person(1)]
    assert [subject for subject, _title, _day in heard] == [hall.person(0), hall.person(1)]
    assert heard[0][1] == f"2026年10月{election.award.name}"
    assert heard[0][2] == dt.date(2026, 11, 14)
    chain = list(election.events.order_by("number"))
    assert [row.number for row in chain] == list(range(1, len(chain) + 1))
    assert [row.previous for row in chain] == ["", *[row.hash for row in chain][:-1]]
    assert events.head(election) == chain[-1].hash
    said = [
        "Round planned",
        f"Opened; {election.roll_size} on the roll, root of rules and roll {election.opening_root}",
        "Recommendation opened",
        "Recommendation closed, review began",
        "Review finished; 3 candidates",
        "Voting opened",
        "Voting closed",
        f"Ballots sealed: 6 of {election.roll_size}, root of the boxes {election.sealing_root}",
        f"Inputs frozen, hash {election.inputs_hash}",
        "Boxes opened: valid 6, void 0",
        f"Public notice from 9 November 2026 to 13 November 2026, record {election.record_root}",
        "Recounted: agrees",
        "Commended: 2 honours",
    ]
    assert [row.what for row in chain] == said
    officer, scrutineer = "工会周 (Union officer)", "监票吴 (Scrutineer)"
    assert [row.who for row in chain] == [
        *(officer, officer, "clock", "clock", officer),
        *("clock", "clock", "clock", "clock", "clock", officer, scrutineer, "clock"),
    ]


def test_after_an_outage_the_clock_goes_through_everything_in_order(own_database):
    hall = make_hall(4)
    election = opened(hall)
    with clock.at(OPENS):
        given = nominations.recommend(election=election, kind="self", reason="好", by=hall.staff[0])
    rounds.advance(CLOSES)
    with clock.at(CLOSES):
        nominations.approve(nomination=given, by=hall.officer)
        rounds.finish_review(election=election, by=hall.officer)
    rounds.advance(ENDS + dt.timedelta(days=3))
    election.refresh_from_db()
    assert election.phase == "sealed"
    assert (election.result["ballots"], election.result["winners"]) == (0, [])
    with translation.override("en"):
        assert election.blocked_reason == "Nobody received a vote. Annul this round; it can be held again."
    assert election.closed_at == election.sealed_at == ENDS + dt.timedelta(days=3)
