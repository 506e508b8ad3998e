"""A hall that makes papers: its uploads in a folder of the test, an officer of each sort, a kind for tests."""

from __future__ import annotations

import pytest
from wagtail import hooks

from intranet.papers import official
from intranet.papers.official import Column, Lines, Table
from intranet.papers.registry import LINES, Field, PaperKind, Rows
from tests.people_of_the_hall import make_user


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "uploads")
    return tmp_path / "uploads"


@pytest.fixture
def editor(db):
    return make_user(None, "site_editor", name="何笔")


@pytest.fixture
def personnel(db):
    return make_user(None, "hr_admin", name="人事林")


@pytest.fixture
def union(db):
    return make_user(None, "union_officer", name="工会周")


@pytest.fixture
def clerk(db):
    return make_user(name="林小雨")


LIST = PaperKind(
    key="tests.list",
    label="名单",
    data=lambda asked: {"title": "名单", "rows": [], "body": []},
    template=lambda asked: official.template(
        Lines("body"), Table("rows", (Column("序号", "number"), Column("姓名", "name", 3)))
    ),
    allowed=lambda user: user.has_role("site_editor"),
    fields=(
        Rows("body", "正文", LINES),
        Rows("rows", "名单", (Field("number", "序号", "1"), Field("name", "姓名", "欧阳秀兰"))),
    ),
)


@pytest.fixture
def plain_kind():
    """A kind of papers that site editors make, with a list."""
    with hooks.register_temporarily("register_paper", lambda: LIST):
        yield LIST
