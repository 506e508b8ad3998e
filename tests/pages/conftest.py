"""Notices and news for the tests of pages."""

from __future__ import annotations

import datetime as dt

import pytest

from intranet.pages import services
from intranet.pages.models import HomePage
from tests.people_of_the_hall import make_user


@pytest.fixture
def home(db):
    return HomePage.objects.get()


@pytest.fixture
def clerk(db):
    return make_user(name="林小雨")


@pytest.fixture
def editor(db):
    return make_user(None, "site_editor", name="何笔")


@pytest.fixture
def notice(db):
    """Makes a published notice: ``notice("title", text=…, must_read=…)``."""

    def make(title="关于开展评选的通知", **given):
        details = {
            "text": "各窗口:请认真组织。",
            "issuing_unit": "中心办公室",
            "date": dt.date(2026, 11, 20),
            "by": None,
        }
        return services.publish_notice(title=title, **{**details, **given})

    return make


@pytest.fixture
def news(db):
    def make(title="大厅开展消防演练", **given):
        return services.publish_news(title=title, **{"text": "演练顺利。", "by": None, **given})

    return make
