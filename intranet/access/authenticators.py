"""The arithmetic of authenticator apps: keys, addresses for their QR codes, and which code belongs to which moment.

Real time, never the rehearsed clock: the phone knows no other.
"""

from __future__ import annotations

import base64
import hmac
import os

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from intranet import clock

DIGITS, SECONDS, KEY_BYTES = 6, 30, 20
# A phone whose clock is half a minute off is no exception.
TOLERANCE = 1


def new_key() -> str:
    return base64.b32encode(os.urandom(KEY_BYTES)).decode()


def grouped(key: str) -> str:
    """For typing by hand: four characters at a time."""
    return " ".join(key[place : place + 4] for place in range(0, len(key), 4))


def address(key: str, *, account: str, issuer: str) -> str:
    """The otpauth address that apps read from a QR code."""
    return TOTP(base64.b32decode(key), DIGITS, SHA1(), SECONDS).get_provisioning_uri(account, issuer)


def present_step() -> int:
    return int(clock.real_now().timestamp()) // SECONDS


def code_at(key: str, step: int) -> str:
    return HOTP(base64.b32decode(key), DIGITS, SHA1()).generate(step).decode()


def step_of(key: str, code: str) -> int | None:
    """The half minute this code belongs to, if it is the present one or its neighbour."""
    now = present_step()
    fitting = [
        step
        for step in range(now - TOLERANCE, now + TOLERANCE + 1)
        if hmac.compare_digest(code_at(key, step).encode(), code.encode())
    ]
    return fitting[-1] if fitting else None
