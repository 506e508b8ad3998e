"""Pictures and attachments on pages: shown to people of the hall, to nobody else."""

from __future__ import annotations

import io

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from PIL import Image as Drawing
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from intranet.pages import services
from intranet.pages.models import NoticeAttachment, SectionPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    # Wagtail remembers renditions there by picture number, also those of a test rolled back.
    cache.clear()
    drawn = io.BytesIO()
    Drawing.new("RGB", (1200, 800), "white").save(drawn, "JPEG")
    return get_image_model().objects.create(title="演练现场", file=ContentFile(drawn.getvalue(), "drill.jpg"))


@pytest.fixture
def document(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return get_document_model().objects.create(title="报名表", file=ContentFile(b"PK", "form.docx"))


def test_a_news_item_shows_its_picture(picture, clerk, client):
    made = services.publish_news(title="消防演练", text="顺利。", by=None, picture=picture, summary="一切顺利")
    client.force_login(clerk)
    body = client.get(made.url).content.decode()
    rendition = picture.renditions.get(filter_spec="width-960")
    assert rendition.url in body
    assert 'alt="演练现场"' in body
    assert client.get(rendition.url).status_code == 200
    assert "fill-240x160" in client.get("/news/").content.decode()
    client.logout()
    assert client.get(rendition.url).status_code == 302


def test_a_notice_shows_its_attachments(document, clerk, client, notice):
    made = notice("报名通知")
    NoticeAttachment.objects.create(notice=made, document=document, title="附件一")
    client.force_login(clerk)
    body = client.get(made.url).content.decode()
    assert document.url in body
    assert "附件一" in body
    assert "DOCX" in body
    assert client.get(document.url).status_code == 200
    client.logout()
    assert client.get(document.url).status_code == 302


def test_every_block_of_the_hall_is_drawn(picture, document, clerk, client):
    section = SectionPage.objects.get(slug="rules")
    section.body = [
        ("heading", "办理流程"),
        ("paragraph", "<p>请<b>按时</b>办理</p>"),
        ("image", {"image": picture, "caption": "大厅一角"}),
        ("facts", [{"name": "时间", "text": "上午九点"}]),
        ("steps", [{"title": "取号", "text": "在自助机上"}]),
        ("attachment", {"document": document, "title": ""}),
        ("motto", {"text": "群众至上", "source": "中心"}),
        ("contact", {"office": "综合科", "person": "何笔", "phone": "8012", "place": "三楼"}),
    ]
    section.save_revision().publish()
    client.force_login(clerk)
    body = client.get(section.url).content.decode()
    for words in (
        "<h2>办理流程</h2>",
        "<b>按时</b>",
        "大厅一角",
        "上午九点",
        "取号",
        "报名表",
        "群众至上",
        "综合科",
        "三楼",
    ):
        assert words in body, words
    assert "style=" not in body.split('class="page-body"')[1].split("</main>")[0]
    assert "8012" in client.get("/search/", {"q": "8012"}).content.decode().split("<mark>")[1]
