"""Switches for each kind, name and colour; calendars of the programme, a window, a unit; who may show them."""

from __future__ import annotations

import datetime as dt
import pickle
import re

import icalendar
import pytest
from django.core.cache import cache
from django.urls import reverse
from wagtail import hooks

from intranet import clock
from intranet.access.models import AuditEntry
from intranet.calendars import services
from intranet.calendars.exceptions import AlreadyRevoked, NotYours
from intranet.calendars.feed import Feed, calendar_bytes
from intranet.calendars.models import FeedToken, Scheduled
from intranet.calendars.registry import CalendarSource, CalendarSubject, Stamp
from tests.people_of_the_hall import make_user

from .conftest import HOUR, NOON, entry

DAY = dt.timedelta(days=1)


class Garden:
    """An object with a calendar of its own, and who may show it."""

    def __init__(self) -> None:
        self.keepers: set[int] = set()
        self.asked_about: list = []
        self.subject = CalendarSubject("dummy.garden", "花园", self.choices, self.find)

    def choices(self, viewer):
        return [("7", "东花园")] if viewer.pk in self.keepers else []

    def find(self, viewer, key):
        return self if viewer.pk in self.keepers and key == "7" else None


@pytest.fixture
def garden(source, member):
    given = Garden()
    given.keepers.add(member.pk)
    ask = source.entries

    def entries(viewer, span, about=None):
        if about is None:
            yield from ask(viewer, span)
        elif about is given:
            given.asked_about.append(viewer)
            yield entry(uid="garden@hall", title="东花园浇水")

    source.entries = entries
    with hooks.register_temporarily("register_calendar_subject", lambda: given.subject):
        yield given


@pytest.fixture
def second(source):
    """Another kind of entries, beside the first."""
    given = CalendarSource(
        "dummy.books", "图书", lambda viewer, span, about=None: [entry(uid="book@hall")], lambda v: []
    )
    with hooks.register_temporarily("register_calendar_source", lambda: given):
        yield given


