"""Base page, menu, choices of language and appearance, error pages, gallery, admin."""

from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail import hooks

from intranet.ui import menu, views
from intranet.ui.appearance import Appearance, appearance_of
from intranet.ui.registry import NavigationItem
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client):
    client.force_login(make_user(name="沈若溪"))
    return client


def item(key: str, url_name: str, **kwargs) -> NavigationItem:
    return NavigationItem(key, key, url_name, **kwargs)


@pytest.fixture
def only_these(monkeypatch):
    """Let the menu consist of given items."""

    def put(*items: NavigationItem) -> None:
        monkeypatch.setattr(menu, "navigation_items", lambda: list(items))

    return put


def asked(path: str, user=None):
    request = RequestFactory().get(path)
    request.user = user or make_user()
    return request


def test_the_menu_shows_what_the_person_may_see(only_these):
    only_these(
        item("a", "ui:gallery"),
        item("b", "ui:language", visible=lambda user: user.has_role("auditor"), area="office"),
    )
    assert [area.key for area in menu.areas(asked("/"))] == ["main"]
    assert [area.key for area in menu.areas(asked("/", make_user(None, "auditor")))] == ["main", "office"]


def test_the_menu_is_empty_for_strangers(only_these):
    from django.contrib.auth.models import AnonymousUser

    only_these(item("a", "ui:gallery"))
    assert menu.areas(asked("/", AnonymousUser())) == []
    assert menu.areas(None) == []
    assert menu.areas(RequestFactory().get("/")) == []


@pytest.mark.parametrize(
    ("path", "marks"),
    [
        ("/ui/", {"a": "page", "b": ""}),
        ("/ui/more/", {"a": "true", "b": ""}),
        ("/uix/", {"a": "", "b": ""}),
        ("/language/", {"a": "", "b": "page"}),
        ("/", {"a": "", "b": ""}),
    ],
)
def test_the_current_place_is_marked_once(only_these, path, marks):
    only_these(item("a", "ui:gallery"), item("b", "ui:language"))
    (area,) = menu.areas(asked(path))
    assert {place.key: place.current for place in area.places} == marks


def test_the_longest_address_wins(only_these):
    only_these(item("directory", "people:directory"), item("windows", "people:windows"))
    (area,) = menu.areas(asked(reverse("people:windows") + "3/"))
    assert {place.key: place.current for place in area.places} == {"directory": "", "windows": "true"}


def test_the_home_page_is_current_only_on_itself(only_these):
    only_these(item("home", "pages:home"))
    assert menu.areas(asked("/"))[0].places[0].current == "page"
    assert menu.areas(asked("/ui/"))[0].places[0].current == ""


def test_the_base_page(signed_in):
    html = signed_in.get("/ui/").content.decode()
    assert '<html lang="zh-Hans" data-text="normal">' in html
    assert re.search(r"<title>组件陈列 · 暖家</title>", html)
    assert "<h1>组件陈列</h1>" in html
    assert 'href="#content"' in html
    assert "沈若溪" in html
    assert "制表人：" in html
    assert "审核人：" in html


def test_an_english_page_marks_chinese_names(signed_in):
    signed_in.cookies["django_language"] = "en"
    html = signed_in.get("/ui/").content.decode()
    assert '<html lang="en"' in html
    assert '<span lang="zh-Hans" translate="no">沈若溪</span>' in html


def test_the_gallery_asks_for_sign_in_and_stays_out_of_production(client, signed_in, settings):
    assert Client().get("/ui/").status_code == 302
    assert signed_in.get("/ui/").status_code == 200
    settings.UI_GALLERY = False
    assert signed_in.get("/ui/").status_code == 404


