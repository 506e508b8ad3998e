"""What a person wishes, what the hall insists on, and quiet hours."""

import datetime as dt

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext

from intranet import clock
from intranet.access.models import AuditEntry
from intranet.reminders.exceptions import WishError
from intranet.reminders.models import InboxMessage, OutboxRow, Preference, RuleSetting, Wish
from intranet.reminders.planner import OVERLAP, plan
from intranet.reminders.quiet import end_of_quiet, waits_until
from intranet.reminders.registry import Text
from intranet.reminders.services import tick
from intranet.reminders.services_officers import set_kind
from intranet.reminders.services_wishes import keep_wishes
from intranet.reminders.states import UNWISHED
from intranet.reminders.sweeper import CHANNELS, sweep
from tests.people_of_the_hall import make_user

from .dummy import HOUR, MINUTE, MORNING, DummyRule, registered

pytestmark = pytest.mark.django_db
TEN, SEVEN = dt.time(22), dt.time(7)


def at(text):
    return clock.parse(text)


def wish(user, way, rule="dummy.watering", **more):
    keep_wishes(mail={rule: way}, by=user, **more)


class TestMail:
    def test_who_does_without_gets_it_on_the_site_only(self, rule, member):
        wish(member, "off")
        rule.add(member)
        tick(MORNING)
        assert not mail.outbox
        assert InboxMessage.objects.count() == OutboxRow.objects.count() == 1

    def test_of_one_kind_only(self, rule, member):
        other = DummyRule("dummy.other")
        with registered(other):
            wish(member, "off", "dummy.other")
            rule.add(member)
            tick(MORNING)
        assert len(mail.outbox) == 1

    def test_a_wish_holds_for_what_waits_already(self, rule, member):
        rule.add(member)
        plan(MORNING)
        wish(member, "off")
        sweep(MORNING)
        assert not mail.outbox
        row = OutboxRow.objects.get(channel="mail")
        assert (row.state, row.failure) == ("skipped", UNWISHED)

    def test_it_can_be_switched_on_again(self, rule, member):
        wish(member, "off")
        wish(member, "on")
        rule.add(member)
        tick(MORNING)
        assert len(mail.outbox) == 1
        assert Wish.objects.count() == 1

    def test_it_is_recorded_without_saying_what(self, rule, member):
        wish(member, "off")
        entry = AuditEntry.objects.get(action="reminders.keep_wishes")
        assert (entry.user, entry.data) == (member, {})


class TestTheHallInsists:
    def test_a_wish_against_it_is_refused_with_a_sentence(self, rule, member):
        set_kind(rule=rule.key, enabled=True, mandatory=True, by=None)
        with pytest.raises(WishError, match="浇水"):
            wish(member, "off")
        assert not Wish.objects.exists()

    def test_a_wish_from_before_counts_no_more(self, rule, member):
        wish(member, "off")
        set_kind(rule=rule.key, enabled=True, mandatory=True, by=None)
        rule.add(member)
        tick(MORNING)
        assert len(mail.outbox) == 1

    def test_an_essential_kind_bows_to_nobody(self, rule, member):
        rule.more = {"essential": True}
        Preference.objects.create(user=member, quiet_from=dt.time(8), quiet_to=dt.time(10))
        Wish.objects.create(user=member, rule=rule.key, mail="off")
        RuleSetting.objects.create(rule=rule.key, enabled=False)
        with pytest.raises(WishError):
            wish(member, "off")
        rule.add(member)
        tick(MORNING)
        assert len(mail.outbox) == 1

    def test_a_kind_that_is_off_plans_nothing_and_makes_nothing_up(self, rule, member):
        rule.add(member, due=MORNING - OVERLAP - MINUTE)
        set_kind(rule=rule.key, enabled=False, mandatory=False, by=None)
        tick(MORNING)
        set_kind(rule=rule.key, enabled=True, mandatory=False, by=None)
        tick(MORNING + HOUR)
        assert not OutboxRow.objects.exists()

    def test_what_waits_when_it_is_switched_off_waits_on_and_expires(self, rule, member):
        rule.add(member, until=MORNING + 3 * HOUR)
        plan(MORNING)
        set_kind(rule=rule.key, enabled=False, mandatory=False, by=None)
        assert sum(sweep(MORNING).values()) == 0
        assert sweep(MORNING + 4 * HOUR) == {"expired": 2}


