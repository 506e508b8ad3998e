import datetime as dt

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import translation

from intranet import clock
from intranet.reminders import sweeper
from intranet.reminders.channels import BACK_OFF, MAX_TRIES
from intranet.reminders.letters import Letter
from intranet.reminders.models import InboxMessage, OutboxRow
from intranet.reminders.planner import plan
from intranet.reminders.registry import Text, reminder_rules
from intranet.reminders.states import NOT_REACHED, NOT_TAKEN, NOT_WRITTEN
from intranet.reminders.sweeper import claim, sweep
from tests.people_of_the_hall import make_user

from .dummy import HOUR, MINUTE, MORNING

pytestmark = pytest.mark.django_db


class FailingBackend(EmailBackend):
    """Takes nothing; ``down`` refuses even the connection."""

    down = False

    def open(self):
        if self.down:
            raise ConnectionRefusedError("secret of the server")
        return True

    def send_messages(self, messages):
        raise OSError("secret of the server")


@pytest.fixture
def failing(settings, monkeypatch):
    settings.EMAIL_BACKEND = "tests.reminders.test_sweeper.FailingBackend"
    monkeypatch.setattr(FailingBackend, "down", False)
    return FailingBackend


def row(channel="mail"):
    return OutboxRow.objects.get(channel=channel)


def test_inbox_and_mail_are_delivered_once(rule, member):
    rule.add(member)
    plan(MORNING)
    assert sweep(MORNING)["sent"] == 2
    assert sweep(MORNING)["sent"] == 0
    message = InboxMessage.objects.get()
    assert (message.recipient, message.subject) == (member, "请给花浇水 dummy.plant:1")
    assert (message.body, message.url, message.received_at, message.read_at) == (
        "该浇水了:dry",
        "/inbox/",
        MORNING,
        None,
    )
    [sent] = mail.outbox
    assert sent.to == ["member@hall.test"]
    assert sent.subject == "请给花浇水 dummy.plant:1"
    assert sent.body == "该浇水了:dry\n\nhttp://127.0.0.1:8000/inbox/\n"
    assert sent.message()["Message-ID"] == row().message_id
    # No holiday notice answers a machine.
    assert sent.message()["Auto-Submitted"] == "auto-generated"
    assert sent.message()["Date"] == "Tue, 24 Nov 2026 01:00:00 +0000"
    for channel in ("inbox", "mail"):
        done = row(channel)
        assert (done.state, done.tries, done.sent_at, done.claim, done.claimed_until) == (
            "sent",
            1,
            MORNING,
            None,
            None,
        )


def test_nothing_goes_before_it_is_due(rule, member):
    rule.add(member)
    plan(MORNING)
    assert sweep(MORNING - dt.timedelta(seconds=1))["sent"] == 0
    assert sweep(MORNING)["sent"] == 2


def test_until_is_the_last_instant_it_goes(rule, member):
    rule.add(member, until=MORNING + HOUR)
    rule.add(member, until=MORNING + HOUR - MINUTE, object="dummy.plant:2")
    plan(MORNING)
    assert sweep(MORNING + HOUR) == {"expired": 2, "sent": 2}


@pytest.mark.parametrize("state", ["held", "sent", "skipped", "failed", "claimed"])
def test_only_what_waits_expires(rule, member, state):
    """What was sent stays sent when its time is over; what another sweep holds is its business."""
    rule.add(member, until=MORNING + HOUR)
    plan(MORNING)
    OutboxRow.objects.update(state=state, claimed_until=clock.real_now() + MINUTE)
    assert sum(sweep(MORNING + 2 * HOUR).values()) == 0
    assert set(OutboxRow.objects.values_list("state", flat=True)) == {state}


def test_who_did_it_meanwhile_gets_nothing(rule, member):
    rule.add(member)
    rule.add(member, object="dummy.plant:2")
    plan(MORNING)
    rule.unwanted = {"dummy.plant:1"}
    assert sweep(MORNING) == {"skipped": 2, "sent": 2}
    assert InboxMessage.objects.get().outbox.object == "dummy.plant:2"


