"""A browser for the journeys."""

from __future__ import annotations

import os

import pytest

from tests.machine import PATIENCE, chromium_path, need

LAUNCH = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="session")
def chromium():
    """One Chromium for the session; every test opens contexts of its own."""
    need("chromium")
    # The driver keeps an event loop in this thread; Django would take every query beside it for a mistake.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path(), args=LAUNCH)
        _give_time(browser)
        yield browser
        browser.close()


def _give_time(browser) -> None:
    """Let every step of every context take as long as a loaded machine needs."""
    opened = browser.new_context

    def patient(**options):
        context = opened(**options)
        context.set_default_timeout(PATIENCE * 1000)
        return context

    browser.new_context = patient


def sign_in(page, base: str, username: str, password: str) -> None:
    """Sign in as a person does; afterwards my desk is open."""
    page.goto(f"{base}/sign-in/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/desk/")
