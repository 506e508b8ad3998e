"""The gallery in a real browser: accessible in every theme and width, calm without JavaScript, fit for paper.

The pages are drawn before the browser starts and handed to it with their own headers, so the content
security policy counts and no server is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page, Route

from tests.machine import PATIENCE
from tests.people_of_the_hall import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

SITE = "http://hall.test"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
PHONE, DESK = 360, 1280


def drawn(path: str, **cookies: str) -> tuple[bytes, dict[str, str]]:
    """What the site answers a person with these cookies: body and headers."""
    client = Client()
    client.cookies.load(cookies)
    client.force_login(make_user(name="沈若溪"))
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content, {"Content-Security-Policy": answer.headers["Content-Security-Policy"]}


@pytest.fixture
def show(chromium: Browser):
    """``show(width, cookies…, **context)``: the gallery in a new window; console errors fail the test."""
    said: list[str] = []
    opened = []

    def open_page(width: int = DESK, cookies: dict[str, str] | None = None, **context) -> Page:
        body, headers = drawn("/ui/", **(cookies or {}))

        def answer(route: Route) -> None:
            path = route.request.url.removeprefix(SITE).partition("?")[0].partition("#")[0]
            if path == "/ui/":
                route.fulfill(body=body, headers={**headers, "Content-Type": "text/html; charset=utf-8"})
                return
            found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
            if found is None:
                said.append(f"asked for {route.request.url}")
                route.fulfill(status=404, body="")
                return
            route.fulfill(body=Path(found).read_bytes(), content_type=KINDS[Path(found).suffix])

        window = chromium.new_context(viewport={"width": width, "height": 800}, **context)
        window.set_default_timeout(PATIENCE * 1000)
        opened.append(window)
        page = window.new_page()
        page.route("**/*", answer)
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(SITE + "/ui/")
        return page

    yield open_page
    for window in opened:
        window.close()
    assert said == []


Show = Callable[..., Page]


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(show: Show, width: int, scheme: str):
    page = show(width, color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


@pytest.mark.control
def test_axe_would_find_a_button_without_a_name(show: Show):
    page = show()
    page.evaluate("document.querySelector('main').appendChild(document.createElement('button'))")
    assert "button-name" in [one["id"] for one in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("cookies", [{}, {"hall_text": "large"}, {"django_language": "en", "hall_text": "large"}])
def test_nothing_runs_over_the_edge_of_a_phone(show: Show, cookies):
    page = show(PHONE, cookies)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_what_is_pressed_is_large_enough_for_a_finger(show: Show, width: int):
    page = show(width)
    small = page.evaluate(
        """() => [...document.querySelectorAll('.btn, .tool, summary, .pages a, .side-menu a, .form-check,'
            + 'input:not([type=hidden]):not([type=radio]):not([type=checkbox]), select, textarea')]
            .filter(one => one.offsetParent !== null)
            .map(one => [one.className, one.getBoundingClientRect()])
            .filter(([name, box]) => box.height < 43.9 || box.width < 43.9)
            .map(([name, box]) => name + ' ' + box.width + 'x' + box.height)"""
    )
    assert small == []


def test_letters_are_18_pixels_and_22_when_large(show: Show):
    size = "getComputedStyle(document.querySelector('main p')).fontSize"
    assert show().evaluate(f"parseFloat({size})") == 18
    assert show(DESK, {"hall_text": "large"}).evaluate(f"parseFloat({size})") == 22


def test_automatic_follows_the_machine_and_a_choice_wins(show: Show):
    ground = "getComputedStyle(document.body).backgroundColor"
    assert show(color_scheme="light").evaluate(ground) == "rgb(250, 248, 243)"
    assert show(color_scheme="dark").evaluate(ground) == "rgb(26, 25, 23)"
    assert show(DESK, {"hall_theme": "light"}, color_scheme="dark").evaluate(ground) == "rgb(250, 248, 243)"
    assert show(DESK, {"hall_theme": "dark"}, color_scheme="light").evaluate(ground) == "rgb(26, 25, 23)"


def test_the_dialog_opens_and_closes_by_keyboard(show: Show):
    page = show()
    page.focus("[data-dialog]")
    page.keyboard.press("Enter")
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("document.activeElement.hasAttribute('data-dialog')")


def test_the_dialog_closes_by_its_link(show: Show):
    page = show()
    page.click("[data-dialog]")
    page.click("dialog [data-close]")
    assert page.locator("dialog[open]").count() == 0


def test_everything_is_there_without_javascript(show: Show):
    page = show(PHONE, java_script_enabled=False)
    assert not page.locator("#withdraw").is_visible()
    page.click("[data-dialog]")
    assert page.locator("#withdraw").is_visible()
    page.click("#withdraw [data-close]")
    assert not page.locator("#withdraw").is_visible()
    assert not page.locator("[data-copy]").is_visible()
    page.click(".phone-menu > summary")
    assert page.locator(".phone-menu-body .appearance-form").is_visible()


def test_the_first_tab_leads_to_the_content_and_errors_take_the_focus(show: Show):
    page = show(java_script_enabled=True)
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.focus(".skip-link")
    assert page.locator(".skip-link").bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_a_drop_closes_with_escape_and_gives_the_focus_back(show: Show):
    page = show()
    page.click(".drop > summary >> nth=0")
    assert page.locator(".drop[open]").count() == 1
    page.focus(".drop[open] .tool >> nth=0")
    page.keyboard.press("Escape")
    assert page.locator(".drop[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_copying_is_said(show: Show):
    page = show()
    page.click("[data-copy]")
    page.wait_for_function("document.querySelector('.copy [role=status]').textContent === '已复制'")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_white_with_who_made_it_and_who_checked_it(show: Show, scheme: str):
    page = show(color_scheme=scheme)
    page.emulate_media(media="print", color_scheme=scheme)
    assert not page.locator(".site-head").is_visible()
    assert not page.locator(".side-menu").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.table td')).color") == "rgb(0, 0, 0)"
    foot = page.locator(".print-foot").inner_text()
    assert all(word in foot for word in ("制表人：沈若溪", "审核人：", "日期："))


def test_a_phones_printer_gets_the_table_and_not_the_cards(show: Show):
    page = show(PHONE)
    cell = "getComputedStyle(document.querySelector('.table-cards td')).display"
    assert page.evaluate(cell) == "flex"
    page.emulate_media(media="print")
    assert page.evaluate(cell) == "table-cell"
