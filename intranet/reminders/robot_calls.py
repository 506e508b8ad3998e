"""One call to a robot's address, from a worker: checked, to the addresses that were checked, within seconds.

What the other side answers is never logged, shown or kept, but for one number.
"""

from __future__ import annotations

import http.client
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.utils.translation import gettext_noop

from .group_models import Robot
from .robot_addresses import PlaceNotAllowed, RobotAddress, places
from .robot_messages import Message

logger = logging.getLogger(__name__)

# Seconds: for a connection, and for the whole call, however slowly the other side drips.
CONNECT, WHOLE = 4.0, 9.0
ANSWER_BYTES = 64 * 1024

NOT_REACHED = gettext_noop("The address could not be reached.")
NOT_TRUSTED = gettext_noop("The certificate of the address is not trusted.")
TOO_SLOW = gettext_noop("No answer came in time. The message may have arrived all the same.")
NOT_ALLOWED = gettext_noop("The name leads to an address that robots may not write to (ROBOT_HOSTS).")
REDIRECTED = gettext_noop("The address leads on to another one, which is not followed. Enter the right address.")
REFUSED = gettext_noop("The other side did not take the message.")
NOT_UNDERSTOOD = gettext_noop("The other side answered something that is no answer of such a robot.")
INVALID = gettext_noop("The group no longer knows this robot. Copy its address again, or add a new one there.")
WRONG_SECRET = gettext_noop("DingTalk's security setting does not fit: check the secret or the keyword.")
TOO_MANY = gettext_noop("Too many messages in a short time; the robot is silent for ten minutes.")

# https://open.work.weixin.qq.com/devtool/query and DingTalk's list of codes.
KNOWN_CODES = {
    (Robot.Form.WECOM, 93000): INVALID,
    (Robot.Form.WECOM, 45009): TOO_MANY,
    (Robot.Form.DINGTALK, 300001): INVALID,
    (Robot.Form.DINGTALK, 310000): WRONG_SECRET,
    (Robot.Form.DINGTALK, 130101): TOO_MANY,
}


class CallFailed(Exception):
    """``reason`` is an English msgid, ``code`` the status or error number of the other side."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.code = reason, code


class _Pinned(http.client.HTTPSConnection):
    """A connection to one checked number, with the certificate asked for by name."""

    def __init__(self, address: RobotAddress, number: str, context: ssl.SSLContext) -> None:
        super().__init__(address.host, address.port, timeout=CONNECT, context=context)
        self.number, self.trust = number, context

    def connect(self) -> None:
        plain = socket.create_connection((self.number, self.port), CONNECT)
        self.sock = self.trust.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()


def call(form: str, address: RobotAddress, message: Message) -> None:
    """Deliver one message. Raises CallFailed with a reason that quotes nothing of either side."""
    deadline = time.monotonic() + WHOLE
    try:
        numbers = places(address)
    except PlaceNotAllowed:
        raise CallFailed(NOT_ALLOWED) from None
    except OSError:
        raise CallFailed(NOT_REACHED) from None
    connection = _connected(address, numbers, deadline)
    try:
        status, body = _exchange(connection, address, message, deadline)
    finally:
        connection.close()
    _judge(form, status, body)


def _connected(address: RobotAddress, numbers: list[str], deadline: float) -> _Pinned:
    """To the first number that takes us: many machines know IPv6 addresses and have no way there."""
    context = _trust()
    for number in numbers:
        if time.monotonic() >= deadline:
            break
        connection = _Pinned(address, number, context)
        try:
            with _within(connection, deadline):
                connection.connect()
        except ssl.SSLCertVerificationError:
            connection.close()
            raise CallFailed(NOT_TRUSTED) from None
        except (OSError, ValueError):
            connection.close()
            continue
        return connection
    raise CallFailed(NOT_REACHED)


def _trust() -> ssl.SSLContext:
    """Authorities of the machine, and the hall's own. Raises CallFailed when its file is missing or none."""
    context = ssl.create_default_context()
    try:
        if settings.ROBOT_CA_FILE:
            context.load_verify_locations(settings.ROBOT_CA_FILE)
    except OSError:
        logger.warning("ROBOT_CA_FILE cannot be read")
        raise CallFailed(NOT_TRUSTED) from None
    return context


def _exchange(connection: _Pinned, address: RobotAddress, message: Message, deadline: float) -> tuple[int, bytes]:
    joint = "" if not message.query else "&" if "?" in address.target else "?"
    try:
        with _within(connection, deadline):
            connection.request("POST", f"{address.target}{joint}{message.query}", message.body, message.headers)
            answer = connection.getresponse()
            status, body = answer.status, answer.read(ANSWER_BYTES)
    except (OSError, http.client.HTTPException, ValueError):
        raise CallFailed(TOO_SLOW if time.monotonic() >= deadline else NOT_REACHED) from None
    if time.monotonic() >= deadline:
        # A body that the alarm has cut ends like any other.
        raise CallFailed(TOO_SLOW)
    return status, body


@contextmanager
def _within(connection: _Pinned, deadline: float) -> Iterator[None]:
    """Cut the line at the deadline. A time-out counts anew with each byte, and would wait for a drip for ever."""

    def end() -> None:
        if connection.sock is not None:
            # Not through the object that another thread reads from: only the line below it is cut.
            with suppress(OSError):
                socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)

    left = max(deadline - time.monotonic(), 0.01)
    if connection.sock is not None:
        connection.sock.settimeout(left)
    alarm = threading.Timer(left, end)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    finally:
        alarm.cancel()


def _judge(form: str, status: int, body: bytes) -> None:
    """Taken or not. The two services answer 200 and say in ``errcode`` what they think."""
    if 300 <= status < 400:
        raise CallFailed(REDIRECTED, status)
    if not 200 <= status < 300:
        raise CallFailed(TOO_MANY if status == 429 else REFUSED, status)
    if form == Robot.Form.SIGNED:
        return
    try:
        code = json.loads(body)["errcode"]
    except (ValueError, KeyError, TypeError):
        raise CallFailed(NOT_UNDERSTOOD, status) from None
    if not isinstance(code, int) or isinstance(code, bool):
        raise CallFailed(NOT_UNDERSTOOD, status)
    if code != 0:
        raise CallFailed(KNOWN_CODES.get((Robot.Form(form), code), REFUSED), code)
