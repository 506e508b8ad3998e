"""Invitations by mail: asked once, told of every change of time and place, taken back; a typo tells nobody."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes, policy

import icalendar
import pytest
from django.core import mail
from wagtail import hooks

from intranet import clock
from intranet.access.models import AuditEntry
from intranet.calendars import invitations, services
from intranet.calendars.exceptions import NothingToInviteTo
from intranet.calendars.itip import invitation_bytes
from intranet.calendars.models import Invitation, Scheduled
from intranet.calendars.when import when_text
from intranet.people.invitations import INVITATIONS
from intranet.reminders.models import OutboxRow
from intranet.reminders.services import tick
from tests.people_of_the_hall import make_user
from tests.together import together

from . import courses
from .conftest import HOUR, NOON
from .readers import read_with

DAY = dt.timedelta(days=1)
STARTS = NOON + 3 * DAY


@pytest.fixture
def plugged_in(monkeypatch):
    """The course plug-in, and of all reminder rules only that of invitations."""
    hooks.get_hooks("register_reminder_rule")
    for name in ("register_reminder_rule", "register_clock_job", "register_calendar_source"):
        monkeypatch.setitem(hooks._hooks, name, [])
    with (
        hooks.register_temporarily("register_reminder_rule", lambda: INVITATIONS),
        hooks.register_temporarily("register_calendar_source", lambda: courses.SOURCE),
    ):
        yield


@pytest.fixture
def learner(db):
    return make_user(name="赵“一”", email="learner@hall.test")


@pytest.fixture
def course(learner):
    uid = courses.plan(1, STARTS, 2, "窗口礼仪培训")
    courses.enrol(uid, learner)
    return uid


def mails_after(minutes: int) -> list:
    """What goes out up to so many minutes after noon, as a mail server gets it."""
    before = len(mail.outbox)
    tick(NOON + dt.timedelta(minutes=minutes))
    return [message_from_bytes(one.message().as_bytes(), policy=policy.default) for one in mail.outbox[before:]]


def invitation_in(message) -> icalendar.Calendar:
    """The one calendar in a mail; its method stands in the MIME type as in the calendar."""
    [part] = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    calendar = icalendar.Calendar.from_ical(part.get_content())
    assert part.get_param("method") == calendar["METHOD"]
    assert part.get_content_charset() == "utf-8"
    assert message.get_content_type() == "multipart/alternative"
    return calendar


def told(message) -> tuple[str, int, dt.datetime]:
    calendar = invitation_in(message)
    [event] = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event["SEQUENCE"], event["DTSTART"].dt.astimezone(dt.UTC)


@pytest.mark.usefixtures("plugged_in")
class TestTheWholeWay:
    def test_two_at_once_are_two_mails_with_one_invitation_each(self, course, learner):
        """Reminders of one hour arrive as one letter; a mail program takes in one invitation a mail."""
        courses.enrol(courses.plan(2, STARTS + DAY, 2, "急救培训"), learner)
        mails = mails_after(1)
        assert sorted(told(one)[2] for one in mails) == [STARTS, STARTS + DAY]
        assert len({one["Message-ID"] for one in mails}) == 2

    def test_invited_moved_withdrawn_and_invited_again(self, course, learner):
        [first] = mails_after(1)
        assert told(first) == ("REQUEST", 0, STARTS)
        assert first["To"] == "learner@hall.test"
        assert first["Subject"] == "邀请：窗口礼仪培训"
        assert mails_after(2) == []
        with clock.at(NOON + 2 * HOUR):
            courses.plan(1, STARTS + HOUR, 2, "窗口礼仪培训")
        [moved] = mails_after(121)
        assert told(moved) == ("REQUEST", 1, STARTS + HOUR)
        assert moved["Subject"] == "时间或地点有变：窗口礼仪培训"
        with clock.at(NOON + 3 * HOUR):
            courses.take_off(course, learner)
            courses.take_off(course, learner)
        [gone] = mails_after(181)
        assert told(gone) == ("CANCEL", 2, STARTS + HOUR)
        with clock.at(NOON + 4 * HOUR):
            courses.plan(1, STARTS + 2 * HOUR, 2, "窗口礼仪培训")
        assert mails_after(241) == []  # no business of who was withdrawn
        with clock.at(NOON + 5 * HOUR):
            courses.enrol(course, learner)
        [again] = mails_after(301)
        assert told(again) == ("REQUEST", 4, STARTS + 2 * HOUR)
        assert again["Subject"] == "邀请：窗口礼仪培训"
        assert len({one["Message-ID"] for one in (first, moved, gone, again)}) == 4

    def test_calling_off_tells_everybody_still_invited(self, course, learner):
        other, gone = make_user(email="other@hall.test"), make_user(email="gone@hall.test")
        courses.enrol(course, other, gone)
        courses.take_off(course, gone)
        mails_after(1)
        with clock.at(NOON + HOUR):
            courses.call_off(course)
        found = mails_after(61)
        assert {one["To"]: told(one)[:2] for one in found} == {
            "learner@hall.test": ("CANCEL", 1),
            "other@hall.test": ("CANCEL", 1),
        }
        with clock.at(NOON + 2 * HOUR):
            courses.plan(1, STARTS, 2, "窗口礼仪培训")
        assert sorted(told(one)[:2] for one in mails_after(121)) == [("REQUEST", 2)] * 2

    def test_a_typo_tells_nobody_and_the_next_mail_has_it_right(self, course):
        mails_after(1)
        with clock.at(NOON + HOUR):
            courses.plan(1, STARTS, 2, "窗口礼仪培训（一）")
        assert mails_after(61) == []
        assert Scheduled.objects.get().sequence == 0
        with clock.at(NOON + 2 * HOUR):
            courses.plan(1, STARTS, 2, "窗口礼仪培训（一）", location="三楼")
        [moved] = mails_after(121)
        [event] = invitation_in(moved).walk("VEVENT")
        assert (event["SUMMARY"], event["LOCATION"], event["SEQUENCE"]) == ("窗口礼仪培训（一）", "三楼", 1)

    def test_several_changes_before_the_clock_looks_are_one_mail(self, course):
        for hours in (1, 2, 3):
            courses.plan(1, STARTS + hours * HOUR, 2, "窗口礼仪培训")
        [only] = mails_after(1)
        assert told(only) == ("REQUEST", 3, STARTS + 3 * HOUR)

    def test_an_invitation_overtaken_by_a_change_is_not_sent(self, course, learner):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("intranet.reminders.services.sweep", lambda now: {})
            mails_after(1)
        with clock.at(NOON + HOUR):
            courses.take_off(course, learner)
        found = mails_after(61)
        assert [told(one)[0] for one in found if one["To"] == "learner@hall.test"] == ["CANCEL"]
        states = dict(OutboxRow.objects.filter(rule=INVITATIONS.key).values_list("occasion", "state"))
        assert states == {"request.0": "skipped", "cancel.1": "sent"}

    def test_what_is_over_invites_nobody(self, learner):
        uid = courses.plan(2, NOON - DAY, 1, "昨天的课")
        courses.enrol(uid, learner)
        assert mails_after(1) == []
        assert not OutboxRow.objects.exists()

    def test_after_an_outage_it_is_told_how_it_stands(self, course, learner):
        mails_after(1)
        with clock.at(NOON + HOUR):
            courses.plan(1, STARTS + HOUR, 2, "窗口礼仪培训")
        with clock.at(NOON + DAY):
            courses.plan(1, STARTS + 2 * HOUR, 2, "窗口礼仪培训")
        [late] = mails_after(2 * 24 * 60)
        assert told(late) == ("REQUEST", 2, STARTS + 2 * HOUR)

    def test_the_feed_and_the_mail_name_the_same_thing(self, course, learner, client):
        address = services.feed_path(services.issue_token(user=learner, label="手机"))
        [event] = icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")
        [mailed] = invitation_in(mails_after(1)[0]).walk("VEVENT")
        for name in ("UID", "SUMMARY", "LOCATION", "SEQUENCE"):
            assert event[name] == mailed[name]
        known = client.get(address)["ETag"]
        with clock.at(NOON + HOUR):
            courses.plan(1, STARTS, 2, "窗口礼仪培训（改）")
            answer = client.get(address, headers={"If-None-Match": known})
        assert answer.status_code == 200
        assert "（改）" in answer.content.decode().replace("\r\n ", "")
        with clock.at(NOON + 2 * HOUR):
            courses.take_off(course, learner)
            assert b"VEVENT" not in client.get(address).content
        assert client.get(services.feed_path("x" * 43)).status_code == 404

    def test_two_hundred_invitations_take_constant_queries(self, course, django_assert_max_num_queries):
        courses.enrol(course, *(make_user(person=False, email=f"n{n}@hall.test") for n in range(40)))
        with django_assert_max_num_queries(1):
            found = list(INVITATIONS.due(NOON - HOUR, NOON + HOUR))
        assert len(found) == 41
        with django_assert_max_num_queries(1):
            assert len(INVITATIONS.texts(found)) == 41
        with django_assert_max_num_queries(1):
            assert INVITATIONS.still_wanted(found) == [True] * 41


@pytest.mark.django_db
class TestService:
    def test_inviting_twice_is_inviting_once(self, course, learner):
        first = Invitation.objects.get()
        with clock.at(NOON + HOUR):
            again = invitations.invite(user=learner, uid=course)
        assert (again.pk, again.changed_at, again.steps) == (first.pk, NOON, 0)
        assert AuditEntry.objects.filter(action="calendars.invite").count() == 1

    def test_only_to_what_takes_place_and_has_a_name(self, learner):
        with pytest.raises(NothingToInviteTo, match="请先"):
            invitations.invite(user=learner, uid="nothing@hall")
        services.remember(uid="nameless@hall", starts=NOON, ends=NOON + HOUR)
        with pytest.raises(NothingToInviteTo):
            invitations.invite(user=learner, uid="nameless@hall")
        uid = courses.plan(3, STARTS, 1, "课")
        courses.call_off(uid)
        with pytest.raises(NothingToInviteTo):
            invitations.invite(user=learner, uid=uid)
        assert not Invitation.objects.exists()

    def test_withdrawing_who_was_never_invited(self, course):
        assert invitations.withdraw(user=make_user(), uid=course) is None
        assert not AuditEntry.objects.filter(action="calendars.uninvite").exists()

    def test_withdrawing_once(self, course, learner):
        with clock.at(NOON + HOUR):
            invitations.withdraw(user=learner, uid=course, by=learner)
        with clock.at(NOON + 2 * HOUR):
            row = invitations.withdraw(user=learner, uid=course)
        assert (row.withdrawn_at, row.changed_at, row.steps, row.sequence) == (NOON + HOUR, NOON + HOUR, 1, 1)
        assert AuditEntry.objects.get(action="calendars.uninvite").user == learner
        assert not Scheduled.objects.invited(learner).exists()

    def test_the_span_is_open_at_its_start_and_closed_at_its_end(self, course):
        assert invitations.told_between(NOON, NOON + HOUR) == []
        assert len(invitations.told_between(NOON - HOUR, NOON)) == 1
        assert invitations.told_between(NOON - 2 * HOUR, NOON - HOUR) == []

    def test_the_same_state_is_the_same_bytes(self, course):
        [one] = invitations.told_now([Invitation.objects.get().pk]).values()
        with clock.at(NOON + DAY):
            [other] = invitations.told_now([Invitation.objects.get().pk]).values()
            assert invitation_bytes(one) == invitation_bytes(other)


@pytest.mark.django_db
class TestBytes:
    def one(self, **changes) -> invitations.Told:
        return invitations.told_now([Invitation.objects.get().pk]).popitem()[1]

    def test_who_invites_whom(self, course, settings):
        settings.DEFAULT_FROM_EMAIL = "政务中心 <hall@hall.test>"
        [event] = icalendar.Calendar.from_ical(invitation_bytes(self.one())).walk("VEVENT")
        assert event["ORGANIZER"] == "mailto:hall@hall.test"
        assert event["ORGANIZER"].params["CN"] == settings.HALL_NAME
        assert event["ATTENDEE"] == "mailto:learner@hall.test"
        assert event["ATTENDEE"].params["CN"] == "赵“一”"
        assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
        assert event["ATTENDEE"].params["RSVP"] == "FALSE"

    def test_nobody_elses_name_or_address_is_in_it(self, course):
        courses.enrol(course, make_user(name="钱二", email="qian@hall.test"))
        data = invitation_bytes(self.two()[0]).decode().replace("\r\n ", "")
        assert "learner@hall.test" in data
        assert "钱二" not in data
        assert "qian@hall.test" not in data

    def two(self):
        rows = Invitation.objects.order_by("pk").values_list("pk", flat=True)
        told = invitations.told_now(rows)
        return [told[pk] for pk in sorted(told)]

    def test_a_cancellation_says_so_in_the_status_and_not_in_the_title(self, course, learner):
        courses.take_off(course, learner)
        calendar = icalendar.Calendar.from_ical(invitation_bytes(self.one()))
        [event] = calendar.walk("VEVENT")
        assert calendar["METHOD"] == "CANCEL"
        assert (event["STATUS"], event["SUMMARY"]) == ("CANCELLED", "窗口礼仪培训")

    def test_whole_days_are_days(self, learner):
        first = dt.date(2026, 12, 1)
        services.remember(
            uid="d@hall", starts=clock.start_of(first), ends=clock.start_of(first + 2 * DAY), title="外出"
        )
        invitations.invite(user=learner, uid="d@hall")
        data = invitation_bytes(self.one())
        assert b"DTSTART;VALUE=DATE:20261201\r\n" in data
        assert b"DTEND;VALUE=DATE:20261203\r\n" in data

    @pytest.mark.parametrize("reader", ["libical", "ical.js"])
    @pytest.mark.parametrize("withdrawn", [False, True])
    def test_other_programs_read_it(self, course, learner, reader, withdrawn, tmp_path):
        """libical checks the rules of RFC 5546 as well."""
        if withdrawn:
            courses.take_off(course, learner)
        [found] = read_with(reader, invitation_bytes(self.one()), tmp_path)
        assert found["title"] == "窗口礼仪培训"
        assert found["start"] == STARTS.isoformat()
        assert (found["cancelled"], found["sequence"]) == (withdrawn, int(withdrawn))


@pytest.mark.django_db
def test_when_in_words():
    def said(starts, ends):
        return when_text(Scheduled(starts=starts, ends=ends))

    day = dt.date(2026, 11, 24)
    assert said(NOON, NOON + HOUR) == "2026年11月24日 12:00 – 13:00"
    assert said(NOON, NOON) == "2026年11月24日 12:00"
    assert said(NOON, NOON + DAY) == "2026年11月24日 12:00 – 2026年11月25日 12:00"
    assert said(clock.start_of(day), clock.start_of(day + DAY)) == "2026年11月24日"
    assert said(clock.start_of(day), clock.start_of(day + 2 * DAY)) == "2026年11月24日 – 2026年11月25日"


def test_inviting_at_once_is_one_invitation(own_database):
    learner = make_user(person=False)
    uid = courses.plan(9, STARTS, 1, "课")
    together(6, lambda number: invitations.invite(user=learner, uid=uid))
    assert Invitation.objects.filter(steps=0).count() == 1
    assert AuditEntry.objects.filter(action="calendars.invite").count() == 1


@pytest.mark.control
@pytest.mark.usefixtures("plugged_in")
def test_without_the_occasion_of_a_state_a_change_would_not_be_told(course, monkeypatch):
    monkeypatch.setattr(invitations.Told, "occasion", "invited")
    assert len(mails_after(1)) == 1
    with clock.at(NOON + 2 * HOUR):
        courses.plan(1, STARTS + HOUR, 2, "窗口礼仪培训")
    assert mails_after(121) == []  # the unique key takes it for told
