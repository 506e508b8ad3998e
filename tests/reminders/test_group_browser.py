"""复制群通知 and the robots' page in a real browser, on a phone and at a desk, with and without JavaScript."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from intranet.pages.services import publish_notice
from intranet.reminders import robot_services
from tests.machine import PATIENCE
from tests.people_of_the_hall import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

SITE = "http://hall.test"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
WIDTHS = (360, 1280)
PICTURE = re.compile(r'href="(/group-picture/[^"]+)"')


@pytest.fixture
def window(chromium):
    """``window(user, *paths, width=…)``: a new page in which these addresses of the site are open to the user.

    They are drawn before, with their headers: a browser's questions come from a place where the test's transaction
    is not seen.
    """
    opened = []

    def open_window(user, *paths, width=360, cookies=None, **options):
        client = Client(headers={"host": "hall.test"})
        client.cookies.load(cookies or {})
        client.force_login(user)
        drawn = {path: client.get(path) for path in paths}
        for answer in list(drawn.values()):
            assert answer.status_code == 200
            drawn |= {path: client.get(path) for path in PICTURE.findall(answer.content.decode())}

        def reply(route):
            path = route.request.url.removeprefix(SITE).partition("#")[0]
            if path.startswith("/static/"):
                found = Path(finders.find(path.removeprefix("/static/").partition("?")[0]))
                route.fulfill(body=found.read_bytes(), content_type=KINDS[found.suffix])
            elif path in drawn:
                route.fulfill(body=drawn[path].content, headers=dict(drawn[path].headers.items()))
            else:
                route.fulfill(status=404, body="")

        context = chromium.new_context(viewport={"width": width, "height": 740}, **options)
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.route("**/*", reply)
        return page

    yield open_window
    for context in opened:
        context.close()


@pytest.fixture
def notice(db):
    return publish_notice(title="关于开展消防演练的通知", text="请参加。", issuing_unit="中心办公室", by=None)


def expected(notice):
    return (
        "【通知】关于开展消防演练的通知\n各位同事：中心办公室发布了通知，请登录阅读全文。\n"
        f"点击查看：{SITE}{notice.url}\n——禾湾区政务服务中心"
    )


def opened_part(page, notice):
    page.goto(SITE + notice.url)
    page.click(".group-notice > summary")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_text_is_copied_with_one_touch(window, notice, width):
    page = window(make_user(), notice.url, width=width)
    opened_part(page, notice)
    page.click("text=复制文字")
    page.wait_for_function("document.querySelector('.group-notice [role=status]').textContent === '已复制'")
    # Pasted where the person would paste it.
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<textarea id=chat></textarea>')")
    page.focus("#chat")
    page.keyboard.press("Control+V")
    assert page.input_value("#chat") == expected(notice)


@pytest.mark.parametrize("width", WIDTHS)
def test_everything_fits_and_can_be_touched(window, notice, width):
    page = window(make_user(), notice.url, width=width)
    opened_part(page, notice)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for chosen in (".group-notice > summary", ".group-notice [data-copy]", ".group-notice a[download]"):
        box = page.locator(chosen).bounding_box()
        assert box["height"] >= 44, chosen
    code = page.locator(".group-code img")
    assert code.evaluate("image => image.naturalWidth") > 100
    # As on a phone, where nothing downloads: the picture opens and can be pressed long.
    shown = page.goto(SITE + page.get_attribute(".group-notice a[download]", "href"))
    assert shown.headers["content-type"] == "image/png"
    assert page.locator("img").evaluate("image => image.naturalWidth") == 640


def test_without_javascript_the_text_can_be_marked_by_hand(window, notice):
    page = window(make_user(), notice.url, java_script_enabled=False)
    opened_part(page, notice)
    assert page.locator("#group-text").input_value() == expected(notice)
    assert page.locator("#group-text").is_visible()
    assert not page.locator(".group-notice [data-copy]").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_axe_finding(window, notice, keeper, width, theme):
    robot = robot_services.add_robot(
        name="窗口群",
        form="wecom",
        address="https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0000",
        kinds=["pages.notice"],
        by=keeper,
    )
    robot_services.turn_on(robot=robot, by=keeper)
    robot_services.send_test(robot=robot, by=keeper)
    shown = [reverse("reminders:robots"), reverse("reminders:robot_new")]
    shown += [reverse(f"reminders:{name}", args=[robot.pk]) for name in ("robot", "robot_edit")]
    page = window(keeper, *shown, notice.url, width=width, cookies={"hall_theme": theme})
    for address in shown:
        page.goto(SITE + address)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    opened_part(page, notice)
    assert Axe().run(page).violations_count == 0
