"""Text messages: an interface for a hall that has a service for them, and files for one that has none.

There is no channel until ``SMS_BACKEND`` names a class (``intranet.reminders.sms.FileSmsBackend`` writes files under
``var/sms/``). A rule opts in with ``channels=("inbox", "sms")``; people without a mobile number are skipped.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from intranet import clock

from .group_notices import cut
from .letters import Letter
from .models import OutboxRow
from .registry import phone_books

if TYPE_CHECKING:
    from .channels import Channel

logger = logging.getLogger(__name__)

# What a carrier takes at once is counted in pieces of 70 characters; ten of them are a letter, not a message.
BODY_BYTES = 900
NOT_TAKEN = gettext_noop("The service for text messages did not take the message.")


class SmsBackend(Protocol):
    """``send`` hands one message over or raises. ``message_id`` is the same on every try: a service that has seen
    it must not send again.
    """

    def send(self, *, phone: str, text: str, message_id: str) -> None: ...


class FileSmsBackend:
    """One ``.json`` a message in ``var/sms``, named after its identity, so that a second try writes no second one."""

    def __init__(self) -> None:
        self.folder = Path(settings.VAR_DIR) / "sms"

    def send(self, *, phone: str, text: str, message_id: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{message_id.strip('<>').partition('@')[0]}.json"
        unfinished = path.with_suffix(".part")
        content = json.dumps({"to": phone, "text": text, "message_id": message_id}, ensure_ascii=False)
        # Only for whoever runs the hall's programs: it holds telephone numbers.
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(content + "\n")
        os.replace(unfinished, path)


class SmsChannel:
    """A Channel as ``channels.py`` describes it."""

    key = "sms"
    batch = 20
    hold = dt.timedelta(minutes=4)

    def __init__(self, backend: SmsBackend) -> None:
        self.backend = backend

    def deliver(self, letters: list[Letter], now: dt.datetime, stop: float) -> Counter[str]:
        from .channels import put_back

        outcome: Counter[str] = Counter()
        numbers = phones_of([letter.row.recipient_id for letter in letters])
        for position, letter in enumerate(letters):
            if time.monotonic() > stop:
                put_back([late.row for late in letters[position:]])
                break
            outcome += self._send(letter, numbers.get(letter.row.recipient_id, ""), now)
        return outcome

    def _send(self, letter: Letter, phone: str, now: dt.datetime) -> Counter[str]:
        from .channels import try_again

        row = letter.row
        mine = OutboxRow.objects.filter(pk=row.pk).held_by(row.claim)
        if not phone:
            return Counter({OutboxRow.State.SKIPPED: mine.settle(OutboxRow.State.SKIPPED)})
        if not mine.update(claimed_until=clock.real_now() + self.hold):
            return Counter()  # the claim ran out, and another worker has the row
        try:
            self.backend.send(phone=phone, text=text_of(letter), message_id=row.message_id)
        except Exception as error:
            # The kind only: what a service answers may quote the number or the text.
            logger.warning("The text message for outbox row %s was not taken: %s", row.pk, type(error).__name__)
            return try_again([row], now, NOT_TAKEN)
        sent = mine.settle(OutboxRow.State.SENT, tries=row.tries + 1, sent_at=now, failure="", next_try=None)
        return Counter({OutboxRow.State.SENT: sent})


def text_of(letter: Letter) -> str:
    """The hall in brackets, as carriers ask for, the subject, and the address; the text only where it is short."""
    head = _("[%(hall)s]%(subject)s") % {"hall": settings.HALL_NAME, "subject": letter.subject}
    words = [head, cut(" ".join(letter.body.split()), BODY_BYTES), letter.address]
    return "\n".join(filter(None, words))


def phones_of(users: list[int]) -> dict[int, str]:
    """The mobile numbers that the rooms above know, by user; one query for each that knows some."""
    found: dict[int, str] = {}
    for book in phone_books().values():
        found |= {user: phone for user, phone in book.phones(users).items() if phone}
    return found


def sms_channels() -> dict[str, Channel]:
    """The channel, if the hall has set one up."""
    if not settings.SMS_BACKEND:
        return {}
    return {SmsChannel.key: SmsChannel(import_string(settings.SMS_BACKEND)())}
