"""One Chromium for all browser tests of a worker: Playwright keeps an event loop in its thread, and only one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from tests.machine import PATIENCE, chromium_path, need

LAUNCH = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def browser() -> Iterator[Any]:
    """A running browser; skips aloud, or fails with CI=true, where there is none."""
    need("chromium")
    # The driver keeps an event loop in this thread; Django would take every query beside it for a mistake.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium_path(), args=LAUNCH)
        _give_time(started)
        yield started
        started.close()


def _give_time(started: Any) -> None:
    """Let every step of every context take as long as a loaded machine needs."""
    opened = started.new_context

    def patient(**options: Any) -> Any:
        context = opened(**options)
        context.set_default_timeout(PATIENCE * 1000)
        return context

    started.new_context = patient
