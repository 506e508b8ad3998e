"""A plug-in as somebody else would write it: courses at a time and place, with participants who are invited."""

from __future__ import annotations

import datetime as dt

from intranet import clock
from intranet.calendars import invitations, services
from intranet.calendars.models import Invitation, Scheduled
from intranet.calendars.registry import CalendarSource, Entry, Stamp

PREFIX = "courses.course."


def plan(number: int, starts: dt.datetime, hours: int, title: str, location: str = "培训室", by=None) -> str:
    """Enter a course, or change what was entered."""
    uid = f"{PREFIX}{number}"
    services.remember(
        uid=uid, starts=starts, ends=starts + dt.timedelta(hours=hours), location=location, title=title, by=by
    )
    return uid


def enrol(uid: str, *people, by=None) -> None:
    for person in people:
        invitations.invite(user=person, uid=uid, by=by)


def take_off(uid: str, person, by=None) -> None:
    invitations.withdraw(user=person, uid=uid, by=by)


def call_off(uid: str, by=None) -> None:
    services.cancel(uid=uid, by=by)


def entries(viewer, span, about=None):
    """The courses one is invited to."""
    start, end = clock.start_of(span.start), clock.start_of(span.end)
    mine = Scheduled.objects.invited(viewer).filter(uid__startswith=PREFIX, starts__lt=end, ends__gt=start)
    for row in mine if about is None else ():
        yield Entry(
            uid=row.uid,
            title=row.title,
            start=row.starts,
            end=row.ends,
            sequence=row.sequence,
            cancelled=row.cancelled_at is not None,
            location=row.location,
            alarm_minutes=60,
            updated=row.changed_at,
        )


def stamps(viewer):
    return [Stamp(Scheduled.objects.filter(uid__startswith=PREFIX)), Stamp(Invitation.objects.filter(user=viewer.pk))]


SOURCE = CalendarSource("courses.courses", "培训", entries, stamps)
