"""My desk: what waits comes first, every office has its tools, and one broken card spoils nothing."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
from wagtail import hooks

from intranet import clock
from intranet.access.roles import ROLES
from intranet.pages import desk
from intranet.ui.registry import DeskCard, NavigationItem
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db

CARD = "pages/cards/notices.html"


@pytest.fixture
def cards():
    """Registers cards for the time of the test."""

    def register(*given):
        return hooks.register_temporarily("register_desk_card", lambda: list(given))

    return register


@pytest.fixture
def request_of(rf):
    def make(user):
        request = rf.get("/desk/")
        request.user = user
        return request

    return make


def keys(request):
    return [card.key for card in desk.drawn_cards(request)]


def test_what_waits_comes_first(cards, clerk, request_of):
    given = (
        DeskCard("t.calm", CARD, lambda request: {}, order=1),
        DeskCard("t.waits", CARD, lambda request: {}, order=3, waiting=True),
        DeskCard("t.waits_now", CARD, lambda request: {"waiting": True}, order=2),
        DeskCard("t.done", CARD, lambda request: {"waiting": False}, order=4, waiting=True),
        DeskCard("t.nothing", CARD, lambda request: None, order=0, waiting=True),
    )
    with cards(*given):
        found = [key for key in keys(request_of(clerk)) if key.startswith("t.")]
    assert found == ["t.waits_now", "t.waits", "t.calm", "t.done"]


@pytest.mark.parametrize("how", ["context", "template"])
def test_a_failing_card_is_logged_and_does_not_take_the_desk_down(how, cards, clerk, client, caplog):
    def broken(request):
        raise ZeroDivisionError("private detail")

    card = DeskCard("t.broken", "no/such.html", (lambda request: {}) if how == "template" else broken, waiting=True)
    client.force_login(clerk)
    with cards(card), caplog.at_level(logging.ERROR, logger="intranet.pages.desk"):
        response = client.get("/desk/")
    body = response.content.decode()
    assert response.status_code == 200
    assert "暂时无法显示" in body
    assert "private detail" not in body
    assert "t.broken" in caplog.text


@pytest.mark.control
def test_without_the_guard_a_failing_card_takes_the_desk_down(cards, clerk, client, monkeypatch):
    def unguarded(card, request):
        return desk.DrawnCard(card.key, str(card.context(request)), False)

    monkeypatch.setattr(desk, "_drawn", unguarded)
    client.force_login(clerk)
    client.raise_request_exception = False
    with cards(DeskCard("t.broken", CARD, lambda request: 1 / 0)):
        assert client.get("/desk/").status_code == 500


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (0, 0, "早上好"),
        (10, 59, "早上好"),
        (11, 0, "中午好"),
        (13, 59, "中午好"),
        (14, 0, "下午好"),
        (17, 59, "下午好"),
        (18, 0, "晚上好"),
        (23, 59, "晚上好"),
    ],
)
def test_the_greeting_follows_the_clock_of_the_hall(hour, minute, said):
    with clock.at(clock.start_of(dt.date(2026, 11, 24), hour, minute)):
        assert desk.greeting() == said


def test_each_role_is_named(client):
    for roles, keys_in_order in (
        ((), ["staff"]),
        (("union_officer",), ["union_officer"]),
        (("scrutineer", "chief_representative"), ["chief_representative", "scrutineer"]),
    ):
        user = make_user(None, *roles)
        assert desk.roles_of(user) == [ROLES[key].label for key in keys_in_order]


def test_an_office_shows_its_tools_to_its_role_only(clerk, editor, client):
    tool = NavigationItem(
        "t.tool",
        "评选管理",
        "pages:search",
        visible=lambda user: user.has_role("union_officer"),
        area="office",
        sentence="发起评选，查看进度。",
    )
    officer = make_user(None, "union_officer")
    with hooks.register_temporarily("register_navigation_item", lambda: tool):
        assert "评选管理" in [tool.label for tool in desk.office_tools(officer)]
        client.force_login(officer)
        assert "发起评选，查看进度。" in client.get("/desk/").content.decode()
        client.force_login(clerk)
        assert "评选管理" not in client.get("/desk/").content.decode()
    assert [str(tool.label) for tool in desk.office_tools(editor)] == ["编辑页面", "公文"]


def test_must_read_waits_until_it_is_confirmed(client, clerk, notice):
    for number in range(5):
        notice(f"必读{number}", must_read=True)
    notice("普通")
    client.force_login(clerk)
    page = client.get("/desk/")
    assert next(card.key for card in page.context["waiting"]) == "pages.must_read"
    assert "有 5 份通知请您确认已阅" in page.content.decode()


def test_nothing_waits_is_said(client, clerk):
    client.force_login(clerk)
    response = client.get("/desk/")
    if not response.context["waiting"]:
        assert "目前没有需要您办理的事项" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
