"""Wagtail's desk: who enters it to keep a list sees nothing of pages, pictures and documents."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail.documents import get_document_model
from wagtail.models import Collection
from wagtail.users.models import UserProfile

from intranet.access import editors_desk, roles
from intranet.pages.services import lay_out_site
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db
DRAFT = "not-yet-announced"


@pytest.fixture
def draft():
    page = lay_out_site().get_children().first()
    type(page).objects.filter(pk=page.pk).update(title=DRAFT, draft_title=DRAFT, live=False)
    return page


@pytest.fixture
def document(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    closed = Collection.get_first_root_node().add_child(name="内部")
    return get_document_model().objects.create(
        title=DRAFT, file=SimpleUploadedFile("a.pdf", b"%PDF-1.4"), collection=closed
    )


ADDRESSES = (
    "/admin/choose-page/{parent}/",
    "/admin/choose-page/search/?q=announced",
    "/admin/choose-page/chosen-multiple/?id={page}",
    "/admin/pages/{page}/move/{parent}/confirm/",
    "/admin/pages/workflow/confirm_cancellation/{page}/",
    "/admin/bulk/wagtailcore/page/delete/?id={page}",
    "/admin/bulk/wagtailcore/page/move/?id={page}",
    "/admin/bulk/wagtaildocs/document/delete/?id={document}",
    "/admin/documents/chooser/",
    "/admin/images/chooser/",
    "/admin/api/main/pages/",
    "/admin/api/main/images/",
    "/admin/workflows/task_chooser/",
    "/admin/tag-autocomplete/?term=a",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_keeps_the_register_sees_no_drafts_and_no_documents(client, draft, document, address):
    address = address.format(page=draft.pk, parent=draft.get_parent().pk, document=document.pk)
    client.force_login(make_user(None, roles.HR_ADMIN))
    answer = client.get(address)
    assert answer.status_code == 403
    assert DRAFT not in answer.content.decode()
    client.force_login(make_user(None, roles.SITE_EDITOR))
    assert client.get(address).status_code == 200


@pytest.mark.control
@pytest.mark.parametrize("address", [ADDRESSES[place] for place in (0, 2, 3, 5, 6)])
def test_without_the_question_wagtail_shows_the_draft_to_everyone_at_the_desk(client, draft, monkeypatch, address):
    monkeypatch.setattr("intranet.access.middleware.has_business", lambda user, match: True)
    client.force_login(make_user(None, roles.HR_ADMIN))
    answer = client.get(address.format(page=draft.pk, parent=draft.get_parent().pk))
    assert answer.status_code == 200
    assert DRAFT in answer.content.decode()


def test_the_lists_of_the_register_stay_open_to_who_keeps_them(client):
    client.force_login(make_user(None, roles.HR_ADMIN))
    for address in ("/admin/", "/admin/people_unit/", "/admin/people_window/", "/admin/account/"):
        assert client.get(address).status_code == 200, address
    assert editors_desk.has_business(None, None)


def test_the_page_about_oneself_has_no_name_picture_or_language_and_can_be_saved(client):
    editor = make_user(None, roles.SITE_EDITOR)
    client.force_login(editor)
    page = client.get("/admin/account/").content.decode()
    assert 'name="theme-contrast"' in page
    for elsewhere in ("first_name", "avatar-avatar", "preferred_language", "current_time_zone"):
        assert elsewhere not in page
    given = {"theme-theme": "dark", "theme-contrast": "system", "theme-density": "snug"}
    given |= {"avatar-avatar": SimpleUploadedFile("a.png", b"x"), "locale-preferred_language": "en"}
    assert client.post("/admin/account/", given).status_code == 302
    profile = UserProfile.objects.get(user=editor)
    assert (profile.theme, profile.density, str(profile.avatar), profile.preferred_language) == (
        "dark",
        "snug",
        "",
        "",
    )
    client.force_login(make_user())
    assert client.get("/admin/account/").status_code == 403
