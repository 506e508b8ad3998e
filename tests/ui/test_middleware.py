"""Language by cookie; parts of admin pages made whole; the number of queries on the response."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from intranet.access.roles import SITE_EDITOR
from intranet.ui.middleware import LanguageMiddleware, ServerTimingMiddleware, WholePageMiddleware
from tests.people_of_the_hall import make_user


def through(request, answer=None):
    seen = {}

    def view(given):
        seen["language"] = translation.get_language()
        return answer or HttpResponse("")

    response = LanguageMiddleware(view)(request)
    return seen["language"], response


@pytest.mark.parametrize(
    ("cookie", "header", "wanted"),
    [(None, "en-US,en", "zh-hans"), ("en", "zh-CN", "en"), ("zh-hans", "en", "zh-hans"), ("xx", "en", "zh-hans")],
)
def test_only_the_cookie_decides(cookie, header, wanted):
    request = RequestFactory().get("/", headers={"accept-language": header})
    if cookie:
        request.COOKIES["django_language"] = cookie
    language, response = through(request)
    assert language == wanted
    assert wanted == request.LANGUAGE_CODE
    assert response.headers["Content-Language"] == wanted


def test_a_view_that_names_its_own_language_keeps_it():
    _language, response = through(RequestFactory().get("/"), HttpResponse("", headers={"Content-Language": "en"}))
    assert response.headers["Content-Language"] == "en"


def test_one_persons_language_does_not_stay_for_the_next():
    english = RequestFactory().get("/")
    english.COOKIES["django_language"] = "en"
    through(english)
    assert through(RequestFactory().get("/"))[0] == "zh-hans"


@pytest.mark.django_db
@pytest.mark.parametrize("queries", [0, 1, 3])
def test_every_query_is_counted(queries):
    def view(request):
        for _ in range(queries):
            Group.objects.exists()
        return HttpResponse("")

    response = ServerTimingMiddleware(view)(RequestFactory().get("/"))
    assert response.headers["Server-Timing"] == f'db;desc="{queries}"'


@pytest.mark.django_db
def test_every_response_of_the_site_says_it(client):
    assert client.get("/sign-in/").headers["Server-Timing"].startswith('db;desc="')


class TestPartsOfAdminPages:
    """Row lists that scripts fetch, opened as a page of their own."""

    PART = "/admin/images/results/"

    @pytest.fixture
    def editor(self, client):
        client.force_login(make_user("E100", SITE_EDITOR))
        return client

    @pytest.mark.django_db
    def test_opened_as_a_page_it_is_whole(self, editor):
        answer = editor.get(self.PART, headers={"sec-fetch-dest": "document"})
        text = answer.content.decode()
        assert re.search(r'<html lang="zh-hans"', text)
        assert "<title>页面的一部分 - 暖家</title>" in text
        assert 'id="main"' in text
        assert text.count("<html") == 1
        assert f'<a href="{reverse("wagtailadmin_home")}">' in text
        assert editor.get(self.PART).content.decode().strip() in text

    @pytest.mark.django_db
    @pytest.mark.parametrize("headers", [{}, {"sec-fetch-dest": "empty"}, {"sec-fetch-dest": "iframe"}])
    def test_fetched_by_a_script_it_stays_a_part(self, editor, headers):
        answer = editor.get(self.PART, headers=headers)
        assert b"<html" not in answer.content
        assert "Sec-Fetch-Dest" in answer.headers["Vary"]

    @pytest.mark.parametrize(
        ("path", "answer"),
        [
            ("/desk/", HttpResponse("<p>")),
            ("/admin/x/", HttpResponse("{}", content_type="application/json")),
            ("/admin/x/", HttpResponse("<!doctype html><HTML>")),
            ("/admin/x/", HttpResponse("<p>", status=404)),
            ("/admin/x/", HttpResponse("<p>", headers={"Content-Disposition": "attachment"})),
            ("/admin/x/", StreamingHttpResponse(["<p>"])),
        ],
    )
    def test_anything_else_is_left_alone(self, path, answer):
        request = RequestFactory().get(path, headers={"sec-fetch-dest": "document"})
        before = b"".join(answer) if answer.streaming else answer.content
        if answer.streaming:
            answer.streaming_content = [before]
        after = WholePageMiddleware(lambda given: answer)(request)
        assert b"".join(after) == before
