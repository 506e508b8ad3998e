"""Pages of an application that is not plugged in: kept, hidden, and not to be touched."""

from __future__ import annotations

import io

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.urls import reverse
from wagtail.models import Page

from intranet.pages import unplugged
from intranet.pages.middleware import UnpluggedPagesMiddleware
from intranet.pages.models import SectionPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(home):
    """A page below the home page whose model no application here has, with a known page below it."""
    kind = ContentType.objects.create(app_label="absent", model="absentpage")
    section = home.add_child(instance=SectionPage(title="外来专页", slug="stranger"))
    section.add_child(instance=SectionPage(title="专页之下", slug="below"))
    Page.objects.filter(pk=section.pk).update(content_type=kind)
    return Page.objects.get(pk=section.pk)


def test_what_is_plugged_in_is_known(home, stranger):
    assert not unplugged.is_unplugged(home)
    assert unplugged.is_unplugged(stranger)
    assert unplugged.holds_unplugged(home)
    assert unplugged.holds_unplugged(stranger)
    assert not unplugged.holds_unplugged(SectionPage.objects.get(kind="news"))
    assert stranger not in unplugged.only_known(Page.objects.all())


def test_the_nearest_known_page(home, stranger):
    assert unplugged.nearest_known(stranger).pk == home.pk
    assert unplugged.nearest_known(home).pk == home.pk
    below = Page.objects.get(slug="below")
    assert unplugged.nearest_known(below).pk == below.pk


def test_it_answers_as_a_missing_page(client, clerk, stranger):
    client.force_login(clerk)
    assert client.get("/stranger/").status_code == 404
    assert "外来专页" not in client.get("/search/", {"q": "外来"}).content.decode()


@pytest.mark.parametrize("name", ["edit", "delete", "copy", "move", "unpublish"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_editor_is_refused_in_words(name, method, client, editor, stranger, home):
    client.force_login(editor)
    for page, words in ((stranger, "没有启用"), (home, "不能丢失")):
        address = reverse(f"wagtailadmin_pages:{name}", args=[page.pk])
        response = getattr(client, method)(address, follow=True)
        assert response.redirect_chain[0] == (reverse("wagtailadmin_explore", args=[home.pk]), 302)
        assert words in response.content.decode()
    assert Page.objects.filter(pk=stranger.pk).exists()


@pytest.mark.control
def test_without_the_guard_the_page_breaks_or_goes(client, editor, stranger, monkeypatch):
    monkeypatch.setattr(UnpluggedPagesMiddleware, "process_view", lambda *args: None)
    client.force_login(editor)
    client.raise_request_exception = False
    assert client.get(reverse("wagtailadmin_pages:edit", args=[stranger.pk])).status_code == 500


def test_an_editor_that_saves_by_itself_gets_json(client, editor, home, stranger):
    client.force_login(editor)
    address = reverse("wagtailadmin_pages:edit", args=[home.pk])
    response = client.post(address, headers={"accept": "application/json"})
    assert response.status_code == 400
    assert response.json()["error_code"] == "unplugged"
    assert "不能丢失" in response.json()["error_message"]


def test_many_at_once_are_refused_too(client, editor, home, stranger):
    client.force_login(editor)
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
    root = Page.get_first_root_node()
    for query in (f"id={stranger.pk}", f"id=x&id={home.pk}", "id=all", f"id=all&childOf={root.pk}"):
        response = client.post(f"{address}?{query}")
        assert response.status_code == 302, query
        assert "/admin/pages/" in response["Location"], query
    assert Page.objects.filter(pk=stranger.pk).exists()


def test_the_rest_of_the_tree_can_be_worked_on(client, editor, home, stranger, notice):
    made = notice("可以修改")
    client.force_login(editor)
    assert client.get(reverse("wagtailadmin_pages:edit", args=[made.pk])).status_code == 200
    assert client.get(reverse("wagtailadmin_pages:add", args=["pages", "sectionpage", home.pk])).status_code == 200
    section = SectionPage.objects.get(slug="rules")
    confirm = reverse("wagtailadmin_pages:move_confirm", args=[section.pk, home.pk])
    assert client.get(confirm).status_code == 200
    explorer = client.get(reverse("wagtailadmin_explore", args=[home.pk])).content.decode()
    assert "规章制度" in explorer
    assert "外来专页" not in explorer


def test_wagtails_desk_shows_them_nowhere(client, editor, home):
    section = home.add_child(instance=SectionPage(title="外来专页", slug="stranger"))
    section.save_revision(user=editor, log_action="wagtail.edit").publish(user=editor)
    client.force_login(editor)
    lists = (
        "/admin/",
        "/admin/pages/search/?q=外来",
        "/admin/pages/search/results/?q=外来",
        "/admin/choose-page/search/?q=外来",
        f"/admin/pages/{home.pk}/",
        "/admin/reports/aging-pages/",
        "/admin/reports/site-history/",
    )
    for address in lists:
        assert "外来专页" in client.get(address).content.decode(), address
    kind = ContentType.objects.create(app_label="absent", model="absentpage")
    Page.objects.filter(pk=section.pk).update(content_type=kind)
    for address in lists:
        response = client.get(address)
        assert response.status_code == 200, address
        # The field of a search shows the word that was looked for.
        assert "外来专页" not in response.content.decode(), address


def test_who_may_not_enter_is_told_that_and_nothing_else(client, clerk, stranger):
    client.force_login(clerk)
    response = client.get(reverse("wagtailadmin_pages:edit", args=[stranger.pk]), follow=True)
    assert "外来专页" not in response.content.decode()


@pytest.mark.parametrize(
    ("error", "answered"),
    [
        (ProtectedError("x", set()), True),
        (IntegrityError("FOREIGN KEY constraint failed"), True),
        (IntegrityError('update or delete on table "p" violates foreign key constraint "c"'), True),
        (IntegrityError("UNIQUE constraint failed"), False),
        (ValueError("foreign key"), False),
    ],
)
def test_a_row_still_needed_is_said_in_a_sentence(error, answered, rf, clerk):
    request = rf.post("/anything/")
    request.user = clerk
    response = UnpluggedPagesMiddleware(lambda request: None).process_exception(request, error)
    assert (response is not None) is answered
    if response is not None:
        assert response.status_code == 409
        assert "没有删除或改动任何内容" in response.content.decode()


def test_stale_types_are_kept_while_their_pages_are(stranger):
    with pytest.raises(CommandError, match=r"absent\.absentpage"):
        call_command("remove_stale_contenttypes", include_stale_apps=True, interactive=False)
    assert ContentType.objects.filter(app_label="absent").exists()


def test_stale_types_without_pages_may_go():
    ContentType.objects.create(app_label="absent", model="nothing")
    call_command("remove_stale_contenttypes", include_stale_apps=True, interactive=False, stdout=io.StringIO())
    assert not ContentType.objects.filter(app_label="absent").exists()
