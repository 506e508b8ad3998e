import datetime as dt

import pytest
from django.utils import translation
from wagtail import hooks

from intranet import clock
from intranet.calendars import services
from intranet.calendars.models import Scheduled
from intranet.calendars.registry import CalendarSource, Entry, Stamp
from tests.people_of_the_hall import make_user

NOON = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def entry(**fields) -> Entry:
    given = {"uid": "dummy-1@hall", "title": "浇水", "start": NOON, "end": NOON + HOUR, "updated": NOON}
    return Entry(**{**given, **fields})


class DummySource:
    """Entries that the test fills in, and the remembered ones of everybody."""

    key = "dummy.garden"

    def __init__(self) -> None:
        self.own: dict[int, list[Entry]] = {}
        self.asked = 0

    def entries(self, viewer, span, about=None):
        self.asked += 1
        self.spoken = translation.get_language()
        yield from self.own.get(viewer.pk, [])
        for row in Scheduled.objects.filter(
            starts__gte=clock.start_of(span.start), starts__lt=clock.start_of(span.end)
        ):
            yield entry(
                uid=row.uid,
                start=row.starts,
                end=row.ends,
                sequence=row.sequence,
                cancelled=row.cancelled_at is not None,
                location=row.location,
                updated=row.changed_at,
            )

    def stamps(self, viewer):
        self.seen_roles = viewer.has_role("union_officer")
        return [Stamp(Scheduled.objects.all()), Stamp(Scheduled.objects.exclude(cancelled_at=None), "cancelled_at")]

    @property
    def source(self) -> CalendarSource:
        return CalendarSource(self.key, "花园", self.entries, self.stamps)


@pytest.fixture
def source(monkeypatch):
    """The only source there is."""
    hooks.get_hooks("register_calendar_source")
    monkeypatch.setitem(hooks._hooks, "register_calendar_source", [])
    given = DummySource()
    with hooks.register_temporarily("register_calendar_source", lambda: given.source):
        yield given


@pytest.fixture(autouse=True)
def at_noon():
    from django.core.cache import cache

    cache.clear()
    with clock.at(NOON):
        yield


@pytest.fixture
def member(db):
    return make_user()


@pytest.fixture
def address(member):
    """The member's feed."""
    return services.feed_path(services.issue_token(user=member, label="手机"))
