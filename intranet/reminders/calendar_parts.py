"""Invitations in a mail (RFC 6047): what makes a mail program show one instead of a file."""

from __future__ import annotations

from email.mime.base import MIMEBase
from email.mime.text import MIMEText

from django.core.mail import EmailMultiAlternatives

from .letters import Letter


def attach(email: EmailMultiAlternatives, letter: Letter) -> None:
    """Put the letter's invitation beside its text, its method in the MIME type as in the calendar itself.

    A mail program takes in one invitation a mail: of several, which a grouped letter may hold, each is a file.
    """
    parts = [one.calendar for one in getattr(letter, "items", ()) or (letter,) if one.calendar is not None]
    if len(parts) == 1:
        # The subtype goes into the header as it stands; Django adds the character set.
        email.attach_alternative(parts[0].data.decode(), f"text/calendar; method={parts[0].method}")
        return
    for number, part in enumerate(parts, start=1):
        email.attach(_file(part.data.decode(), part.method, f"invitation-{number}.ics"))


def _file(data: str, method: str, name: str) -> MIMEBase:
    made = MIMEText(data, "calendar", "utf-8")
    made.set_param("method", method)
    made.add_header("Content-Disposition", "attachment", filename=name)
    return made
