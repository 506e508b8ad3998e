"""The doors `tick` and `outbox`, and the mails they name."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from collections import Counter

import pytest

from .conftest import NOW, lines

pytestmark = pytest.mark.xdist_group("doors")

STATES = {"planned", "held", "claimed", "sent", "skipped", "expired", "failed"}
FIELDS = {
    "rule",
    "object",
    "occasion",
    "recipient",
    "channel",
    "due",
    "until",
    "state",
    "tries",
    "sent_at",
    "message_id",
}
LATER = (dt.datetime.fromisoformat(NOW) + dt.timedelta(days=4)).isoformat()
# Columns of the outbox that say anything in words, and what must never stand beside them.
SPOKEN = {"subject", "text", "body", "html", "failure"}


def outbox(hall, *words) -> list[dict]:
    return lines(hall.manage("outbox", "--json", *words).stdout)


def mails(hall) -> list[email.message.EmailMessage]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((hall.var / "mail").glob("*.eml"))
    ]


def test_the_outbox_has_its_fields_and_never_words(still):
    rows = outbox(still)
    assert len(rows) > 50
    for row in rows:
        assert set(row) >= FIELDS
        assert set(row).isdisjoint(SPOKEN)
        assert row["state"] in STATES
        assert dt.datetime.fromisoformat(row["due"]).tzinfo
        assert dt.datetime.fromisoformat(row["until"]) >= dt.datetime.fromisoformat(row["due"])
        assert (row["sent_at"] is not None) == (row["state"] == "sent")
    subjects = {str(mail["Subject"]) for mail in mails(still)}
    printed = still.manage("outbox", "--json").stdout
    assert subjects
    assert not [subject for subject in subjects if subject in printed]
    assert len({row["message_id"] for row in rows}) == len(rows)


def test_the_state_narrows_the_outbox(still):
    rows = outbox(still)
    counted = Counter(row["state"] for row in rows)
    for state in STATES:
        given = outbox(still, "--state", state)
        assert {row["state"] for row in given} <= {state}
        assert len(given) == counted[state]
    assert still.manage("outbox", "--json", "--state", "nonsense", check=False).returncode != 0


def test_a_mail_carries_the_message_id_of_its_row(still):
    sent = {row["message_id"]: row for row in outbox(still, "--state", "sent") if row["channel"] == "mail"}
    found = mails(still)
    assert Counter(str(mail["Message-ID"]) for mail in found) == Counter(sent.keys())
    for mail in found:
        assert str(mail["To"]).split("@")[0].strip("<") == sent[str(mail["Message-ID"])]["username"].lower()


def test_ticking_twice_does_nothing_twice(still):
    before = {row["message_id"]: row for row in outbox(still)}
    still.manage("tick", "--at", LATER)
    once, letters = outbox(still), len(mails(still))
    rounds = still.manage("election_bundle", "--list", "--json").stdout
    assert len(once) > len(before), "four days later something new was due"
    still.manage("tick", "--at", LATER)
    assert outbox(still) == once
    assert len(mails(still)) == letters
    assert still.manage("election_bundle", "--list", "--json").stdout == rounds
    after = {row["message_id"]: row for row in once}
    assert before.keys() <= after.keys()
    for message_id, row in before.items():
        if row["state"] == "sent":
            assert after[message_id] == row


def test_going_step_by_step_and_again(still):
    words = ("tick", "--from", NOW, "--every", "12h", "--at", LATER)
    said = still.manage(*words).stdout.splitlines()
    assert len(said) == 9, "eight steps of half a day, and the end"
    first = outbox(still)
    voting = [row["phase"] for row in lines(still.manage("election_bundle", "--list", "--json").stdout)]
    assert "voting" in voting or voting.count("sealed") > 1
    still.manage(*words)
    assert outbox(still) == first


@pytest.mark.parametrize(
    "words",
    [("--at", "tomorrow"), ("--every", "12h"), ("--from", LATER, "--at", NOW), ("--from", NOW, "--every", "x")],
)
def test_what_tick_cannot_read_it_refuses_in_a_sentence(still, words):
    done = still.manage("tick", *words, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
