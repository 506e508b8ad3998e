"""严禁存储、处理涉密信息 stands wherever somebody could bring a file, and where they sign in."""

import pytest
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model

from intranet.access import roles
from tests.access.test_files import photograph, uploaded
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db
WARNING = "严禁存储、处理涉密信息"


@pytest.mark.parametrize(
    "address",
    [
        *("/sheets/", "/days/import/", "/people/{person}/edit/"),
        *("/admin/images/add/", "/admin/images/multiple/add/", "/admin/images/{image}/"),
        *("/admin/documents/add/", "/admin/documents/multiple/add/", "/admin/documents/edit/{document}/"),
    ],
)
def test_every_page_that_takes_a_file_warns_of_secrets(client, settings, tmp_path, address):
    settings.MEDIA_ROOT = str(tmp_path)
    who = make_user(None, roles.HR_ADMIN, roles.SITE_EDITOR)
    client.force_login(who)
    document = get_document_model().objects.create(title="纪要", file=ContentFile(b"%PDF-1.4", "m.pdf"))
    things = {"person": who.person.pk, "image": uploaded(photograph()).pk, "document": document.pk}
    answer = client.get(address.format(**things))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'type="file"' in page
    assert page.count(WARNING) == 1


def test_who_signs_in_is_warned_and_a_page_without_a_file_is_not_cluttered(client):
    assert WARNING in client.get("/sign-in/").content.decode()
    who = make_user(None, roles.HR_ADMIN)
    client.force_login(who)
    assert WARNING not in client.get(f"/people/{who.person.pk}/withdraw/").content.decode()
