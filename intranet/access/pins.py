"""Six digits instead of a password: which are refused, and how they are kept."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext as _

from .sealed import known_hashes

SIX_DIGITS = re.compile(r"[0-9]{6}")
RUN = "01234567890123456789"
# The columns, the cross and the frame of a phone's keypad.
DRAWN = frozenset(
    {"147258", "258369", "147369", "369258", "258147", "741852", "963852", "159357", "357159", "159753"}
)


def plain(given: str) -> str:
    """What was typed, without the wide digits and the spaces that some keyboards write."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", given))


def steeped(pin: str) -> tuple[str, ...]:
    """The PIN as it goes into the password hash: keyed with each of the hall's secrets, the present one first.

    A million PINs are tried in minutes against a stolen table; without the secret, which is not in the database,
    there is nothing to try against.
    """
    return known_hashes(f"access.pin:{plain(pin)}")


def fault(pin: str, *, user: Any) -> str:
    """What speaks against this PIN, as a sentence; "" if nothing does. ``pin`` is already ``plain``."""
    if not SIX_DIGITS.fullmatch(pin):
        return _("A PIN has exactly six digits.")
    if is_common(pin) or pin in re.sub(r"\D", "", user.username).zfill(6):
        return _(
            "This PIN is among the first that anybody would try: no rows, repetitions, dates or staff numbers. "
            "Please choose another one."
        )
    return ""


def is_common(pin: str) -> bool:
    """Repetitions (112112, 121212), rows (234567, 987654), pairs (112233), keypad drawings, and everything that
    reads as a date: birthdays are what people choose most, and colleagues know them.
    """
    repeats = len(set(pin)) <= 2 or pin[:3] == pin[3:] or pin[:2] * 3 == pin or pin == pin[::-1]
    in_pairs = pin[0] == pin[1] and pin[2] == pin[3] and pin[4] == pin[5]
    in_row = pin in RUN or pin[::-1] in RUN or (pin[::2] in RUN and pin[1::2] in RUN)
    return repeats or in_pairs or in_row or pin in DRAWN or _reads_as_a_date(pin)


def _reads_as_a_date(pin: str) -> bool:
    """850312 and 120385 as days, 198503 and 031985 as months."""
    first, second, third = (int(pin[place : place + 2]) for place in (0, 2, 4))
    day_last = 1 <= second <= 12 and 1 <= third <= 31
    day_first = 1 <= first <= 31 and 1 <= second <= 12
    month_first = 1 <= first <= 12 and 1 <= second <= 31
    year_first = pin[:2] in ("19", "20") and 1 <= third <= 12
    year_last = pin[2:4] in ("19", "20") and 1 <= first <= 12
    return day_last or day_first or month_first or year_first or year_last
