"""Several reminders of one kind to one person arrive as one letter, and each row still counts."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from intranet import clock
from intranet.reminders import claims
from intranet.reminders.grouping import LARGEST
from intranet.reminders.models import InboxMessage, OutboxRow
from intranet.reminders.planner import plan
from intranet.reminders.registry import Text, reminder_rules
from intranet.reminders.services import tick
from intranet.reminders.sweeper import CHANNELS, claim, sweep
from tests.people_of_the_hall import make_user

from .dummy import HOUR, MINUTE, MORNING, DummyRule, registered

pytestmark = pytest.mark.django_db
DAY = 24 * HOUR


@pytest.fixture
def three(rule, member):
    for number in (1, 2, 3):
        rule.add(member, object=f"dummy.plant:{number}")
    return rule


def ids(rows):
    return {row.message_id for row in rows.select_related("leader")}


def test_one_mail_and_one_message_for_three_rows(three, member, client):
    tick(MORNING)
    assert list(OutboxRow.objects.values_list("state", "tries")) == [("sent", 1)] * 6
    [sent] = mail.outbox
    assert sent.subject == "3 条提醒：浇水"
    assert sent.body.count("http://127.0.0.1:8000/inbox/") == 3
    for number in (1, 2, 3):
        assert f"{number}. 请给花浇水 dummy.plant:{number}\n\n该浇水了:dry" in sent.body
    assert ids(OutboxRow.objects.filter(channel="mail")) == {sent.extra_headers["Message-ID"]}
    message = InboxMessage.objects.get()
    assert (message.subject, message.url) == ("3 条提醒：浇水", "")
    assert {"subject": "请给花浇水 dummy.plant:2", "body": "该浇水了:dry", "url": "/inbox/"} in message.items
    client.force_login(member)
    page = client.get(reverse("reminders:message", args=[message.pk])).content.decode()
    assert page.count('class="btn btn-primary" href="/inbox/"') == 3


def test_another_kind_person_channel_or_hour_is_another_letter(three, member):
    other = DummyRule("dummy.other")
    other.add(member)
    three.add(make_user(email="b@hall.test"))
    three.add(member, object="dummy.plant:9", due=MORNING - MINUTE)
    with registered(other):
        tick(MORNING)
    assert len(mail.outbox) == len(ids(OutboxRow.objects.filter(channel="mail"))) == 4
    assert InboxMessage.objects.count() == 4


def test_a_group_that_is_known_to_grow_waits_for_the_last_of_its_hour(rule, member):
    for minute in (0, 20, 40):
        rule.add(member, object=f"dummy.plant:{minute}", due=MORNING + minute * MINUTE)
    rule.add(member, object="dummy.plant:next", due=MORNING + HOUR)
    for minute in (0, 1, 20, 39):
        tick(MORNING + minute * MINUTE)
        assert not mail.outbox
    tick(MORNING + 40 * MINUTE)
    assert [sent.subject for sent in mail.outbox] == ["3 条提醒：浇水"]
    tick(MORNING + HOUR)
    assert mail.outbox[1].subject == "请给花浇水 dummy.plant:next"


def test_what_cannot_wait_for_the_others_goes_at_once(rule, member):
    rule.add(member, object="dummy.plant:1", until=MORNING + 45 * MINUTE)
    rule.add(member, object="dummy.plant:2", due=MORNING + 40 * MINUTE)
    tick(MORNING)
    assert len(mail.outbox) == 1


def test_what_comes_by_itself_goes_at_once(rule, member):
    rule.add(member, object="dummy.plant:1")
    tick(MORNING)
    rule.add(member, object="dummy.plant:2", due=MORNING + MINUTE)
    tick(MORNING + MINUTE)
    assert [sent.subject for sent in mail.outbox] == ["请给花浇水 dummy.plant:1", "请给花浇水 dummy.plant:2"]


class Refusing:
    """A mail server that takes nothing until it is told to."""

    refuses = True

    def __init__(self, monkeypatch):
        def send(channel, letter, now):
            if self.refuses:
                raise OSError("no")
            return message(letter, now)

        message = CHANNELS["mail"].message
        monkeypatch.setattr(type(CHANNELS["mail"]), "message", send)


def test_a_retry_is_the_same_letter_and_takes_no_newcomer(three, member, monkeypatch):
    server = Refusing(monkeypatch)
    tick(MORNING)
    identity = ids(OutboxRow.objects.filter(channel="mail"))
    assert len(identity) == 1
    assert set(OutboxRow.objects.filter(channel="mail").values_list("state", "tries")) == {("planned", 1)}
    three.add(member, object="dummy.plant:late", due=MORNING + MINUTE)
    server.refuses = False
    tick(MORNING + MINUTE)
    assert [sent.subject for sent in mail.outbox] == ["3 条提醒：浇水", "请给花浇水 dummy.plant:late"]
    assert mail.outbox[0].extra_headers["Message-ID"] == identity.pop()
    assert len({sent.extra_headers["Message-ID"] for sent in mail.outbox}) == 2


@pytest.mark.control
def test_without_its_leader_a_letter_sent_again_would_hide_the_newcomer(three, member, monkeypatch):
    """The mail went, the process died; the second try must not say more under the same Message-ID."""
    three.channels = ("mail",)
    plan(MORNING)
    died_holding = claim(CHANNELS["mail"], reminder_rules(), MORNING)
    identity = {row.message_id for row in died_holding}
    past = clock.real_now() - MINUTE
    OutboxRow.objects.update(claimed_until=past, leader=None)
    three.add(member, object="dummy.plant:late", due=MORNING + MINUTE)
    tick(MORNING + MINUTE)
    assert [sent.subject for sent in mail.outbox] == ["4 条提醒：浇水"]
    assert {sent.extra_headers["Message-ID"] for sent in mail.outbox} == identity


def test_a_letter_of_a_dead_process_goes_once_more_as_it_was(three, member):
    three.channels = ("mail",)
    plan(MORNING)
    identity = {row.message_id for row in claim(CHANNELS["mail"], reminder_rules(), MORNING)}
    OutboxRow.objects.update(claimed_until=clock.real_now() - MINUTE)
    three.add(member, object="dummy.plant:late", due=MORNING + MINUTE)
    tick(MORNING + MINUTE)
    assert {mail.outbox[0].extra_headers["Message-ID"]} == identity
    assert len(mail.outbox) == 2


def test_who_leads_may_be_gone_at_the_next_try(three, monkeypatch):
    server = Refusing(monkeypatch)
    tick(MORNING)
    identity = ids(OutboxRow.objects.filter(channel="mail"))
    three.unwanted = {"dummy.plant:1"}
    server.refuses = False
    tick(MORNING + MINUTE)
    [sent] = mail.outbox
    assert (sent.subject, {sent.extra_headers["Message-ID"]}) == ("2 条提醒：浇水", identity)
    three.unwanted = set()
    states = OutboxRow.objects.filter(channel="mail").order_by("object").values_list("state", flat=True)
    assert list(states) == ["skipped", "sent", "sent"]


def test_the_message_id_is_known_before_and_stays(rule, member, monkeypatch):
    rule.channels = ("mail",)
    rule.add(member)
    plan(MORNING)
    row = OutboxRow.objects.get()
    before = row.message_id
    server = Refusing(monkeypatch)
    sweep(MORNING)
    server.refuses = False
    sweep(MORNING + MINUTE)
    assert OutboxRow.objects.get().message_id == before == mail.outbox[0].extra_headers["Message-ID"]


def test_a_batch_holds_whole_letters(rule, monkeypatch):
    """The oldest rows are of many people; each of these gets all of theirs in one letter all the same."""
    monkeypatch.setattr(CHANNELS["mail"], "batch", 2, raising=False)
    people = [make_user(person=False, email=f"p{n}@hall.test") for n in range(5)]
    for plant in range(3):
        for user in people:
            rule.add(user, object=f"dummy.plant:{plant}")
    tick(MORNING)
    assert sorted(sent.subject for sent in mail.outbox) == ["3 条提醒：浇水"] * 5
    assert OutboxRow.objects.filter(state="sent").count() == 30


@pytest.mark.control
def test_without_the_second_look_a_batch_tears_letters(rule, monkeypatch):
    monkeypatch.setattr(CHANNELS["mail"], "batch", 2, raising=False)
    monkeypatch.setattr(claims, "_of_same_letters", lambda ready, heads: ready.filter(pk__in=[h.pk for h in heads]))
    people = [make_user(person=False, email=f"p{n}@hall.test") for n in range(5)]
    for plant in range(3):
        for user in people:
            rule.add(user, object=f"dummy.plant:{plant}")
    tick(MORNING)
    assert len(mail.outbox) > 5


def test_a_claim_is_bounded(rule, member, monkeypatch):
    monkeypatch.setattr(claims, "MOST", 5)
    for user in (member, make_user(email="b@hall.test"), make_user(email="c@hall.test")):
        for plant in range(3):
            rule.add(user, object=f"dummy.plant:{plant}")
    plan(MORNING)
    assert len(claim(CHANNELS["inbox"], reminder_rules(), MORNING)) == 3
    assert sweep(MORNING)["sent"] == 15


def test_a_very_long_list_is_split(rule, member):
    rule.channels = ("mail",)
    for plant in range(LARGEST + 1):
        rule.add(member, object=f"dummy.plant:{plant}")
    tick(MORNING)
    assert [sent.subject for sent in mail.outbox] == [f"{LARGEST} 条提醒：浇水", f"请给花浇水 dummy.plant:{LARGEST}"]


def test_a_channel_that_knows_no_groups_gets_single_letters(three, monkeypatch):
    monkeypatch.setattr(type(CHANNELS["mail"]), "groups", False)
    tick(MORNING)
    assert len(mail.outbox) == 3


class TestOneADay:
    @pytest.fixture
    def overdue(self, member, monkeypatch):
        given = DummyRule("dummy.overdue")
        given.grouped = "day"
        with registered(given):
            yield given

    def test_all_of_a_day_at_its_last(self, overdue, member):
        for hour in (0, 2, 5):
            overdue.add(member, object=f"dummy.plant:{hour}", due=MORNING + hour * HOUR)
        tick(MORNING)
        tick(MORNING + 2 * HOUR)
        assert not mail.outbox
        tick(MORNING + 5 * HOUR)
        assert [sent.subject for sent in mail.outbox] == ["3 条提醒：浇水"]

    def test_what_comes_after_the_days_letter_waits_for_the_morning(self, overdue, member):
        overdue.add(member, object="dummy.plant:1")
        tick(MORNING)
        for number in (2, 3):
            overdue.add(member, object=f"dummy.plant:{number}", due=MORNING + number * HOUR, until=MORNING + 3 * DAY)
            tick(MORNING + number * HOUR)
        assert len(mail.outbox) == InboxMessage.objects.count() == 1
        morning = clock.start_of(clock.day_of(MORNING) + dt.timedelta(days=1), 8, 30)
        tick(morning - MINUTE)
        assert len(mail.outbox) == 1
        tick(morning)
        assert [sent.subject for sent in mail.outbox[1:]] == ["2 条提醒：浇水"]

    def test_what_the_morning_would_be_too_late_for_goes_at_once(self, overdue, member):
        overdue.add(member, object="dummy.plant:1")
        tick(MORNING)
        overdue.add(member, object="dummy.plant:2", due=MORNING + HOUR, until=MORNING + 2 * HOUR)
        tick(MORNING + HOUR)
        assert len(mail.outbox) == 2

    def test_days_missed_arrive_as_one(self, overdue, member):
        tick(MORNING)
        for day in (1, 2, 3):
            overdue.add(member, object=f"dummy.plant:{day}", due=MORNING + day * DAY, until=MORNING + 9 * DAY)
        tick(MORNING + 3 * DAY)
        assert [sent.subject for sent in mail.outbox] == ["3 条提醒：浇水"]


def test_the_subject_of_a_group_says_nothing_of_its_parts(three):
    three.texts = lambda reminders: [Text("病假", "请病假") for _ in reminders]
    tick(MORNING)
    assert mail.outbox[0].subject == InboxMessage.objects.get().subject == "3 条提醒：浇水"