def test_the_language_is_remembered_and_the_person_stays_where_they_were(client):
    answer = client.post("/language/", {"language": "en", "next": "/sign-in/?next=/desk/"})
    assert answer.status_code == 302
    assert answer.url == "/sign-in/?next=/desk/"
    cookie = answer.cookies["django_language"]
    assert (cookie.value, cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("en", 31536000, True, "Lax")
    assert client.get("/sign-in/").headers["Content-Language"] == "en"


@pytest.mark.parametrize("value", ["fr", "", "zh"])
def test_an_unknown_language_changes_nothing(client, value):
    assert "django_language" not in client.post("/language/", {"language": value}).cookies


@pytest.mark.parametrize(
    "next_page", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""]
)
def test_nobody_is_sent_to_another_site(client, next_page):
    assert client.post("/language/", {"language": "en", "next": next_page}).url == "/"
    assert client.post("/appearance/", {"theme": "dark", "next": next_page}).url == "/"


def test_without_next_the_person_goes_back_to_where_they_came_from(client):
    answer = client.post("/appearance/", {"text": "large"}, headers={"Referer": "http://testserver/sign-in/"})
    assert answer.url == "http://testserver/sign-in/"


def test_looking_changes_nothing(client):
    assert client.get("/language/").status_code == 405
    assert client.get("/appearance/").status_code == 405


def test_the_choices_need_the_forms_token():
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/language/", {"language": "en"}).status_code == 403
    answer = strict.post("/appearance/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "表单已过期" in answer.content.decode()


def test_theme_and_text_are_remembered(client):
    client.post("/appearance/", {"theme": "dark"})
    client.post("/appearance/", {"text": "large"})
    html = client.get("/sign-in/").content.decode()
    assert 'data-bs-theme="dark" data-text="large"' in html
    assert 'tokens_dark.css" media="screen"' in html
    client.post("/appearance/", {"theme": "light"})
    html = client.get("/sign-in/").content.decode()
    assert 'tokens_dark.css" media="not all"' in html
    client.post("/appearance/", {"theme": "auto"})
    html = client.get("/sign-in/").content.decode()
    assert 'tokens_dark.css" media="screen and (prefers-color-scheme: dark)"' in html
    assert "data-bs-theme" not in html


@pytest.mark.parametrize("value", ["pink", ""])
def test_an_unknown_appearance_counts_as_none(client, value):
    assert not client.post("/appearance/", {"theme": value, "text": value}).cookies
    request = RequestFactory().get("/")
    request.COOKIES = {"hall_theme": "pink", "hall_text": "huge"}
    assert appearance_of(request) == Appearance("auto", "normal")


def test_the_error_pages_are_ours(signed_in):
    missing = signed_in.get("/no/such/page/")
    assert missing.status_code == 404
    assert "页面不存在" in missing.content.decode()
    forbidden = views.forbidden(asked("/"))
    assert forbidden.status_code == 403
    assert "您没有权限打开此页面" in forbidden.content.decode()


def test_the_page_of_a_broken_site_needs_neither_person_nor_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = views.broken(None)
    html = answer.content.decode()
    assert answer.status_code == 500
    assert "系统出了问题" in html
    assert 'lang="en"' in html


def test_pages_carry_no_inline_script_or_style(signed_in):
    html = signed_in.get("/ui/").content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert "<style" not in html
    assert " style=" not in html
    assert not re.search(r"\son[a-z]+=", html)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", html)


def test_the_menu_costs_a_person_one_query_for_roles_at_most(signed_in, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        signed_in.get("/ui/")


def test_the_editors_desk_has_our_name_and_no_way_out(client):
    client.force_login(make_user(None, "site_editor"))
    html = client.get("/admin/").content.decode()
    assert "- 暖家</title>" in html
    assert "ui/admin.css" in html
    assert "guide.wagtail.org" not in html
    assert "wagtail.org/" not in html.replace("www.w3.org", "")


@pytest.mark.control
def test_without_our_hook_the_help_menu_leads_outside(client, monkeypatch):
    given = hooks.get_hooks
    monkeypatch.setattr(hooks, "get_hooks", lambda name: [] if name == "construct_help_menu" else given(name))
    from wagtail.admin.menu import help_menu

    request = asked("/admin/", make_user(None, "site_editor"))
    assert any(str(item.url).startswith("https:") for item in help_menu.menu_items_for_request(request))
