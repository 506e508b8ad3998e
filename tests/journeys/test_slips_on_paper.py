"""Slips as Chromium prints them: eight to an A4 page, nothing cut off, whatever the names are like."""

import datetime as dt
import mimetypes
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import RequestFactory

from intranet.access import one_time, slip_pages
from tests.people_of_the_hall import make_user

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db]
ADDRESS = "http://hall.test/slips"
NAMES = ("林小雨", "欧阳修远", "买买提·艾力·阿卜杜热合曼·吐尔逊江·麦麦提敏", "阿依古丽" * 15)
PLACES = ("", "云溪区税务局", "云溪区人力资源和社会保障局公共服务中心", "区" * 40)
TOO_BIG = """() => [...document.querySelectorAll(".slip, .slip-text")].filter(
  (part) => part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1
).map((part) => part.innerText)"""


def html(count: int) -> str:
    request = RequestFactory(headers={"host": "hall.test"}).get("/people/slips/")
    request.user = make_user()
    expires = dt.datetime(2026, 12, 27, tzinfo=dt.UTC)
    slips = [
        slip_pages.Slip(
            NAMES[n % 4], f"HW{n:04d}" if n % 5 else "HW" + "9" * 18, one_time.draw(), expires, PLACES[n // 2 % 4]
        )
        for n in range(count)
    ]
    return slip_pages.page(request, slips, back="/").content.decode()


def opened(chromium, text: str):
    """The page as a browser shows it, its style sheets answered from the source folders."""
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()

    def answer(route):
        path = route.request.url.partition("/static/")[2].partition("?")[0]
        found = finders.find(path) if path else None
        if found:
            kind = mimetypes.guess_type(found)[0] or "text/plain"
            route.fulfill(body=Path(found).read_bytes(), content_type=kind)
        else:
            route.fulfill(body=text, content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    page.goto(ADDRESS)
    return page


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (8, 1), (9, 2), (16, 2), (17, 3)])
def test_eight_fit_on_a_page_and_nothing_is_cut_off(chromium, count, pages):
    page = opened(chromium, html(count))
    printed = page.pdf(prefer_css_page_size=True)
    assert pages_of(printed) == pages
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed or re.search(
        rb"/MediaBox \[0 0 59\d[.\d]* 84\d", printed
    )
    page.emulate_media(media="print")
    assert page.evaluate(TOO_BIG) == []
    boxes = [box.bounding_box() for box in page.locator(".slip").all()]
    assert len(boxes) == count
    page.context.close()


@pytest.mark.control
def test_a_slip_of_another_height_is_noticed(chromium):
    page = opened(chromium, html(16))
    page.add_style_tag(
        content="@media print { .slip-sheet { height: auto; grid-auto-rows: 75mm; overflow: visible } }"
    )
    assert pages_of(page.pdf(prefer_css_page_size=True)) > 2
    page.emulate_media(media="print")
    page.add_style_tag(content="@media print { .slip-name { font-size: 40pt } }")
    assert page.evaluate(TOO_BIG)
    page.context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_on_the_screen_nothing_is_cut_off_either(chromium, width):
    page = opened(chromium, html(8))
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate(TOO_BIG) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()
