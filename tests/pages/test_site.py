"""The site is there at once, its editors may write, and nobody else sees Wagtail's desk."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Collection, GroupPagePermission, Page, Site, Task, Workflow, WorkflowState, WorkflowTask

from intranet.access.models import Role
from intranet.pages import grants, services
from intranet.pages.models import HomePage, SectionPage
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


def test_migrating_lays_out_the_site(home):
    assert Site.objects.get(is_default_site=True).root_page_id == home.pk
    assert set(SectionPage.objects.values_list("slug", "kind")) == {
        ("news", "news"),
        ("notices", "notices"),
        ("rules", "plain"),
    }
    assert not Page.objects.filter(title__startswith="Welcome").exists()


def test_nothing_of_wagtails_english_beginnings_is_left(home):
    assert Page.get_first_root_node().title == "根目录"
    assert Page.get_first_root_node().draft_title == "根目录"
    assert Collection.get_first_root_node().name == "根目录"
    assert not Workflow.objects.exists()
    assert not Task.objects.exists()


def test_a_root_with_a_name_of_its_own_keeps_it(home):
    Page.objects.filter(depth=1).update(title="全部页面", draft_title="全部页面")
    Collection.objects.filter(depth=1).update(name="全部文件")
    deeper = Collection.get_first_root_node().add_child(name="Root")
    services.lay_out_site()
    assert Page.get_first_root_node().title == "全部页面"
    assert Collection.get_first_root_node().name == "全部文件"
    deeper.refresh_from_db()
    assert deeper.name == "Root"


class TestWorkflowOfWagtail:
    """The approval Wagtail's migrations bring; approvals are switched off here."""

    @pytest.fixture
    def approval(self):
        workflow, task = Workflow.objects.create(name="Moderators approval"), Task.objects.create(name="审一审")
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
        return workflow

    def test_it_goes_with_its_step(self, home, approval):
        Task.objects.update(name="Moderators approval")
        services.lay_out_site()
        assert not Workflow.objects.exists()
        assert not Task.objects.exists()

    def test_what_the_hall_made_stays(self, home, approval):
        Workflow.objects.update(name="信息审核")
        Task.objects.update(name="Moderators approval")
        services.lay_out_site()
        assert Workflow.objects.get() == approval
        assert Task.objects.exists()

    def test_what_was_ever_used_stays(self, home, approval):
        state = WorkflowState.objects.create(
            workflow=approval,
            content_type=ContentType.objects.get_for_model(Page),
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id=str(home.pk),
        )
        services.lay_out_site()
        assert WorkflowState.objects.get() == state


def test_laying_out_again_changes_nothing(home):
    before = list(Page.objects.order_by("pk").values("pk", "path", "title", "numchild"))
    assert services.lay_out_site() == home
    assert list(Page.objects.order_by("pk").values("pk", "path", "title", "numchild")) == before


def test_what_was_renamed_or_taken_down_stays(home):
    SectionPage.objects.filter(kind="news").update(title="窗口新闻", slug="xinwen", live=False)
    services.lay_out_site()
    assert SectionPage.objects.filter(kind="news").count() == 1


def test_a_missing_section_comes_back_with_a_free_address(home):
    SectionPage.objects.get(kind="news").delete()
    home.add_child(instance=SectionPage(title="占位", slug="news", kind="plain"))
    services.lay_out_site()
    assert SectionPage.objects.get(kind="news").slug == "news-2"


def test_a_site_of_its_own_makes_is_not_taken_over(home):
    site = Site.objects.get()
    root = Page.get_first_root_node()
    other = root.add_child(instance=Page(title="旧首页", slug="old"))
    other.add_child(instance=Page(title="旧内容", slug="older"))
    site.root_page = other
    site.save()
    services.lay_out_site()
    site.refresh_from_db()
    assert site.root_page_id == home.pk
    assert Page.objects.filter(title="旧内容").exists()


def test_editors_are_granted_once(home):
    group = Role.objects.get(key="site_editor").group
    count = GroupPagePermission.objects.filter(group=group).count()
    assert count == len(grants.ON_PAGES)
    grants.grant_pages()
    assert GroupPagePermission.objects.filter(group=group).count() == count


class TestDeskOfWagtail:
    def test_an_editor_writes_and_publishes(self, editor, client, home):
        client.force_login(editor)
        section = SectionPage.objects.get(kind="notices")
        assert client.get("/admin/").status_code == 200
        assert client.get(f"/admin/pages/add/pages/noticepage/{section.pk}/").status_code == 200
        front = client.get("/admin/").content.decode()
        assert "gravatar" not in front
        assert "releases.wagtail" not in front

    def test_staff_and_other_roles_do_not_get_in(self, client):
        for roles in ((), ("union_officer",), ("scrutineer",), ("chief_representative",)):
            client.force_login(make_user(None, *roles))
            assert client.get("/admin/pages/").status_code in (302, 403), roles

    def test_the_menu_has_only_what_fits(self, editor, client, rf):
        from wagtail.admin.menu import admin_menu

        request = rf.get("/admin/")
        request.user = editor
        names = {item.name for item in admin_menu.menu_items_for_request(request)}
        assert {"explorer", "images", "documents"} <= names
        assert not {"help", "reports", "settings"} & names

    def test_the_explorer_finds_a_word_inside_a_title(self, editor, client, notice):
        notice("关于体检的通知")
        client.force_login(editor)
        assert "关于体检的通知" in client.get("/admin/pages/search/", {"q": "体检"}).content.decode()
        assert "关于体检的通知" not in client.get("/admin/pages/search/", {"q": "检的体"}).content.decode()


def test_home_shows_what_is_new(client, clerk, notice, news, home):
    notice("必读的通知", must_read=True)
    notice("普通的通知")
    news("大厅动态")
    client.force_login(clerk)
    page = client.get("/")
    assert [row.title for row in page.context["must_read"]] == ["必读的通知"]
    body = page.content.decode()
    for words in ("必读的通知", "普通的通知", "大厅动态", home.motto):
        assert words in body
    services.confirm_read(notice=page.context["must_read"][0], by=clerk)
    assert list(client.get("/").context["must_read"]) == []


def test_a_plain_section_lists_what_lies_below_it(client, clerk):
    section = SectionPage.objects.get(kind="plain")
    section.add_child(instance=SectionPage(title="首问负责制", slug="shouwen"))
    section.add_child(instance=SectionPage(title="未定稿", slug="draft", live=False))
    client.force_login(clerk)
    body = client.get(section.url).content.decode()
    assert "首问负责制" in body
    assert "未定稿" not in body


def test_english_pages_mark_chinese_data(client, clerk, notice):
    made = notice(must_read=True)
    client.force_login(clerk)
    client.cookies["django_language"] = "en"
    body = client.get(made.url).content.decode()
    assert "I have read this" in body
    assert f'<span lang="zh-Hans" translate="no">{made.title}</span>' in body
    assert HomePage.objects.get().motto in client.get("/").content.decode()