@pytest.mark.parametrize(
    ("now", "start", "end", "over"),
    [
        ("2026-11-24T21:59", TEN, SEVEN, None),
        ("2026-11-24T22:00", TEN, SEVEN, "2026-11-25T07:00"),
        ("2026-11-24T23:59:59", TEN, SEVEN, "2026-11-25T07:00"),
        ("2026-11-25T00:00", TEN, SEVEN, "2026-11-25T07:00"),
        ("2026-11-25T06:59:59", TEN, SEVEN, "2026-11-25T07:00"),
        ("2026-11-25T07:00", TEN, SEVEN, None),
        ("2026-12-31T23:00", TEN, SEVEN, "2027-01-01T07:00"),
        ("2028-02-28T23:00", TEN, SEVEN, "2028-02-29T07:00"),
        ("2026-11-24T12:30", dt.time(12), dt.time(14), "2026-11-24T14:00"),
        ("2026-11-24T11:59", dt.time(12), dt.time(14), None),
        ("2026-11-24T14:00", dt.time(12), dt.time(14), None),
        ("2026-11-24T23:00", dt.time(22), dt.time(0), "2026-11-25T00:00"),
        ("2026-11-24T23:00", None, None, None),
    ],
)
def test_when_quiet_hours_are_over(now, start, end, over):
    assert end_of_quiet(at(now), start, end) == (at(over) if over else None)


def test_what_the_end_would_be_too_late_for_does_not_wait():
    night = at("2026-11-24T23:00")
    assert waits_until(night, at("2026-11-25T07:09"), TEN, SEVEN) is None
    assert waits_until(night, at("2026-11-25T07:10"), TEN, SEVEN) == at("2026-11-25T07:00")


class TestQuietHours:
    NIGHT = clock.parse("2026-11-24T22:10")

    @pytest.fixture
    def sleeper(self, rule, member):
        keep_wishes(mail={}, quiet_from=TEN, quiet_to=SEVEN, by=member)
        return member

    def test_mail_comes_when_they_end_and_the_inbox_at_once(self, rule, sleeper):
        rule.add(sleeper, due=self.NIGHT)
        tick(self.NIGHT)
        assert InboxMessage.objects.count() == 1
        row = OutboxRow.objects.get(channel="mail")
        assert (row.state, row.tries, row.leader) == ("planned", 0, None)
        tick(at("2026-11-25T06:59"))
        assert not mail.outbox
        tick(at("2026-11-25T07:00"))
        assert len(mail.outbox) == 1

    def test_what_the_night_brought_comes_as_one(self, rule, sleeper):
        for hour in range(3):
            rule.add(sleeper, due=self.NIGHT + hour * HOUR, object=f"dummy.plant:{hour}")
            tick(self.NIGHT + hour * HOUR)
        tick(at("2026-11-25T07:00"))
        assert [sent.subject for sent in mail.outbox] == ["3 条提醒：浇水"]

    def test_what_cannot_wait_goes_at_once(self, rule, sleeper):
        rule.add(sleeper, due=self.NIGHT, until=at("2026-11-25T06:00"))
        tick(self.NIGHT)
        assert len(mail.outbox) == 1

    def test_a_kind_may_come_at_night_too(self, rule, sleeper):
        wish(sleeper, "at_once", quiet_from=TEN, quiet_to=SEVEN)
        rule.add(sleeper, due=self.NIGHT)
        tick(self.NIGHT)
        assert len(mail.outbox) == 1

    def test_a_retry_waits_too_and_stays_the_letter_it_was(self, rule, sleeper, monkeypatch):
        rule.add(sleeper, due=at("2026-11-24T21:59"))
        with monkeypatch.context() as away:
            away.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", lambda *args: 1 / 0)
            tick(at("2026-11-24T21:59"))
        leader = OutboxRow.objects.get(channel="mail").leader
        tick(at("2026-11-24T22:05"))
        row = OutboxRow.objects.get(channel="mail")
        assert (row.state, row.tries, row.leader) == ("planned", 1, leader)
        assert leader is not None
        tick(at("2026-11-25T07:00"))
        assert OutboxRow.objects.get(channel="mail").tries == 2

    @pytest.mark.control
    def test_without_the_question_mail_comes_at_night(self, rule, sleeper, monkeypatch):
        monkeypatch.setattr("intranet.reminders.sweeper._outside_quiet_hours", lambda batch, rules, now: batch)
        rule.add(sleeper, due=self.NIGHT)
        tick(self.NIGHT)
        assert len(mail.outbox) == 1

    @pytest.mark.parametrize(("start", "end"), [(TEN, None), (None, SEVEN), (TEN, TEN)])
    def test_half_or_empty_ones_are_refused(self, member, start, end):
        with pytest.raises(WishError):
            keep_wishes(mail={}, quiet_from=start, quiet_to=end, by=member)
        with pytest.raises(IntegrityError), transaction.atomic():
            Preference.objects.create(user=member, quiet_from=start, quiet_to=end)


