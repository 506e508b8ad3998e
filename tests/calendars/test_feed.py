import datetime as dt
import logging

import icalendar
import pytest
import recurring_ical_events
import vobject
from hypothesis import given
from hypothesis import strategies as st

from intranet import clock
from intranet.access.services import give_role
from intranet.calendars import services
from intranet.calendars.feed import calendar_bytes
from intranet.calendars.gathering import CANCELLED_STAY, entries_for, feed_span
from intranet.calendars.masking import MaskingFormatter
from intranet.calendars.models import FeedToken
from intranet.calendars.registry import CalendarSource, Span
from tests.people_of_the_hall import make_user

from .conftest import HOUR, NOON, entry

DAY = dt.timedelta(days=1)


def read(data: bytes):
    return icalendar.Calendar.from_ical(data)


def only_event(data: bytes):
    [event] = read(data).walk("VEVENT")
    return event


class TestBytes:
    def test_the_calendar_says_who_it_is(self, settings):
        data = calendar_bytes([])
        lines = data.decode().replace("\r\n ", "").split("\r\n")
        for line in [
            "VERSION:2.0",
            f"NAME:{settings.HALL_NAME}",
            f"X-WR-CALNAME:{settings.HALL_NAME}",
            "X-WR-TIMEZONE:Asia/Shanghai",
            "COLOR:teal",
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
            "X-PUBLISHED-TTL:PT1H",
            "TZID:Asia/Shanghai",
        ]:
            assert line in lines
        assert not [line for line in lines if line.startswith(("METHOD", "UID", "COMMENT", "LAST-MODIFIED"))]

    def test_a_timed_entry(self, settings):
        event = only_event(calendar_bytes([entry(sequence=3, location="三楼", alarm_minutes=30, url="/awards/3/")]))
        assert event["UID"] == "dummy-1@hall"
        assert event["SUMMARY"] == "浇水"
        assert event["SEQUENCE"] == 3
        assert event["LOCATION"] == "三楼"
        assert event["STATUS"] == "CONFIRMED"
        assert event["URL"] == "http://127.0.0.1:8000/awards/3/"
        assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
        assert event["DTSTART"].dt == NOON
        assert event["DTSTART"].dt.hour == 12
        assert event["DTEND"].dt == NOON + HOUR
        assert event["DTSTAMP"].dt == NOON
        assert "TRANSP" not in event
        [alarm] = event.walk("VALARM")
        assert alarm["TRIGGER"].dt == dt.timedelta(minutes=-30)
        assert (alarm["ACTION"], alarm["DESCRIPTION"]) == ("DISPLAY", "浇水")

    def test_an_alarm_at_the_very_start(self):
        [alarm] = only_event(calendar_bytes([entry(alarm_minutes=0)])).walk("VALARM")
        assert alarm["TRIGGER"].dt == dt.timedelta(0)
        assert not only_event(calendar_bytes([entry()])).walk("VALARM")

    def test_a_whole_day_ends_exclusively(self):
        day = dt.date(2026, 11, 24)
        event = only_event(calendar_bytes([entry(start=day, end=day + DAY, all_day=True)]))
        assert b"DTSTART;VALUE=DATE:20261124" in event.to_ical()
        assert b"DTEND;VALUE=DATE:20261125" in event.to_ical()
        assert event["TRANSP"] == "TRANSPARENT"

    def test_a_whole_day_given_in_instants_is_the_halls_day(self):
        """Midnight at the hall is still the day before in UTC."""
        day = dt.date(2026, 11, 24)
        whole = entry(start=clock.start_of(day), end=clock.start_of(day + DAY), all_day=True)
        assert b"DTSTART;VALUE=DATE:20261124" in calendar_bytes([whole])
        assert b"DTEND;VALUE=DATE:20261125" in calendar_bytes([whole])

    def test_the_stamp_is_the_last_change(self):
        assert only_event(calendar_bytes([entry(updated=NOON - 3 * DAY)]))["DTSTAMP"].dt == NOON - 3 * DAY

    def test_a_cancelled_entry_says_so_and_rings_no_more(self):
        event = only_event(calendar_bytes([entry(cancelled=True, alarm_minutes=5)]))
        assert (event["STATUS"], event["SUMMARY"]) == ("CANCELLED", "【取消】浇水")
        assert not event.walk("VALARM")

    def test_an_entry_without_length_or_change(self):
        event = only_event(calendar_bytes([entry(end=NOON, updated=None)]))
        assert "DTEND" not in event
        assert event["DURATION"].dt == dt.timedelta(0)
        assert event["DTSTAMP"].dt == NOON

    def test_the_same_entries_are_the_same_bytes(self):
        assert calendar_bytes([entry()]) == calendar_bytes([entry()])

    @given(st.lists(st.text(max_size=120), min_size=1, max_size=6))
    def test_any_title_survives_in_every_reader(self, titles):
        entries = [
            entry(uid=f"dummy-{n}@hall", title=f"会议{title}完", start=NOON + n * HOUR, end=NOON + (n + 1) * HOUR)
            for n, title in enumerate(titles)
        ]
        data = calendar_bytes(entries)
        for line in data.split(b"\r\n"):
            assert len(line) <= 75
            assert b"\n" not in line
            assert b"\r" not in line
            line.decode()  # no character is cut in two
        events = {str(event["UID"]): event for event in read(data).walk("VEVENT")}
        others = {event.uid.value: event for event in vobject.readOne(data.decode()).vevent_list}
        expanded = recurring_ical_events.of(read(data)).between(NOON - DAY, NOON + DAY)
        assert len(events) == len(others) == len(expanded) == len(entries)
        for wanted in entries:
            one, other = events[wanted.uid], others[wanted.uid]
            assert one["DTSTART"].dt == other.dtstart.value == wanted.start
            assert one["DTEND"].dt == other.dtend.value == wanted.end
            assert str(one["SUMMARY"]) == other.summary.value
            assert str(one["SUMMARY"]).startswith("会议")
            assert str(one["SUMMARY"]).endswith("完")
            assert not any(ord(character) < 32 for character in str(one["SUMMARY"]))


