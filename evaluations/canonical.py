"""The one way this app writes JSON that is hashed, counted or compared byte by byte."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any


def canonical(value: Any) -> str:
    """Keys sorted, no spaces, characters as they are (not escaped); the same value gives the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def instant(moment: dt.datetime) -> str:
    """An aware instant as ISO 8601 in UTC."""
    return moment.astimezone(dt.UTC).isoformat()