def test_who_left_since_gets_nothing(rule, member):
    rule.add(member)
    plan(MORNING)
    member.is_active = False
    member.save()
    assert sweep(MORNING)["skipped"] == 2
    assert not mail.outbox


def test_texts_are_chinese_whatever_the_process_speaks(rule, member):
    spoken = []
    texts = rule.texts
    rule.texts = lambda reminders: spoken.append(translation.get_language()) or texts(reminders)
    rule.add(member)
    plan(MORNING)
    with translation.override("en"):
        sweep(MORNING)
    assert set(spoken) == {"zh-hans"}


def test_a_row_without_its_rule_waits_for_it(rule, member, monkeypatch):
    rule.add(member)
    plan(MORNING)
    with monkeypatch.context() as out:
        out.setattr(sweeper, "reminder_rules", dict)
        assert sum(sweep(MORNING + 30 * HOUR).values()) == 0
    assert set(OutboxRow.objects.values_list("state", flat=True)) == {"planned"}
    assert sweep(MORNING)["sent"] == 2


def test_held_rows_stay(rule, member):
    rule.add(member)
    plan(MORNING)
    OutboxRow.objects.update(state="held")
    assert sum(sweep(MORNING).values()) == 0


def test_a_refused_mail_is_tried_five_times_with_growing_pauses(rule, member, failing, caplog):
    rule.channels = ("mail",)
    rule.add(member, until=MORNING + dt.timedelta(days=30))
    plan(MORNING)
    now, identity = MORNING, row().message_id
    for number, pause in enumerate(BACK_OFF, start=1):
        assert sweep(now)["planned"] == 1
        assert (row().tries, row().next_try, row().failure) == (number, now + pause, NOT_TAKEN)
        assert sweep(now + pause - dt.timedelta(seconds=1))["planned"] == 0
        now += pause
    assert sweep(now)["failed"] == 1
    assert (row().state, row().tries, row().next_try) == ("failed", MAX_TRIES, None)
    assert MAX_TRIES == 5
    assert sum(sweep(now + HOUR).values()) == 0
    assert row().message_id == identity
    assert "secret" not in caplog.text


def test_an_absent_server_costs_each_row_one_try(rule, member, failing):
    failing.down = True
    rule.add(member)
    rule.add(member, object="dummy.plant:2")
    plan(MORNING)
    sweep(MORNING)
    rows = OutboxRow.objects.filter(channel="mail")
    assert [(one.tries, one.state, one.failure) for one in rows] == [(1, "planned", NOT_REACHED)] * 2
    assert InboxMessage.objects.count() == 1


def test_mail_that_failed_goes_later(rule, member, failing, settings):
    rule.add(member)
    plan(MORNING)
    sweep(MORNING)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert sweep(MORNING + MINUTE)["sent"] == 1
    assert (row().tries, row().failure, row().next_try) == (2, "", None)


def test_a_rule_without_words_is_tried_again(rule, member, caplog):
    rule.add(member)
    plan(MORNING)
    rule.broken = True
    assert sweep(MORNING)["planned"] == 2
    assert (row().tries, row().failure) == (1, NOT_WRITTEN)
    rule.broken = False
    assert sweep(MORNING + MINUTE)["sent"] == 2


def test_a_claim_keeps_others_away_until_it_runs_out(rule, member):
    rule.add(member)
    plan(MORNING)
    channel = sweeper.CHANNELS["inbox"]
    [mine] = claim(channel, reminder_rules(), MORNING)
    assert claim(channel, reminder_rules(), MORNING) == []
    left = mine.claimed_until - clock.real_now()
    assert dt.timedelta(0) < left <= channel.hold
    OutboxRow.objects.filter(pk=mine.pk).update(claimed_until=clock.real_now() - dt.timedelta(seconds=1))
    [theirs] = claim(channel, reminder_rules(), MORNING)
    assert theirs.pk == mine.pk
    assert theirs.claim != mine.claim
    late = Letter.of(mine, Text("s", "b"))
    assert channel.deliver([late], MORNING, stop=float("inf"))["sent"] == 0
    assert not InboxMessage.objects.exists()