@pytest.mark.django_db
class TestGathering:
    def test_cancelled_entries_stay_for_sixty_days(self, source, member):
        source.own[member.pk] = [
            entry(uid="new", cancelled=True, updated=NOON - CANCELLED_STAY),
            entry(uid="old", cancelled=True, updated=NOON - CANCELLED_STAY - HOUR),
            entry(uid="unknown", cancelled=True, updated=None),
            entry(uid="kept", updated=NOON - 400 * DAY),
        ]
        uids = [found.uid for found in entries_for(member, feed_span(clock.today()))]
        assert uids == ["kept", "new", "unknown"]
        assert CANCELLED_STAY.days == 60

    def test_entries_come_in_order_of_time(self, source, member):
        day = dt.date(2026, 11, 24)
        source.own[member.pk] = [
            entry(uid="b"),
            entry(uid="a"),
            entry(uid="whole", start=day, end=day + DAY, all_day=True),
            entry(uid="early", start=NOON - HOUR),
        ]
        found = entries_for(member, Span(day, day + DAY))
        assert [one.uid for one in found] == ["whole", "early", "a", "b"]

    def test_the_span_is_90_days_back_and_400_ahead(self):
        today = dt.date(2026, 11, 24)
        span = feed_span(today)
        assert (today - span.start).days == 90
        assert (span.end - today).days == 401  # exclusive: the 400th day is in


