"""Notices: who sees them, in which order, and who has confirmed them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from intranet import clock
from intranet.access.models import AuditEntry
from intranet.pages import services
from intranet.pages.exceptions import NothingToConfirm
from intranet.pages.models import NoticePage, ReadReceipt, SectionPage
from intranet.pages.reading import readers_of
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


def shown(user):
    return [notice.title for notice in NoticePage.objects.visible_to(user).newest()]


class TestSeeing:
    def test_newest_first_and_the_later_of_one_day_before_the_earlier(self, notice, clerk):
        notice("旧", date=dt.date(2026, 11, 1))
        notice("新", date=dt.date(2026, 11, 20))
        notice("同日", date=dt.date(2026, 11, 20))
        assert shown(clerk) == ["同日", "新", "旧"]

    def test_drafts_and_scheduled_notices_are_nowhere(self, notice, clerk, client):
        section = SectionPage.objects.get(kind="notices")
        draft = section.add_child(instance=NoticePage(title="草稿", slug="draft", issuing_unit="办", live=False))
        later = section.add_child(instance=NoticePage(title="预定", slug="later", issuing_unit="办", live=False))
        later.go_live_at = clock.now() + dt.timedelta(days=1)
        later.save_revision().publish()
        client.force_login(clerk)
        assert shown(clerk) == []
        for page in (draft, later):
            assert client.get(page.url).status_code == 404
        for address in ("/", "/desk/", "/notices/", "/search/?q=草稿", "/search/?q=预定"):
            assert "草稿</a>" not in client.get(address).content.decode()

    def test_a_restricted_notice_is_for_its_group_only(self, notice, clerk, editor, client):
        made = notice("内部")
        restriction = PageViewRestriction.objects.create(page=made, restriction_type=PageViewRestriction.GROUPS)
        restriction.groups.set(editor.groups.filter(role__key="site_editor"))
        assert shown(clerk) == []
        assert shown(editor) == ["内部"]
        client.force_login(clerk)
        assert client.post(f"/read/{made.pk}/").status_code == 404
        assert client.get(made.url).status_code == 404
        client.force_login(editor)
        assert client.get(made.url).status_code == 200

    def test_a_notice_under_a_password_is_never_listed_and_asks_for_it(self, notice, editor, client):
        made = notice("有密码")
        PageViewRestriction.objects.create(page=made, restriction_type=PageViewRestriction.PASSWORD, password="x")
        assert shown(editor) == []
        client.force_login(editor)
        answer = client.get(made.url)
        assert answer.status_code == 200
        assert 'type="password"' in answer.content.decode()

    def test_a_notice_for_everyone_signed_in_is_listed(self, notice, clerk):
        PageViewRestriction.objects.create(page=notice("登录可见"), restriction_type=PageViewRestriction.LOGIN)
        assert shown(clerk) == ["登录可见"]

    def test_strangers_are_sent_to_sign_in(self, notice, client):
        made = notice()
        for address in ("/", made.url, "/notices/", "/desk/", "/search/?q=a", f"/read/{made.pk}/people/"):
            response = client.get(address)
            assert response.status_code == 302, address
            assert "/sign-in/" in response["Location"]


class TestList:
    def test_the_year_filter(self, notice, clerk, client):
        notice("去年", date=dt.date(2025, 12, 31))
        notice("今年初", date=dt.date(2026, 1, 1))
        notice("今年末", date=dt.date(2026, 12, 31))
        client.force_login(clerk)
        page = client.get("/notices/", {"year": "2026"})
        assert [row.title for row in page.context["page_obj"]] == ["今年末", "今年初"]
        assert page.context["years"] == [2026, 2025]

    @pytest.mark.parametrize("year", ["", "abc", "1999", "-1", "99999999999", "²", "9" * 5000])
    def test_a_year_without_notices_shows_all(self, year, notice, clerk, client):
        notice("甲")
        notice("乙", date=dt.date(2025, 1, 1))
        client.force_login(clerk)
        page = client.get("/notices/", {"year": year})
        assert len(page.context["page_obj"]) == 2
        assert page.context["year"] is None

    def test_pages_of_twelve(self, notice, clerk, client):
        for number in range(13):
            notice(f"第{number}号")
        client.force_login(clerk)
        assert len(client.get("/notices/").context["page_obj"]) == 12
        assert len(client.get("/notices/", {"page": 2}).context["page_obj"]) == 1
        assert client.get("/notices/", {"page": "x"}).status_code == 200

    def test_the_menu_finds_a_section_that_was_moved(self, clerk, client):
        section = SectionPage.objects.get(kind="notices")
        section.slug = "tong-zhi"
        section.save()
        client.force_login(clerk)
        assert client.get("/notices/", {"year": 2026})["Location"] == "/tong-zhi/?year=2026"
        section.unpublish()
        assert client.get("/notices/").status_code == 404

    @pytest.mark.parametrize("address", ["/", "/desk/", "/notices/", "/news/"])
    def test_more_notices_news_and_staff_make_no_more_queries(self, address, notice, news, clerk, client):
        client.force_login(clerk)
        for number in range(2):
            notice(f"通知{number}", must_read=True)
            news(f"动态{number}")
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for number in range(2, 9):
            notice(f"通知{number}", must_read=True)
            news(f"动态{number}")
            make_user()
        with CaptureQueriesContext(connection) as many:
            client.get(address)
        assert len(many) <= len(few)

    def test_readers_take_constant_queries(self, notice, editor, client):
        made = notice(must_read=True)
        client.force_login(editor)
        client.get(f"/read/{made.pk}/people/")
        with CaptureQueriesContext(connection) as few:
            client.get(f"/read/{made.pk}/people/")
        for _number in range(8):
            services.confirm_read(notice=made, by=make_user())
            make_user()
        with CaptureQueriesContext(connection) as many:
            client.get(f"/read/{made.pk}/people/")
        assert len(many) <= len(few)


class TestSheet:
    def test_it_shows_number_issuer_date_and_text(self, notice, clerk, client):
        made = notice(document_number="禾政服〔2026〕41号", addressees="各进驻单位", text="第一段\n\n第二段 <b>")
        client.force_login(clerk)
        page = client.get(made.url).content.decode()
        for words in ("禾政服〔2026〕41号", "中心办公室", "各进驻单位：", "2026年11月20日", "第二段 &lt;b&gt;"):
            assert words in page
        assert page.count('class="rich"') == 2
        assert "已阅" not in page

    def test_text_becomes_paragraphs(self):
        assert services.paragraphs("甲\n\n \n乙\n丙\n") == [
            ("paragraph", "<p>甲</p>"),
            ("paragraph", "<p>乙\n丙</p>"),
        ]

    def test_two_notices_of_one_title_have_two_addresses(self, notice):
        assert notice("体检").slug == "ti-jian"
        assert notice("体检").slug == "ti-jian-2"
        assert notice("体检").slug == "ti-jian-3"
        assert notice("！").slug == "page"

    def test_it_keeps_the_instant_it_was_published_at(self, notice):
        then = dt.datetime(2026, 5, 1, 1, tzinfo=dt.UTC)
        assert notice(published_at=then).first_published_at == then


class TestConfirming:
    def test_once_and_not_twice(self, notice, clerk):
        made = notice(must_read=True)
        assert services.confirm_read(notice=made, by=clerk) is True
        assert services.confirm_read(notice=made, by=clerk) is False
        assert ReadReceipt.objects.count() == 1
        assert AuditEntry.objects.filter(action="pages.confirm_read").count() == 1

    @pytest.mark.control
    def test_the_unique_key_is_what_makes_it_once(self, notice, clerk):
        made = notice(must_read=True)
        services.confirm_read(notice=made, by=clerk)
        with pytest.raises(IntegrityError), transaction.atomic():
            ReadReceipt.objects.create(notice=made, user=clerk, read_at=clock.now())

    def test_only_what_asks_for_it_and_is_up(self, notice, clerk):
        with pytest.raises(NothingToConfirm, match="不需要确认"):
            services.confirm_read(notice=notice(), by=clerk)
        down = notice(must_read=True)
        down.unpublish()
        with pytest.raises(NothingToConfirm):
            services.confirm_read(notice=down, by=clerk)
        assert not ReadReceipt.objects.exists()

    def test_the_button(self, notice, clerk, client):
        made = notice(must_read=True)
        client.force_login(clerk)
        assert "已阅" in client.get(made.url).content.decode()
        assert "必读" in client.get("/desk/").content.decode()
        response = client.post(f"/read/{made.pk}/", follow=True)
        assert response.redirect_chain == [(made.url, 302)]
        assert "已记录您的阅读" in response.content.decode()
        assert "您已于" in client.get(made.url).content.decode()
        assert "此前已经确认" in client.post(f"/read/{made.pk}/", follow=True).content.decode()
        assert NoticePage.objects.unread_by(clerk).count() == 0

    def test_a_notice_that_asks_nobody_says_so(self, notice, clerk, client):
        made = notice()
        client.force_login(clerk)
        assert "不需要确认" in client.post(f"/read/{made.pk}/", follow=True).content.decode()
        assert client.get(f"/read/{made.pk}/").status_code == 405
        assert client.post("/read/999999/").status_code == 404

    def test_who_has_read_it(self, notice, clerk, editor):
        made = notice(must_read=True)
        make_user(person=False)
        gone = make_user(is_active=False)
        services.confirm_read(notice=made, by=clerk)
        found = readers_of(made)
        assert [person for person, _at in found["read"]] == [clerk.person]
        assert found["unread"] == [editor.person]
        assert (found["read_count"], found["asked_count"]) == (1, 2)
        assert gone.person not in found["unread"]

    def test_names_are_for_editors_only(self, notice, clerk, editor, client):
        made = notice(must_read=True)
        client.force_login(clerk)
        assert client.get(f"/read/{made.pk}/people/").status_code == 403
        assert "/people/" not in client.get(made.url).content.decode().split('class="notice-confirm"')[1]
        client.force_login(editor)
        assert "林小雨" in client.get(f"/read/{made.pk}/people/").content.decode()
        assert f"/read/{made.pk}/people/" in client.get(made.url).content.decode()
        assert client.get(f"/read/{notice().pk}/people/").status_code == 404
