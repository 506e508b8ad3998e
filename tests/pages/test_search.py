"""Chinese words inside sentences are found, on whichever database the tests run."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from intranet.pages.finding import found_pages, highlighted, snippet
from intranet.pages.models import NoticePage
from intranet.pages.search_backend.spelling import phrases, spelled, tokens
from tests.people_of_the_hall import make_user


def titles(results):
    """Without the home page, whose words of welcome a hall may change."""
    return sorted(page.title for page in results if page.depth > 2)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("月度评选", ["月", "度", "评", "选"]),
        ("A岗和B岗", ["a", "岗", "和", "b", "岗"]),
        ("禾政服〔2026〕41号", ["禾", "政", "服", "2026", "41", "号"]),
        ("２０２６年，ＯＫ！", ["2026", "年", "ok"]),
        ("snake_case-word", ["snake", "case", "word"]),
        ("——", []),
        ("𠮷野家〇々", ["𠮷", "野", "家", "〇", "々"]),
    ],
)
def test_text_is_cut_into_characters_and_whole_words(text, cut):
    assert tokens(text) == cut


def test_each_word_of_a_query_becomes_one_phrase():
    assert phrases("服务之星  2026年 !") == ["服 务 之 星", "2026 年"]
    assert spelled(spelled("评选A1")) == spelled("评选A1") == "评 选 a1"


@pytest.mark.django_db
class TestFinding:
    def test_a_word_inside_a_sentence(self, notice, clerk):
        notice("年终安排", text="中心将组织月度服务之星评选活动，请推荐。")
        notice("停电通知", text="周六检修线路。")
        assert titles(found_pages("评选", clerk)) == ["年终安排"]
        assert titles(found_pages("之星评", clerk)) == ["年终安排"]

    def test_characters_that_do_not_stand_together_are_not_the_word(self, notice, clerk):
        notice("测评办法", text="先测评，再选人。")
        assert titles(found_pages("评选", clerk)) == []

    @pytest.mark.control
    def test_the_stock_back_end_does_not_find_it(self, notice, settings, clerk):
        settings.MODELSEARCH_BACKENDS = {"default": {"BACKEND": "modelsearch.backends.database"}}
        made = notice("年终安排", text="中心将组织月度服务之星评选活动。")
        vendor = {"sqlite": "sqlite.sqlite", "postgresql": "postgres.postgres"}[connection.vendor]
        stock = import_module(f"modelsearch.backends.database.{vendor}")
        spelled_out = stock.ObjectIndexer
        stock.ObjectIndexer = spelled_out.__mro__[2]
        try:
            made.save()
            assert titles(found_pages("评选", clerk)) == []
        finally:
            stock.ObjectIndexer = spelled_out

    def test_several_words_must_all_be_there(self, notice, clerk):
        notice("甲", text="十一月评选开始")
        notice("乙", text="十二月评选开始")
        assert titles(found_pages("评选 十一月", clerk)) == ["甲"]

    def test_latin_words_and_numbers_stay_whole(self, notice, clerk):
        notice("窗口A、B岗", text="AB岗按 2026-11-23 的名单轮换，联系 8012。")
        assert titles(found_pages("8012", clerk)) == ["窗口A、B岗"]
        assert titles(found_pages("801", clerk)) == []
        assert titles(found_pages("2026-11-23", clerk)) == ["窗口A、B岗"]
        assert titles(found_pages("ab岗", clerk)) == ["窗口A、B岗"]

    def test_the_document_number_is_found_with_its_brackets(self, notice, clerk):
        notice("甲", document_number="禾政服〔2026〕41号")
        notice("乙", document_number="禾政服〔2026〕42号")
        assert titles(found_pages("〔2026〕41号", clerk)) == ["甲"]

    @pytest.mark.parametrize(
        "text", ["", "  ", "！？", "'", '"', "%s", "a'b\"c", "OR", "评选 AND", "*", "\\", "NEAR(a b)"]
    )
    def test_no_query_breaks_it(self, text, notice, clerk):
        notice()
        assert list(found_pages(text, clerk)) == []

    def test_punctuation_around_a_word_does_not_matter(self, notice, clerk):
        notice("甲", text="关于“服务之星”的说明")
        assert titles(found_pages("“服务之星”", clerk)) == ["甲"]

    def test_a_title_weighs_more_than_the_text(self, notice, clerk):
        notice("其他事项", text="顺便说一句体检。")
        notice("体检安排", text="请按时参加。")
        assert next(iter(found_pages("体检", clerk))).title == "体检安排"

    def test_the_explorer_finds_beginnings(self, notice):
        notice("关于体检的通知")
        assert titles(Page.objects.all().autocomplete("体检的")) == ["关于体检的通知"]
        assert titles(Page.objects.all().autocomplete("通知关")) == []
        assert titles(Page.objects.all().search("体检", fields=["title"])) == ["关于体检的通知"]

    def test_drafts_and_taken_down_pages_are_not_found(self, notice, clerk):
        made = notice("甲", text="体检")
        made.unpublish()
        assert titles(found_pages("体检", clerk)) == []

    def test_a_change_is_found_after_publishing_it(self, notice, clerk):
        made = notice("甲", text="旧词")
        made.title = "全员体检"
        made.save_revision()
        assert titles(found_pages("体检", clerk)) == []
        made.save_revision().publish()
        assert titles(found_pages("体检", clerk)) == ["全员体检"]

    def test_rebuilding_the_index_finds_what_was_loaded_past_it(self, notice, clerk):
        made = notice("甲")
        NoticePage.objects.filter(pk=made.pk).update(title="疗休养报名")
        assert titles(found_pages("疗休养", clerk)) == []
        call_command("rebuild_modelsearch_index", verbosity=0)
        assert titles(found_pages("疗休养", clerk)) == ["疗休养报名"]


class TestShowing:
    def test_the_words_are_marked_and_the_rest_escaped(self):
        assert highlighted("<b>评选</b>", "评选") == "&lt;b&gt;<mark>评选</mark>&lt;/b&gt;"
        assert highlighted("a & b", "!") == "a &amp; b"

    def test_words_parted_by_punctuation_are_marked_as_found(self):
        assert highlighted("2026-11-23", "2026-11-23") == "<mark>2026-11-23</mark>"

    def test_the_snippet_shows_the_place(self):
        shown = snippet(["甲" * 200 + "评选" + "乙" * 200], "评选")
        assert shown.startswith("…甲")
        assert shown.endswith("乙…")
        assert "<mark>评选</mark>" in shown

    def test_without_a_place_it_shows_the_beginning(self):
        assert snippet(["<p>开头的话</p>"], "没有") == "开头的话"


@pytest.mark.django_db
class TestPage:
    def test_pages_and_people(self, client, clerk, notice):
        notice("关于林业窗口的通知", text="林业窗口开始评选。")
        client.force_login(clerk)
        page = client.get("/search/", {"q": "林"}).content.decode()
        assert "<mark>林</mark>小雨" in page
        assert "关于<mark>林</mark>业窗口的通知" in page

    def test_no_more_than_twelve_people_are_shown(self, client, clerk):
        for number in range(14):
            make_user(name=f"林{number}")
        client.force_login(clerk)
        assert len(client.get("/search/", {"q": "林"}).context["people"]) == 12

    def test_nothing_found_says_so(self, client, clerk):
        client.force_login(clerk)
        page = client.get("/search/", {"q": "<script>"}).content.decode()
        assert "<script>alert" not in page
        assert "“&lt;script&gt;”" in page

    def test_people_stand_on_the_first_page_only(self, client, clerk, notice):
        for number in range(13):
            notice(f"林场{number}")
        client.force_login(clerk)
        assert "小雨" in client.get("/search/", {"q": "林"}).content.decode()
        second = client.get("/search/", {"q": "林", "page": 2})
        assert second.context["people"] == []
        assert len(second.context["rows"]) == 1

    def test_more_pages_make_no_more_queries(self, client, clerk, notice, django_assert_max_num_queries):
        client.force_login(clerk)
        notice("体检0")
        client.get("/search/", {"q": "体检"})
        with CaptureQueriesContext(connection) as few:
            client.get("/search/", {"q": "体检"})
        for number in range(1, 9):
            notice(f"体检{number}")
        with django_assert_max_num_queries(len(few)):
            client.get("/search/", {"q": "体检"})
