"""A personal calendar feed: made anew, unchanged, and asked for by everybody all day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.test import RequestFactory
from django.utils import timezone
from icalendar import Alarm, Calendar, Event
from wagtail import hooks

from intranet import clock
from intranet.access.models import User
from intranet.calendars import services
from intranet.calendars.gathering import entries_for, feed_span, stamps_of
from intranet.calendars.models import FeedToken, Scheduled
from intranet.calendars.querysets import hash_of
from intranet.calendars.registry import CalendarSource, Entry, Span, Stamp
from tests.people_of_the_hall import make_user

from .registry import Figure, benchmark, size
from .stopwatch import by_turns, seconds, statements

ENTRIES = size(1_000, 1_000, 10)
FEW = 50  # entries of an ordinary feed
PEOPLE = size(400, 1_000, 5)
EVERY = 15 * 60  # seconds between two polls of one person
TURNS = 7
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def entries(viewer: Any, span: Span, about: Any = None) -> Iterator[Entry]:
    """Everything scheduled, with titles and alarms as duties have them."""
    rows = Scheduled.objects.filter(starts__gte=clock.start_of(span.start), starts__lt=clock.start_of(span.end))
    for row in rows:
        yield Entry(
            uid=row.uid,
            title=f"A 岗 · 综合窗口值班 {row.pk}",
            start=row.starts,
            end=row.ends,
            sequence=row.sequence,
            location=row.location,
            alarm_minutes=30,
            updated=row.changed_at,
        )


@contextmanager
def scheduled(number: int) -> Iterator[None]:
    """So many entries ahead, from a source like a plug-in's; the sources of the house stay in."""
    start = clock.start_of(clock.today(), 9)
    rows = [
        Scheduled(
            uid=f"bench-{n}@hall",
            starts=start + n % 300 * DAY,
            ends=start + n % 300 * DAY + HOUR,
            location="三楼服务大厅",
            changed_at=start,
        )
        for n in range(number)
    ]
    Scheduled.objects.bulk_create(rows, batch_size=500)
    stamps = [Stamp(Scheduled.objects.all())]
    source = CalendarSource("bench.duties", "值班", entries, lambda viewer: stamps)
    cache.clear()
    with hooks.register_temporarily("register_calendar_source", lambda: source):
        yield


class Site:
    """The whole site with every middleware, asked without a web server between."""

    def __init__(self) -> None:
        self.handler = BaseHandler()
        self.handler.load_middleware()
        self.requests = RequestFactory()

    def fetch(self, address: str, etag: str = "") -> HttpResponse:
        headers = {"If-None-Match": etag} if etag else {}
        return self.handler.get_response(self.requests.get(address, headers=headers))

    def unchanged(self, address: str, etag: str) -> None:
        if self.fetch(address, etag).status_code != 304:
            raise RuntimeError("an unchanged feed did not answer 304")


def subscriber() -> tuple[User, str]:
    user = make_user()
    return user, services.issue_token(user=user, label="手机")


@benchmark("feed.cold", unit="times", bar=1.5)
def a_feed_made_anew() -> Figure:
    """Seconds of the whole request, from reading the rows to the answer, with nothing kept."""
    site = Site()
    with scheduled(ENTRIES):
        user, token = subscriber()
        address = services.feed_path(token)
        shown = entries_for(user, feed_span(clock.today()))
        if Calendar.from_ical(site.fetch(address).content).walk("VEVENT") != plain_calendar(shown).walk("VEVENT"):
            raise RuntimeError("the feed and the base do not hold the same entries")

        def ours() -> None:
            cache.clear()
            site.fetch(address)

        taken, base = by_turns(ours, lambda: plain_calendar(shown).to_ical(), times=TURNS)
    return Figure(taken, ENTRIES, base, "icalendar building and serialising the same entries, already in memory")


