"""Without a mouse: a clerk reads the candidates, votes and sees the receipt; an officer records what the meeting
decided and starts the public notice. Every stop of the focus can be seen.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.evaluations.scans import PDF

from . import small_hall
from .days import Days
from .keyboard import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.xdist_group("keyboard-journey")]

DAYS = {"now": "2026-11-05T10:00:00+08:00"}
STAR, MODEL_POST = "service-star-2026-10", "model-post-2026-10"
# So low that the bar with the button lies over the last cards of the ballot.
LOW = {"width": 1280, "height": 480}
MINUTES = {"name": "纪要.pdf", "mimeType": "application/pdf", "buffer": PDF}


@pytest.fixture
def days(halls, start_hall, chromium) -> Days:
    found = Days(start_hall, chromium, DAYS, small_hall.PASSWORD, small_hall.built(halls, "star_and_model_post"))
    found.morning("now")
    return found


@pytest.fixture(autouse=True)
def no_mouse(days: Days):
    """No page of these journeys hears anything of a mouse or a finger."""
    yield
    assert not days.problems, "\n".join(days.problems)


def keys_of(days: Days, username: str) -> Keyboard:
    """Signed in with the keyboard; the page opens where typing begins."""
    page = days.context(LOW).new_page()
    pointed: list[str] = []
    page.expose_function("pointed", lambda where: pointed.append(where))
    page.add_init_script("addEventListener('pointerdown', event => window.pointed(event.target.nodeName), true)")
    days.go(page, "/sign-in/")
    keys = Keyboard(page, days.seen)
    keys.type(username)
    keys.to(page.locator("input[name=password]"))
    keys.type(days.password)
    keys.follow()
    assert page.url.endswith("/desk/")
    days.look(page, f"desk-{username}")
    return keys


def test_a_clerk_votes(days: Days) -> None:
    keys = keys_of(days, "QQ102")
    page = keys.page
    keys.skip_to_content()
    keys.to(page.locator(f"main a[href='/awards/{STAR}/vote/']").first)
    keys.follow()
    days.look(page, "vote")
    keys.skip_to_content()
    cards = page.locator("#ballot input[name=choice]")
    names = [
        card.evaluate("one => one.closest('label').querySelector('.ballot-name').innerText") for card in cards.all()
    ]
    assert sorted(names) == sorted(["单国强", "曾小芸", "查婷"])
    read_all_of_it(keys)
    for number in range(3):
        keys.to(cards.nth(number), "Tab" if number else "Shift+Tab")
        keys.press("Space")
    # Two at most: the third is not taken, and a sentence says why.
    assert [card.is_checked() for card in cards.all()] == [True, True, False]
    assert page.locator("#ballot-limit").is_visible()
    keys.to(cards.nth(0), "Shift+Tab")
    keys.press("Space")
    assert [card.is_checked() for card in cards.all()] == [False, True, False]
    keys.to(page.locator(".ballot-send"))
    keys.follow()
    assert "/receipt/" in page.url
    assert "已投票" in page.inner_text("h1")
    assert len(page.locator("#receipt").inner_text().strip()) == 43
    days.look(page, "receipt")
    keys.skip_to_content()
    keys.to(page.locator("main a.btn-primary"))
    keys.follow()
    assert "/desk/" in page.url


def read_all_of_it(keys: Keyboard) -> None:
    """A long reason is cut short on the card, and opens with the keyboard."""
    more = keys.page.locator(".ballot-more summary").last
    keys.to(more)
    keys.press("Enter")
    assert keys.page.locator(".ballot-more[open]").count() == 1
    assert small_hall.LONG_REASON.split("。")[-2] in keys.page.locator(".ballot-more[open] p").inner_text()


def test_an_officer_records_the_meeting_and_starts_the_notice(days: Days) -> None:
    keys = keys_of(days, "UN01")
    page = keys.page
    keys.skip_to_content()
    keys.to(page.locator(f"main a[href='/awards/{MODEL_POST}/manage/']").first)
    keys.follow()
    keys.skip_to_content()
    keys.to(page.locator(".next-step .btn-primary"))
    assert page.locator(".next-step .btn-primary").inner_text().strip() == "记录会议审定"
    keys.follow()
    days.look(page, "meeting")
    refused_without_minutes(days, keys)
    fill_in(keys)
    keys.to(page.locator("main form button.btn-primary"))
    keys.follow()
    assert f"/awards/{MODEL_POST}/manage/#" in page.url + "#", page.inner_text("main")
    days.look(page, "manage-decided")
    keys.skip_to_content()
    keys.to(page.locator(".next-step button.btn-primary"))
    assert page.locator(".next-step button.btn-primary").inner_text().strip() == "开始公示"
    keys.follow()
    assert "公示中" in page.locator(".lead").inner_text()
    days.look(page, "manage-on-notice")


def refused_without_minutes(days: Days, keys: Keyboard) -> None:
    """Sent empty: the summary of what is missing has the focus, and its first line leads to the field."""
    page = keys.page
    keys.skip_to_content()
    keys.to(page.locator("main form button.btn-primary"))
    keys.follow()
    days.refused(422)
    assert page.evaluate("document.activeElement.className").split()[0] == "error-summary"
    keys.to(page.locator(".error-summary a").first)
    keys.press("Enter")
    assert keys.is_on(page.locator("input[name=held_on]"))
    days.look(page, "meeting-refused")


def fill_in(keys: Keyboard) -> None:
    page = keys.page
    type_day(keys, page.locator("input[name=held_on]"), "2026", "11", "05")
    keys.to(page.locator("input[name=minutes_number]"))
    keys.type("〔2026〕16号")
    keys.to(page.locator("input[name=scan]"))
    with page.expect_file_chooser() as opened:
        keys.press("Enter")
    opened.value.set_files(MINUTES)
    keys.to(page.locator("textarea[name=present]"))
    keys.type("沈主任\n冯督查")
    approved = page.locator("input[name=winners]")
    assert [box.is_checked() for box in approved.all()] == [True, True, False]
    # The second gives way to the third, which asks for a reason.
    for number in (1, 2):
        keys.to(approved.nth(number))
        keys.press("Space")
    assert [box.is_checked() for box in approved.all()] == [True, False, True]
    keys.to(page.locator("textarea[name=reason]"))
    keys.type("第二名窗口本月搬迁，会议决定顺延。")


def type_day(keys: Keyboard, field: Any, year: str, month: str, day: str) -> None:
    """Part by part, in the order in which this browser writes a date."""
    keys.to(field)
    keys.type(month + day + year)
    assert field.input_value() == f"{year}-{month}-{day}"