def test_queries_of_planning_and_sweeping_do_not_grow_with_people(rule, monkeypatch):
    monkeypatch.setattr(CHANNELS["mail"], "batch", 100)
    counts = []
    for hours, number in ((0, 2), (1, 30)):
        for _one in range(number):
            user = make_user(person=False, email="a@hall.test")
            keep_wishes(mail={rule.key: "on"}, quiet_from=TEN, quiet_to=SEVEN, by=user)
            rule.add(user, due=TestQuietHours.NIGHT + hours * HOUR)
        with CaptureQueriesContext(connection) as seen:
            tick(TestQuietHours.NIGHT + hours * HOUR)
        counts.append(len(seen))
    # Mail that waited the first time is asked for again, and not sent.
    assert counts[1] <= counts[0]
    assert OutboxRow.objects.filter(channel="mail", state="planned").count() == 32


def test_letters_come_in_the_language_of_their_reader(rule, member):
    other = make_user(email="reader@hall.test")
    keep_wishes(mail={}, language="en", by=other)
    rule.texts = lambda reminders: [Text(gettext("Reminders"), "x") for _one in reminders]
    for user in (member, other):
        for plant in (1, 2):
            rule.add(user, object=f"dummy.plant:{plant}")
    tick(MORNING)
    assert {sent.to[0]: sent.subject for sent in mail.outbox} == {
        "member@hall.test": "2 条提醒：浇水",
        "reader@hall.test": "2 reminders: 浇水",
    }
    assert {item["subject"] for item in InboxMessage.objects.get(recipient=other).items} == {"Reminders"}


class TestPage:
    def test_a_person_keeps_wishes_on_the_page(self, rule, member, client):
        client.force_login(member)
        address = reverse("reminders:wishes")
        page = client.get(address).content.decode()
        assert "浇水" in page
        given = {"mail-dummy-watering": "off", "language": "en", "quiet_from": "22:00", "quiet_to": "07:00"}
        page = client.post(address, given, follow=True).content.decode()
        assert "提醒设置已保存。" in page
        kept = Preference.objects.get(user=member)
        assert (kept.language, kept.quiet_from, kept.quiet_to) == ("en", TEN, SEVEN)
        assert Wish.objects.get().mail == "off"
        page = client.get(address).content.decode()
        assert 'value="off" selected' in page
        assert 'value="22:00"' in page

    def test_what_is_wrong_is_said(self, rule, member, client):
        client.force_login(member)
        given = {"mail-dummy-watering": "on", "quiet_from": "22:00"}
        page = client.post(reverse("reminders:wishes"), given).content.decode()
        assert "免打扰需要开始和结束时间" in page
        assert not Preference.objects.exists()

    def test_what_the_hall_insists_on_cannot_be_chosen_away(self, rule, member, client):
        set_kind(rule=rule.key, enabled=True, mandatory=True, by=None)
        client.force_login(member)
        page = client.get(reverse("reminders:wishes")).content.decode()
        assert 'value="off"' not in page
        assert "大厅要求所有人都收到此类邮件。" in page
        client.post(reverse("reminders:wishes"), {"mail-dummy-watering": "off"})
        assert not Wish.objects.exists()

    def test_nobody_is_asked_about_what_is_essential(self, rule, member, client):
        rule.more = {"essential": True}
        client.force_login(member)
        page = client.get(reverse("reminders:wishes")).content.decode()
        assert "mail-dummy-watering" not in page
        assert "任何时候都发邮件" in page

    def test_without_an_address_the_page_says_so(self, rule, client):
        client.force_login(make_user())
        assert "系统中没有您的邮箱" in client.get(reverse("reminders:wishes")).content.decode()