def plain_calendar(shown: list[Entry]) -> Calendar:
    """The same properties by icalendar's own calls, without a thought for what may stand in them."""
    calendar = Calendar()
    calendar.add("prodid", "-//Base//ZH")
    calendar.add("version", "2.0")
    for entry in shown:
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", entry.updated.astimezone(dt.UTC) if entry.updated else clock.start_of(entry.start))
        event.add("sequence", entry.sequence)
        event.add("summary", entry.title)
        event.add("status", "CONFIRMED")
        event.add("dtstart", entry.start if entry.all_day else entry.start.astimezone(clock.HALL_ZONE))
        event.add("dtend", entry.end if entry.all_day else entry.end.astimezone(clock.HALL_ZONE))
        if entry.location:
            event.add("location", entry.location)
        if entry.url:
            event.add("url", urljoin(settings.WAGTAILADMIN_BASE_URL, entry.url))
        if entry.all_day:
            event.add("transp", "TRANSPARENT")
        if entry.alarm_minutes is not None:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", entry.title)
            alarm.add("trigger", dt.timedelta(minutes=-entry.alarm_minutes))
            event.add_component(alarm)
        calendar.add_component(event)
    return calendar


@benchmark("feed.unchanged.queries", unit="queries", bar=2)
def queries_of_an_unchanged_feed() -> Figure:
    site = Site()
    with scheduled(ENTRIES):
        _user, token = subscriber()
        address = services.feed_path(token)
        etag = site.fetch(address)["ETag"]
        with statements() as sent:
            site.unchanged(address, etag)
    return Figure(len(sent), ENTRIES)


@benchmark("feed.unchanged.view", unit="times", bar=2)
def an_unchanged_feed() -> Figure:
    """Seconds of one answer 304, all middleware included; the bare view has none."""
    site = Site()
    with scheduled(ENTRIES):
        _user, token = subscriber()
        address = services.feed_path(token)
        etag = site.fetch(address)["ETag"]
        request = site.requests.get("/bare/", headers={"If-None-Match": etag})
        rounds = 50

        def ours() -> None:
            for _round in range(rounds):
                site.unchanged(address, etag)

        def base() -> None:
            for _round in range(rounds):
                bare_view(request, token)

        taken, bare = by_turns(ours, base, times=TURNS)
    said = "a view without middleware that evaluates the same two querysets and answers 304"
    return Figure(taken / rounds, rounds, bare / rounds, said)


def bare_view(request: HttpRequest, token: str) -> HttpResponse:
    [row] = FeedToken.objects.holding(token).with_roles()
    row.user.know_roles([row.role_key])
    list(stamps_of(row.user))
    return HttpResponseNotModified()


@benchmark("feed.polling", unit="% of a core", bar=5)
def everybody_polls() -> Figure:
    """Share of one core for 1,000 people who poll every 15 minutes: wall time, the database's part included.

    Everybody's feed is made once before; then all are asked in turn, as phones do.
    """
    site = Site()
    with scheduled(FEW):
        tokens = subscribers(PEOPLE)
        addresses = [services.feed_path(token) for token in tokens]
        asked = [(address, site.fetch(address)["ETag"]) for address in addresses]

        def one_round() -> None:
            for address, etag in asked:
                site.unchanged(address, etag)

        each = min(seconds(one_round) for _turn in range(3)) / len(asked)
    return Figure(100 * each * 1_000 / EVERY, PEOPLE)


def subscribers(number: int) -> list[str]:
    now = timezone.now()
    users = User.objects.bulk_create(
        [User(username=f"bench{n}", name=f"某{n}", password="!") for n in range(number)], batch_size=500
    )
    tokens = [f"bench-token-{n}" for n in range(number)]
    rows = [
        FeedToken(user=user, label="手机", token_hash=hash_of(token), created_at=now)
        for user, token in zip(users, tokens, strict=True)
    ]
    FeedToken.objects.bulk_create(rows, batch_size=500)
    return tokens
