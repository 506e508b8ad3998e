"""复制群通知: the picture, its address, and the component that any page uses."""

import io

import pytest
import zxingcpp
from django.core import signing
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from PIL import Image

from intranet.reminders import group_fonts, group_notices
from intranet.reminders.group_notices import picture, read_token, spoken, token_for
from intranet.reminders.registry import GroupText
from tests.machine import need
from tests.people_of_the_hall import make_user

TEXT = GroupText("通知", "关于开展消防演练的通知", "请登录阅读全文。", "/notices/drill/")
ADDRESS = "http://hall.test/notices/drill/"


def drawn(text, user, host="hall.test"):
    request = RequestFactory(headers={"host": host}).get("/anywhere/")
    request.user = user
    template = Template("{% load group_notices %}{% group_notice text %}")
    return template.render(Context({"request": request, "text": text}))


def code_in(png: bytes) -> str:
    """What a phone reads from the picture."""
    return zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))[0].text


def test_the_picture_leads_there_and_bears_its_title():
    need("font")
    with_title, other = picture(ADDRESS, TEXT.title), picture(ADDRESS, "关于放假的通知")
    assert code_in(with_title) == ADDRESS
    assert with_title != other
    image = Image.open(io.BytesIO(with_title))
    assert image.format == "PNG"
    assert image.width == group_notices.WIDTH < image.height


def test_a_long_title_stays_within_the_picture():
    need("font")
    long = Image.open(io.BytesIO(picture(ADDRESS, "关于" + "进一步加强和改进大厅窗口服务工作" * 12 + "的通知")))
    short = Image.open(io.BytesIO(picture(ADDRESS, "通知")))
    assert long.height - short.height == (group_notices.TITLE_LINES - 1) * (32 + 14)
    # Nothing is drawn over the edge: the margin is white from top to bottom.
    for left in (0, long.width - 30):
        assert long.crop((left, 0, left + 30, long.height)).convert("L").getextrema() == (255, 255)


def test_without_a_chinese_font_the_code_is_alone(monkeypatch):
    monkeypatch.setattr(group_notices, "chinese_font", lambda size: None)
    png = picture(ADDRESS, TEXT.title)
    assert code_in(png) == ADDRESS
    assert Image.open(io.BytesIO(png)).size == (group_notices.WIDTH, group_notices.WIDTH)


def test_fonts_are_looked_for_where_systems_keep_them(monkeypatch, tmp_path):
    place = group_fonts._place.__wrapped__
    monkeypatch.setattr(group_fonts, "PLACES", ((str(tmp_path / "none.ttc"), 0), (str(tmp_path / "*.otf"), 3)))
    assert place() is None
    (tmp_path / "b.otf").touch()
    (tmp_path / "a.otf").touch()
    assert place() == (str(tmp_path / "a.otf"), 3)


@pytest.mark.django_db
def test_the_address_of_a_picture_is_for_whom_it_was_made():
    mine, other = make_user(), make_user()
    token = token_for(mine, TEXT)
    assert read_token(mine, token) == (TEXT.title, TEXT.path)
    with pytest.raises(signing.BadSignature):
        read_token(other, token)
    with pytest.raises(signing.BadSignature):
        read_token(mine, signing.dumps([mine.pk, "题", "https://evil.example/"]))


@pytest.mark.django_db
def test_the_picture_on_the_site(client):
    user = make_user()
    client.force_login(user)
    answer = client.get(reverse("reminders:group_picture", args=[token_for(user, TEXT)]))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("inline; filename*=utf-8''%E5%85%B3")
    assert "no-store" in answer.headers["Cache-Control"]
    assert code_in(answer.content) == "http://testserver/notices/drill/"
    for wrong in (token_for(make_user(), TEXT), "x", "a:b:c", token_for(user, TEXT)[:-1] + "!"):
        assert client.get(reverse("reminders:group_picture", args=[wrong])).status_code == 404


@pytest.mark.django_db
def test_the_component():
    shown = drawn(TEXT, make_user())
    assert f"【通知】关于开展消防演练的通知\n各位同事：请登录阅读全文。\n点击查看：{ADDRESS}\n" in shown
    assert 'id="group-text"' in shown
    assert " readonly" in shown
    assert 'data-copy="group-text"' in shown
    assert "data:image/svg+xml" in shown
    assert "/group-picture/" in shown
    assert "仅本机可用" not in shown
    assert "仅本机可用" in drawn(TEXT, make_user(), host="127.0.0.1:8000")


@pytest.mark.django_db
def test_nothing_to_tell_shows_nothing():
    assert drawn(None, make_user()).strip() == ""


@pytest.mark.django_db
def test_the_words_are_chinese_on_an_english_page_and_marked_as_such():
    with translation.override("en"):
        shown = drawn(TEXT, make_user())
        said = spoken(lambda: GroupText(translation.get_language(), "", "", ""))
    assert "各位同事" in shown
    assert 'readonly lang="zh-Hans" translate="no"' in shown
    assert "Copy for the group chat" in shown
    assert said.tag == "zh-hans"


@pytest.mark.django_db
def test_a_title_is_no_markup():
    shown = drawn(GroupText("通知", "<script>alert(1)</script>", "a</textarea>", "/x/"), make_user())
    assert "<script>" not in shown
    assert shown.count("</textarea>") == 1
