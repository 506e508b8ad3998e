import json
import logging
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from intranet.people.phone_book import phones
from intranet.reminders import sms, sweeper
from intranet.reminders.channels import CHANNELS
from intranet.reminders.letters import Letter
from intranet.reminders.models import OutboxRow
from intranet.reminders.planner import plan
from intranet.reminders.registry import Text
from intranet.reminders.sms import FileSmsBackend, SmsChannel, sms_channels, text_of
from intranet.reminders.sweeper import sweep
from tests.people_of_the_hall import make_user

from .dummy import MINUTE, MORNING

pytestmark = pytest.mark.django_db


class FailingSms:
    def send(self, **given):
        raise OSError("13800001234 is on the list of the carrier")


@pytest.fixture
def sms_on(settings, tmp_path, monkeypatch):
    """A hall that writes text messages into files."""
    settings.VAR_DIR = tmp_path
    settings.SMS_BACKEND = "intranet.reminders.sms.FileSmsBackend"
    for key, channel in sms_channels().items():
        monkeypatch.setitem(sweeper.CHANNELS, key, channel)
    return tmp_path / "sms"


@pytest.fixture
def reached(rule):
    """Somebody with a mobile number, and a rule that writes to it."""
    rule.channels = ("inbox", "sms")
    user = make_user()
    user.person.mobile = "13800001234"
    user.person.save()
    rule.add(user)
    return user


def row():
    return OutboxRow.objects.get(channel="sms")


def files(folder: Path):
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def test_there_is_no_channel_until_the_hall_sets_one_up(settings):
    assert settings.SMS_BACKEND == ""
    assert sms_channels() == {}
    assert set(CHANNELS) == {"inbox", "mail"}


def test_a_misspelt_class_stops_the_start(settings):
    settings.SMS_BACKEND = "intranet.reminders.sms.PigeonBackend"
    with pytest.raises((ImportError, ImproperlyConfigured)):
        sms_channels()


def test_one_file_a_message(sms_on, reached):
    plan(MORNING)
    assert sweep(MORNING)["sent"] == 2
    assert sweep(MORNING + MINUTE)["sent"] == 0
    [written] = files(sms_on)
    assert written == {
        "to": "13800001234",
        "text": "【禾湾区政务服务中心】请给花浇水 dummy.plant:1\n该浇水了:dry\nhttp://127.0.0.1:8000/inbox/",
        "message_id": row().message_id,
    }
    assert (row().state, row().tries, row().sent_at) == ("sent", 1, MORNING)
    [path] = sms_on.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_try_writes_no_second_file(sms_on, reached):
    backend = FileSmsBackend()
    for _try in range(2):
        backend.send(phone="1", text="a", message_id="<abc@reminders.nuanjia>")
    assert [path.name for path in sms_on.iterdir()] == ["abc.json"]


def test_a_rule_must_opt_in(sms_on, reached, rule):
    rule.channels = ("inbox", "mail")
    plan(MORNING)
    sweep(MORNING)
    assert not sms_on.exists()


def test_who_has_no_number_is_skipped(sms_on, reached):
    reached.person.mobile = ""
    reached.person.save()
    plan(MORNING)
    assert sweep(MORNING) == {"sent": 1, "skipped": 1}
    assert not sms_on.exists()


def test_a_service_that_fails_is_tried_again_and_tells_no_number(sms_on, reached, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setitem(sweeper.CHANNELS, "sms", SmsChannel(FailingSms()))
    plan(MORNING)
    sweep(MORNING)
    assert (row().state, row().tries, row().failure) == ("planned", 1, sms.NOT_TAKEN)
    assert "13800001234" not in caplog.text
    assert "OSError" in caplog.text
    monkeypatch.setitem(sweeper.CHANNELS, "sms", SmsChannel(FileSmsBackend()))
    assert sweep(MORNING + MINUTE)["sent"] == 1
    assert (row().tries, row().failure) == (2, "")


def test_a_lost_claim_sends_nothing(sms_on, reached):
    plan(MORNING)
    channel = sweeper.CHANNELS["sms"]
    [mine] = sweeper.claim(channel, sweeper.reminder_rules(), MORNING)
    OutboxRow.objects.update(claim=None)
    channel.deliver([Letter.of(mine, Text("s", "b"))], MORNING, stop=float("inf"))
    assert not sms_on.exists()


def test_what_no_time_is_left_for_goes_back_untouched(sms_on, reached):
    plan(MORNING)
    channel = sweeper.CHANNELS["sms"]
    [mine] = sweeper.claim(channel, sweeper.reminder_rules(), MORNING)
    channel.deliver([Letter.of(mine, Text("s", "b"))], MORNING, stop=float("-inf"))
    assert (row().state, row().tries) == ("planned", 0)
    assert not sms_on.exists()


def test_a_long_text_is_cut_and_keeps_its_address(reached):
    letter = Letter.of(OutboxRow(recipient=reached), Text("题", "长" * 2000, "/inbox/"))
    text = text_of(letter)
    assert len(text.encode()) < 1100
    assert text.endswith("…\nhttp://127.0.0.1:8000/inbox/")


def test_numbers_of_many_people_cost_one_query(django_assert_num_queries):
    users = [make_user() for _one in range(20)]
    for number, user in enumerate(users):
        user.person.mobile = f"1380000{number:04d}" if number else ""
        user.person.save()
    with django_assert_num_queries(1):
        found = sms.phones_of([user.pk for user in users])
    assert len(found) == 19
    assert users[0].pk not in found
    assert phones([users[3].pk]) == {users[3].pk: "13800000003"}
