"""Filters and tags every template uses."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import mark_safe

from intranet import clock


def drawn(source: str, language: str = "zh-hans", **context) -> str:
    with translation.override(language):
        return Template("{% load ui ui_blocks %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "value", "wanted"),
    [
        ("zh-hans", "沈若溪", "沈若溪"),
        ("en", "沈若溪", '<span lang="zh-Hans" translate="no">沈若溪</span>'),
        ("en", "A07 不动产", '<span lang="zh-Hans" translate="no">A07 不动产</span>'),
        ("en", "A07", "A07"),
        ("en", None, ""),
        ("zh-hans", None, ""),
        ("en", 12, "12"),
        ("zh-hans", "<b>沈", "&lt;b&gt;沈"),
        ("en", "<b>沈", '<span lang="zh-Hans" translate="no">&lt;b&gt;沈</span>'),
        ("en", mark_safe("<em>沈</em>"), '<span lang="zh-Hans" translate="no"><em>沈</em></span>'),
        ("en", mark_safe("<p>沈</p>"), '<div lang="zh-Hans" translate="no"><p>沈</p></div>'),
        ("en", "𠮷野", '<span lang="zh-Hans" translate="no">𠮷野</span>'),
    ],
)
def test_chinese_is_marked_on_english_pages(language, value, wanted):
    assert drawn("{{ value|zh }}", language, value=value) == wanted


def test_the_marking_as_attributes():
    assert drawn("<option {% zh_lang %}>", "en") == '<option lang="zh-Hans" translate="no">'
    assert drawn("<option {% zh_lang %}>") == "<option >"


@pytest.mark.parametrize(("language", "wanted"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_html_lang(language, wanted):
    assert drawn("{% html_lang %}", language) == wanted


# 16:30 UTC is half past midnight of the next day at the hall.
LATE = dt.datetime(2026, 11, 22, 16, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("tag", "language", "value", "wanted"),
    [
        ("hall_date", "zh-hans", dt.date(2026, 11, 3), "2026年11月3日"),
        ("hall_date", "en", dt.date(2026, 11, 3), "3 November 2026"),
        ("hall_date", "zh-hans", LATE, "2026年11月23日"),
        ("hall_date", "en", dt.datetime(2026, 11, 3, 9), "3 November 2026"),
        ("hall_date", "zh-hans", None, ""),
        ("hall_datetime", "zh-hans", LATE, "2026年11月23日 00:30"),
        ("hall_datetime", "en", LATE, "23 November 2026, 00:30"),
        ("hall_datetime", "en", dt.datetime(2026, 11, 3, 9, 5), "3 November 2026, 09:05"),
        ("hall_datetime", "en", None, ""),
        ("hall_month_day", "zh-hans", dt.date(2026, 3, 3), "3月3日"),
        ("hall_month_day", "en", LATE, "23 November"),
        ("hall_month_day", "en", None, ""),
        ("hall_month", "zh-hans", dt.date(2026, 11, 3), "2026年11月"),
        ("hall_month", "en", LATE, "November 2026"),
        ("hall_month", "en", None, ""),
    ],
)
def test_days_of_the_hall(tag, language, value, wanted):
    assert drawn("{% " + tag + " value %}", language, value=value) == wanted


def test_today_comes_from_the_one_clock():
    with clock.at(LATE):
        assert drawn("{% hall_today as day %}{% hall_date day %}") == "2026年11月23日"


@pytest.mark.parametrize(
    ("value", "whole", "wanted"),
    [(1, 2, "50"), (0, 5, "0"), (5, 0, "0"), (7, 5, "100"), (-1, 5, "0"), (2, 3, "67")],
)
def test_share(value, whole, wanted):
    assert drawn("{{ value|share:whole }}", value=value, whole=whole) == wanted


def test_an_element_only_when_something_is_in_it():
    source = '{% filled "p" "lead" %}  {{ text }} {% endfilled %}'
    assert drawn(source, text="您好") == '<p class="lead">您好</p>'
    assert drawn(source, text="") == ""


def test_pagination_keeps_the_question():
    request = RequestFactory().get("/people/?q=沈&page=2")
    page_obj = Paginator(range(95), 10).page(2)
    html = render_to_string("ui/pagination.html", {"page_obj": page_obj, "request": request}, request)
    assert "?q=%E6%B2%88&amp;page=3" in html
    assert "?q=%E6%B2%88&amp;page=1" in html
    assert html.count('aria-current="page"') == 1
    assert "95" in html


def test_one_page_needs_no_pagination():
    page_obj = Paginator(range(10), 10).page(1)
    assert render_to_string("ui/pagination.html", {"page_obj": page_obj}).strip() == ""


def test_the_timeline_says_its_states_in_words():
    steps = [
        {"label": "推荐", "state": "done", "note": "18人"},
        {"label": "投票", "state": "current", "note": ""},
        {"label": "公示", "state": "ahead", "note": ""},
    ]
    html = render_to_string("ui/timeline.html", {"steps": steps})
    assert [word in html for word in ("已完成", "进行中", "未开始", "18人")] == [True] * 4
    assert html.count('aria-current="step"') == 1


def test_progress_carries_number_and_name():
    html = render_to_string("ui/progress.html", {"value": 137, "max": 203, "label": "已投选票"})
    assert 'value="137" max="203"' in html
    assert 'aria-label="已投选票"' in html
    assert "67%" in html


def test_the_month_marks_today_and_what_was_cancelled():
    day = dt.date(2026, 11, 23)
    cell = {
        "day": day,
        "outside": False,
        "today": True,
        "mark": "班",
        "entries": [{"title": "合唱排练", "url": "/x/", "cancelled": True}],
    }
    html = render_to_string("ui/month.html", {"weeks": [[cell]]})
    assert 'aria-current="date"' in html
    assert "已取消" in html
    assert "班" in html
    assert 'href="/x/"' in html


def test_an_empty_place_names_the_next_step():
    html = render_to_string("ui/empty.html", {"text": "暂无评选", "action_url": "/awards/", "action_text": "查看"})
    assert "暂无评选" in html
    assert 'href="/awards/"' in html
    assert "href" not in render_to_string("ui/empty.html", {"text": "暂无评选"})


def test_the_secrecy_line():
    assert "严禁存储、处理涉密信息" in render_to_string("ui/secrecy_banner.html")
