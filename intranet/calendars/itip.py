"""An invitation as iCalendar bytes (RFC 5546): METHOD, ORGANIZER and one ATTENDEE, and nobody else's name."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings
from icalendar import vCalAddress

from intranet import clock

from .feed import hall_calendar, line, vevent
from .invitations import Told
from .registry import Entry


def invitation_bytes(told: Told) -> bytes:
    """REQUEST or CANCEL for one person; the same bytes for the same state, so that a second try sends the same."""
    calendar = hall_calendar()
    calendar.add("method", told.method)
    row = told.invitation
    event = vevent(_entry(told), mark_cancelled=False)
    event.add("organizer", _address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], settings.HALL_NAME))
    attendee = _address(row.user.email, row.user.name)
    # Whoever is invited has a place already: nothing is asked, and no program need answer.
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = "DECLINED" if row.cancelled else "ACCEPTED"
    attendee.params["RSVP"] = "FALSE"
    event.add("attendee", attendee)
    calendar.add_component(event)
    return calendar.to_ical()


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{line(email)}")
    # A quotation mark ends a parameter, and no escape is known to every reader.
    address.params["CN"] = line(name).replace('"', "'")
    return address


def _entry(told: Told) -> Entry:
    row = told.invitation.scheduled
    whole = row.lasts_whole_days
    return Entry(
        uid=row.uid,
        title=row.title,
        start=clock.day_of(row.starts) if whole else row.starts,
        end=clock.day_of(row.ends) if whole else row.ends,
        all_day=whole,
        sequence=told.invitation.sequence,
        cancelled=told.invitation.cancelled,
        location=row.location,
        updated=told.since,
    )
