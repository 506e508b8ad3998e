"""An editor looks at a page before it is kept: nothing of it is in the database yet."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from intranet.pages.models import NoticePage, SectionPage

pytestmark = pytest.mark.django_db
NOTICE = {"document_number": "", "issuing_unit": "办公室", "date": "2026-11-20", "must_read": "on", "addressees": ""}


def typed(**fields):
    return nested_form_data(
        {
            "title": "端午值班安排",
            "slug": "new",
            "body": streamfield([("paragraph", rich_text("<p>请按时到岗。</p>"))]),
            "attachments": inline_formset([]),
            "comments": inline_formset([]),
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("model", "below", "fields"),
    [
        ("noticepage", "notices", NOTICE),
        ("newspage", "news", {"date": "2026-11-20", "summary": "", "source": "", "picture": ""}),
        ("sectionpage", "rules", {"kind": "plain", "intro": ""}),
        ("sectionpage", "rules", {"kind": "news", "intro": ""}),
        ("sectionpage", "rules", {"kind": "notices", "intro": ""}),
    ],
)
def test_a_new_page_is_previewed(model, below, fields, client, editor):
    client.force_login(editor)
    section = SectionPage.objects.get(kind="plain" if below == "rules" else below)
    address = reverse("wagtailadmin_pages:preview_on_add", args=["pages", model, section.pk])
    assert client.post(address, typed(**fields)).json() == {"is_valid": True, "is_available": True}
    page = client.get(address)
    assert page.status_code == 200
    for words in ("端午值班安排", "请按时到岗。"):
        assert words in page.content.decode()
    # Neither a button that confirms nor a link that edits: the page has no number yet.
    assert "/read/" not in page.content.decode()
    assert "/edit/" not in page.content.decode()


def test_a_kept_draft_is_previewed_and_then_published(client, editor, clerk):
    client.force_login(editor)
    section = SectionPage.objects.get(kind="notices")
    added = client.post(reverse("wagtailadmin_pages:add", args=["pages", "noticepage", section.pk]), typed(**NOTICE))
    draft = NoticePage.objects.get(title="端午值班安排")
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert (added["Location"], draft.live) == (edit, False)
    assert client.get(reverse("wagtailadmin_pages:view_draft", args=[draft.pk])).status_code == 200
    client.post(edit, {**typed(**NOTICE), "action-publish": "1"})
    client.force_login(clerk)
    assert "请按时到岗。" in client.get(draft.url).content.decode()