def uids(client, address) -> set[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return {str(event["UID"]) for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}


def only() -> FeedToken:
    return FeedToken.objects.valid().get()


def post(client, name, data, *args):
    given = {"label": "手机", "title": "", "colour": "teal", "kinds": ["dummy.garden", "dummy.books"], **data}
    return client.post(reverse(f"calendars:{name}", args=args), given)


@pytest.mark.django_db
class TestKinds:
    def test_everything_is_on_at_first_and_each_kind_can_be_switched_off(
        self, source, second, client, member, address
    ):
        source.own[member.pk] = [entry(uid="mine@hall")]
        assert uids(client, address) == {"mine@hall", "book@hall"}
        client.force_login(member)
        page = client.get(reverse("calendars:change", args=[only().pk])).content.decode()
        assert page.count("checked") == 2
        assert post(client, "change", {"kinds": ["dummy.garden"]}, only().pk).status_code == 302
        assert uids(client, address) == {"mine@hall"}
        assert only().off == ["dummy.books"]
        page = client.get(reverse("calendars:change", args=[only().pk])).content.decode()
        assert page.count("checked") == 1
        post(client, "change", {}, only().pk)
        assert uids(client, address) == {"mine@hall", "book@hall"}

    def test_a_new_kind_is_on(self, source, client, member, address, second):
        assert only().off == []
        assert "book@hall" in uids(client, address)

    def test_a_kind_that_is_off_is_not_even_asked(self, source, second, client, member):
        token = services.issue_token(user=member, label="手机", off=["dummy.garden"])
        before = source.asked
        assert uids(client, services.feed_path(token)) == {"book@hall"}
        assert source.asked == before

    def test_each_device_has_switches_of_its_own(self, source, second, client, member, address):
        other = services.feed_path(services.issue_token(user=member, label="平板", off=["dummy.books"]))
        assert uids(client, other) == set()
        assert uids(client, address) == {"book@hall"}

    def test_at_least_one_kind_must_stay(self, source, second, client, member, address):
        client.force_login(member)
        answer = post(client, "change", {"kinds": []}, only().pk)
        assert answer.status_code == 200
        assert "请至少选择一类" in answer.content.decode()
        assert only().off == []
        assert post(client, "change", {"kinds": ["unknown"]}, only().pk).status_code == 200

    def test_unchanged_is_two_queries_with_switches_too(
        self, source, second, client, member, django_assert_num_queries
    ):
        services.remember(uid="one@hall", starts=NOON, ends=NOON + HOUR)
        address = services.feed_path(services.issue_token(user=member, label="手机", off=["dummy.books"]))
        etag = client.get(address)["ETag"]
        with django_assert_num_queries(2):
            assert client.get(address, headers={"If-None-Match": etag}).status_code == 304

    def test_a_switch_is_in_the_next_fetch(self, source, second, client, member, address):
        etag = client.get(address)["ETag"]
        row = only()
        services.change_subscription(
            subscription=row, label="手机", title="", colour="teal", off=["dummy.books"], by=member
        )
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.django_db
class TestLook:
    def test_name_and_colour_are_in_the_feed(self, source, client, member, address, settings):
        assert f"NAME:{settings.HALL_NAME}" in client.get(address).content.decode().replace("\r\n ", "")
        client.force_login(member)
        post(client, "change", {"title": "我的值班", "colour": "firebrick", "kinds": ["dummy.garden"]}, only().pk)
        lines = client.get(address).content.decode().replace("\r\n ", "").split("\r\n")
        assert {"NAME:我的值班", "X-WR-CALNAME:我的值班", "COLOR:firebrick"} <= set(lines)
        assert AuditEntry.objects.get(action="calendars.change").user == member

    def test_the_address_stays_when_the_look_changes_and_the_look_when_the_address_does(
        self, source, client, member, address
    ):
        client.force_login(member)
        post(client, "change", {"title": "值班", "colour": "grey"}, only().pk)  # no such colour
        assert only().title == ""
        row = services.change_subscription(
            subscription=only(), label="新手机", title="值班", colour="slategrey", off=["dummy.garden"], by=member
        )
        services.rotate(subscription=row, by=member)
        new = only()
        assert (new.label, new.title, new.colour, new.off) == ("新手机", "值班", "slategrey", ["dummy.garden"])
        assert client.get(address).status_code == 404

    def test_a_foreign_and_an_ended_one_cannot_be_changed(self, source, client, member, address):
        row = only()
        client.force_login(make_user())
        assert client.get(reverse("calendars:change", args=[row.pk])).status_code == 404
        assert post(client, "change", {}, row.pk).status_code == 404
        services.revoke(subscription=row, by=member)
        with pytest.raises(AlreadyRevoked, match="重新创建"):
            services.change_subscription(subscription=row, label="x", title="", colour="teal", off=[], by=member)

    def test_two_looks_do_not_share_bytes(self, source, client, member, address):
        other = services.feed_path(services.issue_token(user=member, label="平板", title="另一个"))
        assert client.get(address)["ETag"] != client.get(other)["ETag"]


@pytest.mark.django_db
class TestSubjects:
    def test_who_keeps_it_makes_a_feed_of_it(self, garden, source, client, member):
        source.own[member.pk] = [entry(uid="mine@hall")]
        client.force_login(member)
        assert "东花园" in client.get(reverse("calendars:subscriptions")).content.decode()
        answer = post(client, "subscriptions", {"calendar": "dummy.garden:7", "kinds": ["dummy.garden"]})
        [address] = re.findall(r'id="feed-address">([^<]+)<', answer.content.decode())
        client.logout()
        assert uids(client, address) == {"garden@hall"}
        assert (only().title, only().subject, only().subject_key) == ("东花园", "dummy.garden", "7")
        client.force_login(member)
        assert "东花园" in client.get(reverse("calendars:subscriptions")).content.decode()

    def test_nobody_else_does(self, garden, client):
        other = make_user()
        client.force_login(other)
        assert "东花园" not in client.get(reverse("calendars:subscriptions")).content.decode()
        answer = post(client, "subscriptions", {"calendar": "dummy.garden:7", "kinds": ["dummy.garden"]})
        assert answer.status_code == 200
        assert not FeedToken.objects.exists()
        for subject, key in (("dummy.garden", "7"), ("nobody.knows", "1"), ("dummy.garden", "8")):
            with pytest.raises(NotYours, match="请另选"):
                services.issue_token(user=other, label="屏幕", subject=subject, subject_key=key)

    def test_the_feed_ends_with_the_right_to_it(self, garden, client, member):
        token = services.issue_token(user=member, label="屏幕", subject="dummy.garden", subject_key="7")
        address = services.feed_path(token)
        assert client.get(address).status_code == 200
        unknown = client.get(services.feed_path("x" * 43))
        garden.keepers.clear()
        answer = client.get(address)
        assert (answer.status_code, answer.content) == (404, unknown.content)
        client.force_login(member)
        assert "您已不再负责" in client.get(reverse("calendars:subscriptions")).content.decode()
        with pytest.raises(NotYours):
            services.rotate(subscription=only(), by=member)
        assert only().revoked_at is None  # nothing was half done
        garden.keepers.add(member.pk)
        assert client.get(address).status_code == 200

    @pytest.mark.control
    def test_without_asking_again_the_feed_would_outlive_the_right(self, garden, client, member, monkeypatch):
        token = services.issue_token(user=member, label="屏幕", subject="dummy.garden", subject_key="7")
        garden.keepers.clear()
        monkeypatch.setattr(services, "about_of", lambda user, subject, key: garden)
        assert client.get(services.feed_path(token)).status_code == 200

    def test_it_dies_with_the_account_and_with_the_plug_in(self, garden, client, member, monkeypatch):
        token = services.issue_token(user=member, label="屏幕", subject="dummy.garden", subject_key="7")
        address = services.feed_path(token)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("intranet.calendars.services.calendar_subjects", dict)
            assert client.get(address).status_code == 404
        assert client.get(address).status_code == 200
        member.is_active = False
        member.save()
        assert client.get(address).status_code == 404

    def test_unchanged_is_304(self, garden, client, member):
        token = services.issue_token(user=member, label="屏幕", subject="dummy.garden", subject_key="7")
        etag = client.get(services.feed_path(token))["ETag"]
        answer = client.get(services.feed_path(token), headers={"If-None-Match": etag})
        assert (answer.status_code, answer.content) == (304, b"")

    def test_everybody_may_have_the_programme(self, source, client):
        someone = make_user()
        client.force_login(someone)
        post(client, "subscriptions", {"calendar": "calendars.programme:", "kinds": ["dummy.garden"]})
        assert only().subject == "calendars.programme"
        assert only().title == "中心公共日程"

    def test_the_list_takes_constant_queries(self, garden, client, member):
        client.force_login(member)
        services.issue_token(user=member, label="屏幕", subject="dummy.garden", subject_key="7")
        few = client.get(reverse("calendars:subscriptions")).headers["Server-Timing"]
        for number in range(5):
            services.issue_token(user=member, label=f"屏幕{number}", subject="dummy.garden", subject_key="7")
        assert client.get(reverse("calendars:subscriptions")).headers["Server-Timing"] == few


@pytest.mark.django_db
class TestGuards:
    """What issue 4 asks of feeds, each with its control."""

    def test_an_old_address_is_dead_within_a_second(self, source, client, member, address):
        assert client.get(address).status_code == 200
        new = services.feed_path(services.rotate(subscription=only(), by=member))
        assert client.get(address).status_code == 404  # at once, whatever is kept
        assert client.get(new).status_code == 200

    @pytest.mark.control
    def test_without_the_look_at_the_revocation_it_would_live(self, source, client, member, address, monkeypatch):
        services.rotate(subscription=only(), by=member)
        monkeypatch.setattr(
            "intranet.calendars.querysets.FeedTokenQuerySet.valid", lambda rows: rows.filter(user__is_active=True)
        )
        assert client.get(address).status_code == 200

    @pytest.mark.control
    def test_without_stamps_that_move_a_change_would_not_be_seen(self, source, client, member, address, monkeypatch):
        nothing = Scheduled.objects.none()
        monkeypatch.setattr(
            type(source),
            "source",
            property(lambda self: CalendarSource(self.key, "花园", self.entries, lambda viewer: [Stamp(nothing)])),
        )
        etag = client.get(address)["ETag"]
        services.remember(uid="one@hall", starts=NOON, ends=NOON + HOUR)
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304

    @pytest.mark.control
    def test_without_the_sixty_days_a_cancellation_would_vanish_at_once(self, source, client, address, monkeypatch):
        services.remember(uid="one@hall", starts=NOON, ends=NOON + HOUR)
        services.cancel(uid="one@hall")
        with clock.at(NOON + 59 * DAY):
            assert "【取消】" in client.get(address).content.decode()
        monkeypatch.setattr("intranet.calendars.gathering.CANCELLED_STAY", dt.timedelta(0))
        with clock.at(NOON + 58 * DAY):
            assert "【取消】" not in client.get(address).content.decode()

    @pytest.mark.control
    def test_without_the_mask_a_log_would_hold_the_token(self, address):
        import logging

        from intranet.calendars.masking import MaskingFormatter

        record = logging.LogRecord("django.request", logging.WARNING, "", 1, "%s", (f"Not Found: {address}",), None)
        token = address.removeprefix("/feeds/").removesuffix(".ics")
        assert token in logging.Formatter("%(message)s").format(record)
        assert token not in MaskingFormatter("%(message)s").format(record)


@pytest.mark.django_db
class TestKept:
    def test_the_feeds_of_a_whole_hall_are_kept_at_once(self, source, client, member, address):
        """1,000 people poll in turn: none of them throws another's bytes out."""
        services.remember(uid="one@hall", starts=NOON, ends=NOON + HOUR)
        etag = client.get(address)["ETag"]
        asked = source.asked
        for number in range(1_000):
            cache.set(f"feed:{number}", Feed.of(b"x"), 3600)
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
        assert source.asked == asked

    @pytest.mark.control
    def test_djangos_own_room_would_not_do(self, source, client, member, address, settings):
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
        etag = client.get(address)["ETag"]
        asked = source.asked
        for number in range(1_000):
            cache.set(f"feed:{number}", Feed.of(b"x"), 3600)
        client.get(address, headers={"If-None-Match": etag})
        assert source.asked > asked

    def test_what_is_kept_is_small_and_comes_back_whole(self):
        data = calendar_bytes([entry(uid=f"{n}@hall", title="综合窗口值班") for n in range(300)])
        feed = Feed.of(data)
        assert len(feed.packed) < len(data) / 5
        assert pickle.loads(pickle.dumps(feed)).data == data