@pytest.mark.django_db
class TestAddress:
    def test_a_device_gets_its_holders_entries(self, source, client, address, member):
        source.own[member.pk] = [entry()]
        source.own[make_user().pk] = [entry(uid="foreign@hall")]
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer["Cache-Control"] == "private, no-cache"
        assert "Last-Modified" not in answer
        assert "Set-Cookie" not in answer
        assert only_event(answer.content)["UID"] == "dummy-1@hall"
        assert FeedToken.objects.get().last_fetched_on == dt.date(2026, 11, 24)

    def test_head_tells_the_length_only(self, source, client, address):
        full, head = client.get(address), client.head(address)
        assert head.status_code == 200
        assert head.content == b""
        assert int(head["Content-Length"]) == len(full.content)
        assert head["ETag"] == full["ETag"]

    def test_unchanged_is_304_from_two_queries(self, source, client, address, django_assert_num_queries):
        services.remember(uid="one@hall", starts=NOON, ends=NOON + HOUR)
        etag = client.get(address)["ETag"]
        asked = source.asked
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            with django_assert_num_queries(2):
                answer = client.get(address, headers={"If-None-Match": known})
            assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
        assert source.asked == asked
        assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200

    def test_a_change_is_in_the_next_fetch(self, source, client, address):
        services.remember(uid="one@hall", starts=NOON, ends=NOON + HOUR)
        first = client.get(address)
        with clock.at(NOON + HOUR):
            services.remember(uid="one@hall", starts=NOON + HOUR, ends=NOON + 2 * HOUR)
            second = client.get(address, headers={"If-None-Match": first["ETag"]})
        assert second.status_code == 200
        event = only_event(second.content)
        assert (event["SEQUENCE"], event["DTSTART"].dt) == (1, NOON + HOUR)
        with clock.at(NOON + 2 * HOUR):
            services.cancel(uid="one@hall")
            assert b"STATUS:CANCELLED" in client.get(address).content

    def test_a_row_of_older_date_is_in_the_next_fetch(self, source, client, address):
        """Somebody is put on an older round: the latest change stays, the number does not."""
        services.remember(uid="one@hall", starts=NOON, ends=NOON + HOUR)
        first = client.get(address)
        with clock.at(NOON - DAY):
            services.remember(uid="two@hall", starts=NOON, ends=NOON + HOUR)
        assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200

    def test_a_feed_is_in_the_halls_language_whoever_asks(self, source, client, address):
        client.cookies["django_language"] = "en"
        client.get(address, headers={"Accept-Language": "en"})
        assert source.spoken == "zh-hans"

    def test_the_sources_of_the_house_keep_to_two_queries(self, client, address, django_assert_max_num_queries):
        etag = client.get(address)["ETag"]
        with django_assert_max_num_queries(2):
            assert client.get(address, headers={"If-None-Match": etag}).status_code == 304

    def test_a_new_role_is_a_new_feed(self, source, client, address, member):
        client.get(address)
        asked = source.asked
        assert source.seen_roles is False
        give_role(member, "union_officer", by=make_user(None, "system_admin"))
        client.get(address)
        assert source.seen_roles is True
        assert source.asked == asked + 1

    def test_roles_come_with_the_account(self, member, address, django_assert_num_queries):
        give_role(member, "union_officer", by=make_user(None, "system_admin"))
        token = address.removeprefix("/feeds/").removesuffix(".ics")
        with django_assert_num_queries(1):
            held = FeedToken.objects.held(token)
            assert held.user.role_keys == {"staff", "union_officer"}
        member.groups.clear()
        assert FeedToken.objects.held(token).user.role_keys == set()
        assert FeedToken.objects.held("x") is None

    def test_a_source_without_stamps_is_asked_each_time(self, source, client, address, member, monkeypatch):
        monkeypatch.setattr(
            type(source), "source", property(lambda self: CalendarSource(self.key, "花园", self.entries))
        )
        first = client.get(address)
        source.own[member.pk] = [entry()]
        assert client.get(address)["ETag"] != first["ETag"]

    def test_a_new_day_is_a_new_feed(self, source, client, address):
        client.get(address)
        asked = source.asked
        with clock.at(NOON + DAY):
            client.get(address)
        assert source.asked == asked + 1
        assert FeedToken.objects.get().last_fetched_on == dt.date(2026, 11, 25)

    def test_people_do_not_share_bytes(self, source, client, address, member):
        other = make_user()
        source.own = {member.pk: [entry(uid="mine")], other.pk: [entry(uid="theirs")]}
        second = services.feed_path(services.issue_token(user=other, label="手机"))
        assert only_event(client.get(address).content)["UID"] == "mine"
        assert only_event(client.get(second).content)["UID"] == "theirs"

    def test_unknown_revoked_and_left_are_the_same_404(self, source, client, address, member):
        def answer(path):
            given = client.get(path)
            kept = {name: value for name, value in given.headers.items() if name != "Server-Timing"}
            return given.status_code, kept, given.content

        unknown = answer(services.feed_path("x" * 43))
        assert unknown[0] == 404
        row = FeedToken.objects.get()
        services.revoke(subscription=row, by=member)
        assert answer(address) == unknown
        FeedToken.objects.update(revoked_at=None)
        assert client.get(address).status_code == 200
        member.is_active = False
        member.save()
        assert answer(address) == unknown

    def test_a_feed_only_gives(self, source, client, address):
        assert client.post(address).status_code == 405

    def test_without_any_source(self, client, address, monkeypatch):
        monkeypatch.setattr("intranet.calendars.gathering.calendar_sources", dict)
        assert client.get(address).status_code == 200

    def test_no_log_holds_a_token(self, client, address):
        token = address.removeprefix("/feeds/").removesuffix(".ics")
        formatter = MaskingFormatter("%(message)s")
        for text in (f"Not Found: {address}", f'"GET {address}?a=1 HTTP/1.1" 404', f"http://h/feeds/{token}"):
            record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s", (text,), None)
            assert token not in formatter.format(record)
            assert "/feeds/***" in formatter.format(record)

    def test_every_handler_masks(self):
        named = [logging.getLogger(name) for name in (None, "django", "django.server", "django.request")]
        ours = [handler for logger in named for handler in logger.handlers]
        kept = [handler for handler in ours if type(handler) is logging.StreamHandler]
        assert kept
        assert all(isinstance(handler.formatter, MaskingFormatter) for handler in kept)
