"""Invitations in a mail (RFC 6047): what makes a mail program show one instead of a file."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives

from .letters import Letter


def attach(email: EmailMultiAlternatives, letter: Letter) -> None:
    """Put the letter's invitation beside its text, its method in the MIME type as in the calendar itself.

    A mail program takes in one invitation a mail: rules that invite are not grouped.
    """
    if part := letter.calendar:
        # The subtype goes into the header as it stands; Django adds the character set.
        email.attach_alternative(part.data.decode(), f"text/calendar; method={part.method}")
