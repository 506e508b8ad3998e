"""What a machine may lack. A missing part is skipped aloud; with CI=true it is a failure."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from intranet.reminders.group_fonts import chinese_font

# Seconds to wait for what must come: that it comes is what a test proves, and machines that run tests are loaded.
# A test that waits this long for something that must NOT come gives no such time.
PATIENCE = 300.0


def _answers(url: str, port: int) -> bool:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "127.0.0.1", parts.port or port), timeout=2):
            return True
    except OSError:
        return False


def postgresql_url() -> str:
    """Where PostgreSQL is asked for: TEST_POSTGRESQL_URL, or the local default."""
    return os.environ.get("TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def redis_url() -> str:
    """Where Redis is asked for: REDIS_URL, or the local default."""
    return os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"


def chromium_path() -> str | None:
    """The browser: CHROMIUM, or one on the path, or None."""
    given = os.environ.get("CHROMIUM")
    if given:
        return given if Path(given).exists() else None
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def readers_folder() -> Path:
    """Where `make readers` has put the calendar readers: READERS_DIR, or var/readers."""
    return Path(os.environ.get("READERS_DIR") or Path(__file__).resolve().parent.parent / "var" / "readers")


def _reads(program: str) -> bool:
    return (readers_folder() / "python" / "bin" / program).exists()


PARTS: dict[str, tuple[str, Callable[[], bool]]] = {
    "postgresql": ("a PostgreSQL server (TEST_POSTGRESQL_URL)", lambda: _answers(postgresql_url(), 5432)),
    "redis": ("a Redis server (REDIS_URL)", lambda: _answers(redis_url(), 6379)),
    "redis-server": ("the program redis-server", lambda: shutil.which("redis-server") is not None),
    "chromium": ("the Chromium browser (CHROMIUM)", lambda: chromium_path() is not None),
    "gnumeric": ("the spreadsheet program Gnumeric (ssconvert)", lambda: shutil.which("ssconvert") is not None),
    "khal": ("the calendar khal (make readers)", lambda: _reads("khal")),
    "vdirsyncer": ("the calendar synchroniser vdirsyncer (make readers)", lambda: _reads("vdirsyncer")),
    "ical.js": (
        "node with the calendar parser ical.js (make readers)",
        lambda: bool(shutil.which("node")) and (readers_folder() / "node" / "node_modules" / "ical.js").exists(),
    ),
    "libical": ("the calendar library libical 3 (Debian: libical3)", lambda: bool(ctypes.util.find_library("ical"))),
    "font": ("a font with Chinese characters (fonts-noto-cjk)", lambda: chinese_font(12) is not None),
    "gettext": (
        "the gettext tools (xgettext, msgfmt)",
        lambda: bool(shutil.which("xgettext") and shutil.which("msgfmt")),
    ),
}


def need(part: str) -> None:
    """Skip the test aloud when the machine lacks ``part``; fail it when CI=true."""
    name, present = PARTS[part]
    if present():
        return
    sentence = f"this machine lacks {name}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{sentence}, and with CI=true nothing is skipped")
    pytest.skip(sentence)
