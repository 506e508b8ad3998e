"""Notices on their way into chat groups: who may pass them on, and what a robot tells."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from intranet import clock
from intranet.access.models import Role
from intranet.pages import services
from intranet.pages.group_notices import KIND, due, may_pass_on, texts
from intranet.pages.models import NoticePage, SectionPage
from intranet.reminders.registry import group_notice_kinds

pytestmark = pytest.mark.django_db

MORNING = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def keep_to_editors(page, editor):
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.GROUPS)
    restriction.groups.set(editor.groups.filter(role__key="site_editor"))


def told():
    return list(due(MORNING - HOUR, MORNING))


def words():
    return [text and text.title for text in texts(told())]


def test_it_is_a_kind_of_the_site():
    assert group_notice_kinds()["pages.notice"] is KIND


def test_everyone_who_reads_a_notice_may_pass_it_on(notice, clerk, client):
    made = notice(must_read=True)
    client.force_login(clerk)
    shown = client.get(made.url).content.decode()
    expected = (
        "【通知】关于开展评选的通知\n各位同事：中心办公室发布了通知，请登录阅读全文，读后点“已阅”确认。\n"
        f"点击查看：http://testserver{made.url}\n——禾湾区政务服务中心</textarea>"
    )
    assert expected in shown
    assert "复制群通知" in shown


def test_who_only_reads_is_not_asked_to_confirm(notice, clerk, client):
    client.force_login(clerk)
    shown = client.get(notice().url).content.decode()
    assert "各位同事：中心办公室发布了通知，请登录阅读全文。\n" in shown


def test_a_notice_kept_to_some_is_passed_on_by_editors_alone_and_by_no_robot(notice, clerk, editor, client):
    made = notice("内部", published_at=MORNING)
    keep_to_editors(made, editor)
    clerk.groups.add(*editor.groups.all())
    assert may_pass_on(editor, made)
    assert told() == []
    # In the group that may read it, and yet no editor.
    clerk.groups.set(Role.objects.filter(key="staff").values_list("group_id", flat=True))
    restriction = PageViewRestriction.objects.get()
    restriction.groups.set(clerk.groups.all())
    client.force_login(clerk)
    answer = client.get(made.url)
    assert answer.status_code == 200
    assert "复制群通知" not in answer.content.decode()


def test_a_section_kept_to_some_keeps_its_notices(notice, editor):
    made = notice(published_at=MORNING)
    [one] = told()
    keep_to_editors(made.get_parent(), editor)
    assert told() == []
    # Between planning and sending, too.
    assert texts([one]) == [None]


def test_a_restriction_to_those_signed_in_restricts_nobody(notice, clerk):
    made = notice(published_at=MORNING)
    PageViewRestriction.objects.create(page=made, restriction_type=PageViewRestriction.LOGIN)
    assert may_pass_on(clerk, made)
    assert len(told()) == 1


def test_a_notice_is_told_when_it_is_published_and_for_three_days(notice):
    made = notice(published_at=MORNING)
    [one] = told()
    assert (one.object, one.occasion, one.due) == (f"pages.noticepage:{made.pk}", "published", MORNING)
    assert one.until == MORNING + dt.timedelta(days=3)
    assert list(due(MORNING, MORNING + HOUR)) == []
    assert list(due(MORNING - HOUR, MORNING - HOUR / 2)) == []


def test_a_correction_is_no_news(notice):
    made = NoticePage.objects.get(pk=notice().pk)
    first = made.first_published_at
    made.title = "更正"
    made.save_revision().publish()
    again = NoticePage.objects.get(pk=made.pk)
    assert (again.title, again.first_published_at) == ("更正", first)
    assert [one.due for one in due(first - HOUR, clock.now() + HOUR)] == [first]


def test_what_is_taken_down_is_not_told_any_more(notice):
    made = notice(published_at=MORNING)
    [one] = told()
    made.unpublish()
    assert told() == []
    assert texts([one]) == [None]
    made.delete()
    assert texts([one]) == [None]


def test_drafts_and_previews_have_nothing_to_copy(clerk, editor):
    section = SectionPage.objects.get(kind="notices")
    draft = section.add_child(instance=NoticePage(title="草稿", slug="draft", issuing_unit="办", live=False))
    assert not may_pass_on(editor, draft)
    assert not may_pass_on(clerk, NoticePage(title="新", issuing_unit="办"))


def test_many_notices_cost_the_same(notice):
    def cost(expected):
        with CaptureQueriesContext(connection) as caught:
            assert len(texts(told())) == expected
        return len(caught)

    notice("通知", published_at=MORNING)
    texts(told())  # where the site begins is remembered
    one = cost(1)
    for number in range(12):
        notice(f"通知{number}", published_at=MORNING)
    assert cost(13) == one <= 6


def test_news_are_not_told(news):
    services.publish_news(title="新闻", text="一", by=None, published_at=MORNING)
    assert told() == []
