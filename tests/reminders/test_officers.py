"""Holding, leaving out, releasing and trying again; what officers see, and what they do not."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from intranet import clock
from intranet.access.models import AuditEntry
from intranet.reminders import outlook
from intranet.reminders.exceptions import OccasionError
from intranet.reminders.models import Hold, InboxMessage, OutboxRow
from intranet.reminders.planner import plan
from intranet.reminders.querysets import OutboxQuerySet
from intranet.reminders.registry import reminder_rules
from intranet.reminders.services import tick
from intranet.reminders.services_officers import (
    hold_occasion,
    release_occasion,
    retry_occasion,
    set_kind,
    skip_occasion,
)
from intranet.reminders.states import LEFT_OUT, NOT_TAKEN
from intranet.reminders.sweeper import CHANNELS, claim, sweep
from tests.people_of_the_hall import make_user

from .dummy import HOUR, MINUTE, MORNING, DummyRule, registered

pytestmark = pytest.mark.django_db
DAY = 24 * HOUR
WHAT = {"rule": "dummy.watering", "object": "dummy.plant:1", "occasion": "dry"}
ADDRESS = "/reminders/occasions/dummy.watering/dry/dummy.plant:1/"


@pytest.fixture
def officer(db):
    return make_user(None, "union_officer")


def states():
    return set(OutboxRow.objects.values_list("state", flat=True))


class TestHolding:
    def test_before_it_is_planned(self, rule, member, officer):
        rule.add(member)
        hold_occasion(**WHAT, by=officer)
        tick(MORNING)
        assert (states(), mail.outbox) == ({"held"}, [])
        release_occasion(**WHAT, by=officer)
        assert states() == {"planned"}
        tick(MORNING + HOUR)
        assert len(mail.outbox) == InboxMessage.objects.count() == 1

    def test_after_it_is_planned(self, rule, member, officer):
        rule.add(member)
        plan(MORNING)
        assert hold_occasion(**WHAT, by=officer) == 0
        assert sum(sweep(MORNING).values()) == 0
        assert states() == {"held"}

    def test_other_occasions_go(self, rule, member, officer):
        rule.add(member)
        rule.add(member, object="dummy.plant:2")
        rule.add(member, occasion="very dry")
        hold_occasion(**WHAT, by=officer)
        tick(MORNING)
        assert OutboxRow.objects.filter(state="sent").count() == 4

    def test_what_is_released_too_late_expires(self, rule, member, officer):
        rule.add(member, until=MORNING + HOUR)
        hold_occasion(**WHAT, by=officer)
        tick(MORNING)
        release_occasion(**WHAT, by=officer)
        tick(MORNING + 2 * HOUR)
        assert (states(), mail.outbox) == ({"expired"}, [])

    def test_what_is_on_its_way_is_counted_and_goes(self, rule, member, officer):
        """A second mail with the Message-ID of one that may have gone would be thrown away by its reader."""
        rule.channels = ("mail",)
        rule.add(member)
        plan(MORNING)
        claim(CHANNELS["mail"], reminder_rules(), MORNING)
        assert hold_occasion(**WHAT, by=officer) == 1
        OutboxRow.objects.update(claimed_until=clock.real_now() - MINUTE)
        sweep(MORNING)
        assert len(mail.outbox) == 1

    def test_a_row_written_while_the_officer_decided_is_not_sent(self, rule, member, officer):
        """The planner read the holds before this one, and wrote its rows after it."""
        rule.add(member)
        hold_occasion(**WHAT, by=officer)
        plan(MORNING)
        OutboxRow.objects.update(state="planned")
        assert sum(sweep(MORNING).values()) == 0

    @pytest.mark.control
    def test_without_asking_again_it_would_be(self, rule, member, officer, monkeypatch):
        rule.add(member)
        plan(MORNING)
        Hold.objects.create(**WHAT, kind="held")
        asked = OutboxQuerySet.deliverable

        def without_holds(rows, **given):
            Hold.objects.all().delete()
            return asked(rows, **given)

        monkeypatch.setattr(OutboxQuerySet, "deliverable", without_holds)
        assert sweep(MORNING)["sent"] == 2

    def test_what_is_essential_cannot_be_held(self, rule, member, officer):
        rule.more = {"essential": True}
        for deed in (hold_occasion, skip_occasion):
            with pytest.raises(OccasionError, match="账号安全"):
                deed(**WHAT, by=officer)
        assert not Hold.objects.exists()

    def test_everything_is_recorded(self, rule, member, officer):
        hold_occasion(**WHAT, by=officer)
        skip_occasion(**WHAT, by=officer)
        release_occasion(**WHAT, by=officer)
        entries = AuditEntry.objects.filter(action__startswith="reminders.").order_by("pk")
        assert [entry.action for entry in entries] == ["reminders.hold", "reminders.skip", "reminders.release"]
        assert {entry.user for entry in entries} == {officer}
        assert entries[0].data == WHAT

    def test_there_must_be_something_to_release(self, rule, officer):
        with pytest.raises(OccasionError):
            release_occasion(**WHAT, by=officer)


class TestLeavingOut:
    @pytest.mark.parametrize("planned", [True, False])
    def test_it_never_goes(self, rule, member, officer, planned):
        rule.add(member)
        if planned:
            plan(MORNING)
        skip_occasion(**WHAT, by=officer)
        tick(MORNING)
        tick(MORNING + HOUR)
        assert set(OutboxRow.objects.values_list("state", "failure")) == {("skipped", LEFT_OUT)}
        assert not mail.outbox

    def test_what_was_held_can_be_left_out_and_released_after_all(self, rule, member, officer):
        rule.add(member)
        hold_occasion(**WHAT, by=officer)
        tick(MORNING)
        skip_occasion(**WHAT, by=officer)
        assert states() == {"skipped"}
        release_occasion(**WHAT, by=officer)
        tick(MORNING + HOUR)
        assert (states(), len(mail.outbox)) == ({"sent"}, 1)

    def test_what_its_reader_did_meanwhile_is_not_brought_back(self, rule, member, officer):
        rule.add(member)
        rule.unwanted = {"dummy.plant:1"}
        tick(MORNING)
        skip_occasion(**WHAT, by=officer)
        release_occasion(**WHAT, by=officer)
        assert states() == {"skipped"}


class TestTryingAgain:
    def given_up(self, rule, member, until):
        rule.channels = ("mail",)
        rule.add(member, until=until)
        plan(MORNING)
        OutboxRow.objects.update(state="failed", tries=5, failure=NOT_TAKEN)

    def test_once_more_with_all_tries(self, rule, member, officer):
        self.given_up(rule, member, MORNING + DAY)
        with clock.at(MORNING + HOUR):
            assert retry_occasion(**WHAT, by=officer) == 1
        tick(MORNING + HOUR)
        row = OutboxRow.objects.get()
        assert (row.state, row.tries, len(mail.outbox)) == ("sent", 1, 1)
        assert AuditEntry.objects.get(action="reminders.retry").data["count"] == 1

    def test_not_when_it_is_too_late(self, rule, member, officer):
        self.given_up(rule, member, MORNING + HOUR)
        with clock.at(MORNING + 2 * HOUR), pytest.raises(OccasionError):
            retry_occasion(**WHAT, by=officer)
        assert states() == {"failed"}


class TestOutlook:
    def test_what_waits_and_what_is_ahead(self, rule, member):
        others = [make_user() for _ in range(3)]
        closed = make_user(is_active=False)
        for user in (member, *others, closed):
            rule.add(user, due=MORNING + 2 * DAY, object="dummy.plant:ahead")
        rule.add(member, due=MORNING + 15 * DAY, object="dummy.plant:far")
        rule.add(member, object="dummy.plant:held")
        hold_occasion(rule=rule.key, object="dummy.plant:held", occasion="dry", by=None)
        tick(MORNING)
        found = outlook.what_will_go_out(MORNING)
        assert [(one.object, one.people, one.hold, one.about) for one in found.occasions] == [
            ("dummy.plant:held", 1, "held", "请给花浇水 dummy.plant:held"),
            ("dummy.plant:ahead", 4, "", "请给花浇水 dummy.plant:ahead"),
        ]

    def test_words_of_private_kinds_are_not_shown(self, rule, member):
        rule.more = {"private": True}
        rule.add(member, due=MORNING + DAY)
        [one] = outlook.what_will_go_out(MORNING).occasions
        assert (one.people, one.about) == (1, "")

    def test_a_rule_that_fails_and_one_that_is_off_are_named(self, rule, member):
        broken = DummyRule("dummy.broken")
        broken.due = lambda start, end: 1 / 0
        rule.add(member, due=MORNING + DAY)
        set_kind(rule=rule.key, enabled=False, mandatory=False, by=None)
        with registered(broken):
            found = outlook.what_will_go_out(MORNING)
        assert [one.key for one in found.silent] == ["dummy.broken"]
        assert [one.key for one in found.off] == [rule.key]
        assert found.occasions == []

    def test_queries_do_not_grow(self, rule, member, client, officer):
        client.force_login(officer)

        def queries():
            with CaptureQueriesContext(connection) as seen, clock.at(MORNING):
                assert client.get(reverse("reminders:outlook")).status_code == 200
            return len(seen)

        rule.add(member, due=MORNING + DAY)
        rule.add(member)
        tick(MORNING)
        few = queries()
        for number in range(30):
            rule.add(member, due=MORNING + DAY + number * HOUR, object=f"dummy.plant:{number}")
            OutboxRow.objects.create(
                rule=rule.key,
                object=f"dummy.plant:x{number}",
                occasion="dry",
                recipient=member,
                channel="mail",
                due=MORNING,
                until=MORNING + DAY,
                state="failed" if number % 2 else "held",
            )
        assert queries() == few


class TestPages:
    @pytest.fixture
    def seen(self, client, officer):
        client.force_login(officer)

        def see(address):
            with clock.at(MORNING):
                answer = client.get(address)
            assert answer.status_code == 200, answer.status_code
            return answer.content.decode()

        return see

    def do(self, client, deed, address=ADDRESS):
        with clock.at(MORNING):
            return client.post(address, {"deed": deed}, follow=True).content.decode()

    def test_an_officer_holds_and_releases(self, rule, member, client, seen):
        rule.add(member, due=MORNING + DAY)
        page = seen("/reminders/")
        assert ADDRESS in page
        assert "请给花浇水 dummy.plant:1" in page
        assert "尚未生成发送记录" in seen(ADDRESS)
        page = self.do(client, "hold")
        assert "此提醒已暂缓" in page
        assert 'value="hold"' not in page
        assert "已暂缓" in seen("/reminders/")
        assert "将按时发送" in self.do(client, "release")
        assert not Hold.objects.exists()

    def test_an_officer_leaves_out(self, rule, member, client, seen):
        rule.add(member, due=MORNING + DAY)
        page = self.do(client, "skip")
        assert "此提醒已取消发送" in page
        assert 'value="release"' in page

    def test_what_was_on_its_way_is_told(self, rule, member, client, seen):
        rule.add(member)
        tick(MORNING)
        rule.add(make_user(), due=MORNING + HOUR)
        assert "有 2 条已发出或正在发送" in self.do(client, "hold")

    def test_what_failed_and_why(self, rule, member, client, seen):
        rule.channels = ("mail",)
        rule.add(member)
        plan(MORNING)
        OutboxRow.objects.update(state="failed", tries=5, failure=NOT_TAKEN)
        page = seen("/reminders/")
        assert "邮件服务器未接收这封邮件" in page
        assert 'value="retry"' in page
        assert "已重新发送 1 条" in self.do(client, "retry")

    def test_history_counts_and_names_nobody(self, rule, member, seen):
        rule.add(member)
        tick(MORNING)
        page = seen(ADDRESS)
        assert "已发送" in page
        assert member.name not in page
        assert "只显示人数" in page

    def test_names_for_those_who_may_see_them(self, rule, member, seen, client):
        rule.more = {"seen_by": ("union_officer",)}
        rule.add(member)
        tick(MORNING)
        assert member.name in seen(ADDRESS)
        client.force_login(make_user(None, "hr_admin"))
        assert member.name not in seen(ADDRESS)

    @pytest.mark.parametrize(
        "address",
        [
            "/reminders/occasions/dummy.watering/dry/dummy.plant:9/",
            "/reminders/occasions/dummy.nothing/dry/dummy.plant:1/",
        ],
    )
    def test_what_there_is_not_is_missing(self, rule, member, client, officer, address):
        rule.add(member)
        client.force_login(officer)
        assert client.get(address).status_code == client.post(address, {"deed": "hold"}).status_code == 404
        assert not Hold.objects.exists()

    def test_an_unknown_deed_is_missing(self, rule, member, client, officer):
        rule.add(member, due=MORNING + DAY)
        client.force_login(officer)
        with clock.at(MORNING):
            assert client.post(ADDRESS, {"deed": "get"}).status_code == 404

    def test_an_occasion_no_address_can_hold_is_listed_all_the_same(self, rule, member, seen):
        rule.add(member, due=MORNING + DAY, occasion="a/b")
        assert "请给花浇水" in seen("/reminders/")

    @pytest.mark.parametrize("role", ["hr_admin", "system_admin", "union_chair"])
    def test_who_comes_in(self, rule, client, role):
        client.force_login(make_user(None, role))
        assert client.get("/reminders/").status_code == 200

    @pytest.mark.parametrize("role", ["staff", "inspection", "centre_leader", "auditor", "site_editor"])
    def test_who_does_not(self, rule, member, client, role):
        rule.add(member, due=MORNING + DAY)
        client.force_login(make_user(None, role))
        for address in ("/reminders/", ADDRESS, "/reminders/kinds/", "/reminders/kinds/dummy.watering/"):
            assert client.get(address).status_code == 403
            assert client.post(address, {"deed": "skip"}).status_code == 403
        assert not Hold.objects.exists()
