"""What the journeys watch for in passing is noticed where it is wrong, and only there."""

from __future__ import annotations

import pytest

from .days import Days
from .keyboard import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.control]

HEAD = (
    '<!doctype html><html lang="zh-hans"><head><title>页</title><style>{style}</style></head><body><main><h1>页</h1>'
)
WIDE = (
    HEAD.format(style="")
    + '<p style="width: 600px">很宽的一段</p><script>console.error("坏了")</script></main></body></html>'
)
STOPS = HEAD.format(
    style="body { height: 3000px } :focus { outline: 3px solid } .dull:focus { outline: 0 } #bar { position: fixed;"
    " bottom: 0; left: 0; right: 0; height: 100px; background: #fff }"
) + (
    '<button id="first">看得见</button><button id="second" class="dull">看不出</button>'
    '<button id="third" style="position: fixed; bottom: 20px; left: 20px">被盖住</button><div id="bar"></div>'
    "</main></body></html>"
)


def test_what_is_too_wide_and_what_the_console_says(chromium) -> None:
    days = Days(None, chromium, {}, "")
    page = days.context().new_page()
    page.set_content(WIDE)
    days.look(page, "wide")
    assert [problem.split(" ")[0] for problem in days.problems] == ["坏了", "wide"]
    assert "很宽的一段" in days.problems[1]
    page.context.close()


def test_a_focus_that_does_not_show_or_lies_under_something(chromium) -> None:
    page = chromium.new_context(viewport={"width": 800, "height": 400}).new_page()
    page.set_content(STOPS)
    problems: list[str] = []
    keys = Keyboard(page, problems)
    keys.to(page.locator("#third"))
    assert [problem.partition(":")[0] for problem in problems] == [
        "the focus does not show",
        "the focus is out of sight",
    ]
    assert "看不出" in problems[0]
    assert "被盖住" in problems[1]
    page.context.close()
