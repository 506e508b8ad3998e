"""How a letter reaches a person. A new channel is a class here and its key in ``CHANNELS``."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import Counter
from typing import Protocol

from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db import transaction

from intranet import clock

from .calendar_parts import attach
from .letters import Letter
from .models import InboxMessage, OutboxRow
from .sms import sms_channels
from .states import NOT_REACHED, NOT_TAKEN

logger = logging.getLogger(__name__)

MAX_TRIES = 5
BACK_OFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


class ChannelDown(Exception):
    """The channel as a whole cannot be reached; there is no use in going on in this run."""


class Channel(Protocol):
    """``batch`` letters are claimed at a time, for ``hold``; ``deliver`` settles each row of them.

    A channel with ``groups = True`` takes letters of several rows (``letter.rows``); any other gets letters of one
    row. Gives how many rows ended in which state. ``stop`` is the ``time.monotonic()`` after which
    what has not begun is put back untouched.
    """

    key: str
    batch: int
    hold: dt.timedelta

    def deliver(self, letters: list[Letter], now: dt.datetime, stop: float) -> Counter[str]: ...


def try_again(rows: list[OutboxRow], now: dt.datetime, reason: str) -> Counter[str]:
    """Count one try: the next comes after a growing pause, and the fifth is the last."""
    outcome: Counter[str] = Counter()
    for row in rows:
        tries = row.tries + 1
        last = tries >= MAX_TRIES
        state = OutboxRow.State.FAILED if last else OutboxRow.State.PLANNED
        next_try = None if last else now + BACK_OFF[tries - 1]
        held = OutboxRow.objects.filter(pk=row.pk).held_by(row.claim)
        outcome[state] += held.settle(state, tries=tries, next_try=next_try, failure=reason)
    return outcome


def put_back(rows: list[OutboxRow]) -> None:
    """Give rows back that were claimed and not begun; this is no try."""
    if rows:
        held = OutboxRow.objects.filter(pk__in=[row.pk for row in rows]).held_by(rows[0].claim)
        held.settle(OutboxRow.State.PLANNED)


class InboxChannel:
    key = "inbox"
    groups = True
    batch = 500
    hold = dt.timedelta(minutes=1)

    def deliver(self, letters: list[Letter], now: dt.datetime, stop: float) -> Counter[str]:
        """The message and the state "sent" in one transaction: both or neither."""
        if not letters:
            return Counter()
        claim = letters[0].row.claim
        with transaction.atomic():
            every = [row.pk for letter in letters for row in letter.rows]
            rows = OutboxRow.objects.filter(pk__in=every).held_by(claim)
            held = set(rows.select_for_update().values_list("pk", flat=True))
            InboxMessage.objects.bulk_create(
                InboxMessage(
                    recipient_id=letter.row.recipient_id,
                    outbox=letter.row,
                    subject=letter.subject,
                    body=letter.body,
                    url=letter.path,
                    items=[{"subject": one.subject, "body": one.body, "url": one.path} for one in letter.items],
                    received_at=now,
                )
                for letter in letters
                if letter.row.pk in held
            )
            sent = OutboxRow.objects.filter(pk__in=held).settle(
                OutboxRow.State.SENT, tries=1, sent_at=now, failure=""
            )
        return Counter({OutboxRow.State.SENT: sent})


class MailChannel:
    """Django mail over one connection a batch. Each letter is settled as soon as its message is taken,
    so that a process that dies has sent at most one message it has not written down."""

    key = "mail"
    groups = True
    batch = 20
    # Longer than one message may take: a few SMTP commands of EMAIL_TIMEOUT seconds each.
    hold = dt.timedelta(minutes=4)

    def deliver(self, letters: list[Letter], now: dt.datetime, stop: float) -> Counter[str]:
        outcome: Counter[str] = Counter()
        connection = get_connection()
        try:
            for position, letter in enumerate(letters):
                if time.monotonic() > stop:
                    put_back([row for late in letters[position:] for row in late.rows])
                    break
                try:
                    connection.open()
                except Exception as error:
                    logger.warning("The mail server cannot be reached: %s", type(error).__name__)
                    try_again([row for late in letters[position:] for row in late.rows], now, NOT_REACHED)
                    raise ChannelDown from error
                outcome += self._send(connection, letter, now)
        finally:
            self._close(connection)
        return outcome

    def _send(self, connection, letter: Letter, now: dt.datetime) -> Counter[str]:
        rows = letter.rows
        mine = OutboxRow.objects.filter(pk__in=[row.pk for row in rows]).held_by(letter.row.claim)
        if mine.update(claimed_until=clock.real_now() + self.hold) < len(rows):
            return Counter()  # the claim ran out, and another worker has the letter
        try:
            connection.send_messages([self.message(letter, now)])
        except Exception as error:
            # The kind only: what a server answers may quote the address or the text.
            logger.warning("The mail led by outbox row %s was not taken: %s", letter.row.pk, type(error).__name__)
            self._close(connection)
            return try_again(list(rows), now, NOT_TAKEN)
        sent = mine.settle(OutboxRow.State.SENT, tries=letter.row.tries + 1, sent_at=now, failure="", next_try=None)
        return Counter({OutboxRow.State.SENT: sent})

    @staticmethod
    def _close(connection) -> None:
        try:
            connection.close()
        except Exception as error:
            logger.info("The mail connection was already gone: %s", type(error).__name__)

    @staticmethod
    def message(letter: Letter, now: dt.datetime) -> EmailMessage:
        """The mail: the text, and below it the address of the page. The Message-ID never changes."""
        email = EmailMultiAlternatives(
            letter.subject,
            f"{letter.text}\n",
            to=[letter.row.recipient.email],
            headers={
                "Message-ID": letter.row.message_id,
                "Date": now.strftime("%a, %d %b %Y %H:%M:%S +0000"),
                "Auto-Submitted": "auto-generated",
            },
        )
        attach(email, letter)
        return email


CHANNELS: dict[str, Channel] = {channel.key: channel for channel in (InboxChannel(), MailChannel())} | sms_channels()
