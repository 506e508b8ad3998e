"""Values that nobody may read in the database, its backups or its logs: sealed, and found again by a keyed hash.

The secrets stand in ``settings.SEALING_KEYS``. The first one seals; every one opens, so that a hall can put a new
one before the old one and run `manage.py reseal` in its own time. From each secret two keys are derived, one for
sealing (Fernet: AES-CBC with HMAC) and one for hashing; neither tells anything of the other.
"""

from __future__ import annotations

import base64
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 32


class SealBroken(ValueError):
    """No key of the hall opens this value: it was sealed elsewhere, or its secret has been taken out too early."""


def seal(text: str) -> str:
    """The text encrypted with the hall's first secret; another result each time. "" stays ""."""
    return _ring(_secrets()).encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """What was sealed with any of the hall's secrets. Raises SealBroken when none of them opens it."""
    if not sealed:
        return ""
    try:
        return _ring(_secrets()).decrypt(sealed.encode()).decode()
    except (InvalidToken, UnicodeError) as error:
        raise SealBroken("no key of the hall opens this value") from error


def keyed_hash(text: str) -> str:
    """HMAC-SHA-256 of the text as 64 hexadecimal digits, for finding a sealed value again. "" stays ""."""
    return _hashed(text, _secrets()[0]) if text else ""


def known_hashes(text: str) -> tuple[str, ...]:
    """The hash with each of the secrets, the present one first: until `reseal` is through, rows hold either."""
    return tuple(_hashed(text, secret) for secret in _secrets()) if text else ()


def is_current(sealed: str) -> bool:
    """Whether the first secret opens it: nothing is left to be done by `reseal`."""
    try:
        _ring(_secrets()[:1]).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def _secrets() -> tuple[str, ...]:
    keys = tuple(settings.SEALING_KEYS)
    if not keys:
        raise ImproperlyConfigured(
            "SEALING_KEYS is not set: nothing can be sealed or opened. See docs/operations.md."
        )
    return keys


def _hashed(text: str, secret: str) -> str:
    return hmac.digest(_key(secret, b"hash"), text.encode(), "sha256").hex()


@lru_cache(maxsize=8)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_key(secret, b"seal"))) for secret in keys])


@lru_cache(maxsize=16)
def _key(secret: str, purpose: bytes) -> bytes:
    """32 bytes for one purpose; what the secret is used for elsewhere says nothing about them."""
    return HKDF(hashes.SHA256(), length=32, salt=None, info=b"nuanjia:" + purpose).derive(secret.encode())