def test_a_rehearsal_in_the_future_takes_nobodys_claim(rule, member):
    """``tick --at`` moves its own clock; what another process holds, it holds in real time."""
    rule.add(member, until=MORNING + 9 * HOUR)
    plan(MORNING)
    channel = sweeper.CHANNELS["inbox"]
    claim(channel, reminder_rules(), MORNING)
    with clock.at(clock.real_now() + 3 * HOUR):
        assert claim(channel, reminder_rules(), MORNING) == []


def test_a_lost_claim_sends_no_mail(rule, member):
    rule.channels = ("mail",)
    rule.add(member)
    plan(MORNING)
    channel = sweeper.CHANNELS["mail"]
    [mine] = claim(channel, reminder_rules(), MORNING)
    OutboxRow.objects.update(claimed_until=clock.real_now() - dt.timedelta(seconds=1))
    claim(channel, reminder_rules(), MORNING)
    channel.deliver([Letter.of(mine, Text("s", "b"))], MORNING, stop=float("inf"))
    assert not mail.outbox


def test_what_no_time_is_left_for_goes_back_untouched(rule, member):
    rule.channels = ("mail",)
    rule.add(member)
    plan(MORNING)
    channel = sweeper.CHANNELS["mail"]
    [mine] = claim(channel, reminder_rules(), MORNING)
    channel.deliver([Letter.of(mine, Text("s", "b"))], MORNING, stop=float("-inf"))
    assert (row().state, row().tries, row().claim) == ("planned", 0, None)
    assert sweep(MORNING)["sent"] == 1


def test_more_than_a_batch_is_delivered(rule, member, monkeypatch):
    monkeypatch.setattr(sweeper.CHANNELS["inbox"], "batch", 2, raising=False)
    for number in range(5):
        rule.add(make_user(person=False, email="m@hall.test"), object=f"dummy.plant:{number}")
    plan(MORNING)
    assert sweep(MORNING)["sent"] == 10


def test_a_claim_takes_a_batch_and_the_oldest_first(rule, member, monkeypatch):
    channel = sweeper.CHANNELS["inbox"]
    monkeypatch.setattr(channel, "batch", 2, raising=False)
    for number in range(5):
        rule.add(make_user(person=False), object=f"dummy.plant:{number}", due=MORNING - number * MINUTE)
    plan(MORNING)
    taken = [{row.object[-1] for row in claim(channel, reminder_rules(), MORNING)} for _ in range(3)]
    assert taken == [{"4", "3"}, {"2", "1"}, {"0"}]


def test_the_mail_connection_is_closed_whatever_happens(rule, member, failing, monkeypatch):
    closed = []
    monkeypatch.setattr(FailingBackend, "close", lambda self: closed.append(self))
    monkeypatch.setattr(FailingBackend, "send_messages", lambda self, messages: len(messages))
    rule.add(member)
    plan(MORNING)
    assert sweep(MORNING)["sent"] == 2
    assert len(closed) == 1


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("/awards/3/", "/awards/3/"),
        ("", ""),
        ("https://evil.test/", ""),
        ("//evil.test/", ""),
        ("/\\evil.test", ""),
        ("/a b", ""),
        ("/" + "a" * 299, "/" + "a" * 299),
        ("/" + "a" * 300, ""),
    ],
)
def test_links_lead_to_this_site_only(url, path):
    assert Letter.of(OutboxRow(), Text("s", "b", url)).path == path


def test_a_subject_is_one_line_of_200():
    letter = Letter.of(OutboxRow(), Text("a\r\nBcc: x@y.z\x00" + "长" * 300, "b\x00\r\nc"))
    assert letter.subject.startswith("a Bcc: x@y.z 长")
    assert len(letter.subject) == 200
    assert letter.body == "b\nc"
