"""The words officers can edit: fields, faults, preview, and values that stay plain text."""

import pytest
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils import translation

from intranet.access.models import AuditEntry
from intranet.reminders import texts
from intranet.reminders.exceptions import KindError
from intranet.reminders.models import InboxMessage, RuleSetting, RuleText
from intranet.reminders.registry import Field, Filled, ReminderRule, fill
from intranet.reminders.services import tick
from intranet.reminders.services_officers import keep_text, original_text
from tests.people_of_the_hall import make_user

from .dummy import MORNING

pytestmark = pytest.mark.django_db
FIELDS = (Field("plant", "植物", "绿萝", in_subject=True), Field("reason", "原因", "叶子黄了"))
ADDRESS = "/reminders/kinds/dummy.watering/zh-hans/"


@pytest.fixture
def worded(rule):
    """A rule with fields, and what fills them."""
    rule.value = "吊兰"

    def filled(reminders):
        return [Filled({"plant": rule.value, "reason": "土干了"}, "/inbox/") for _one in reminders]

    rule.more = {"filled": filled, "subject": "Reminders {plant}", "body": "{reason}", "fields": FIELDS}
    return rule


@pytest.fixture
def officer(db):
    return make_user(None, "union_officer")


def keep(officer, subject="浇水：{plant}", body="{reason}，请给{plant}浇水。", language="zh-hans"):
    return keep_text(rule="dummy.watering", language=language, subject=subject, body=body, by=officer)


def told(rule, member):
    rule.add(member)
    tick(MORNING)
    return InboxMessage.objects.latest("pk")


def test_the_rules_own_words_until_the_hall_has_others(worded, member):
    message = told(worded, member)
    assert (message.subject, message.body, message.url) == ("Reminders 吊兰", "土干了", "/inbox/")


def test_the_halls_words(worded, member, officer):
    keep(officer)
    message = told(worded, member)
    assert (message.subject, message.body) == ("浇水：吊兰", "土干了，请给吊兰浇水。")
    assert mail.outbox[0].subject == "浇水：吊兰"


def test_each_language_has_its_own(worded, member, officer):
    keep(officer, subject="Water {plant}", body="{reason}", language="en")
    assert told(worded, member).subject == "Reminders 吊兰"
    with translation.override("en"):
        words = RuleText.objects.words()
        assert texts.write(worded.rule, worded.reminders, words)[0].subject == "Water 吊兰"


def test_back_to_the_original_with_all_versions_in_the_log(worded, member, officer):
    keep(officer)
    keep(officer, subject="再浇水：{plant}")
    original_text(rule="dummy.watering", language="zh-hans", by=officer)
    original_text(rule="dummy.watering", language="zh-hans", by=officer)
    assert told(worded, member).subject == "Reminders 吊兰"
    entries = AuditEntry.objects.filter(action__in=["reminders.keep_text", "reminders.original_text"]).order_by("pk")
    assert [entry.data.get("subject") for entry in entries] == ["浇水：{plant}", "再浇水：{plant}", None]


@pytest.mark.parametrize(
    ("subject", "body", "sentence"),
    [
        ("浇水", "{pot}", "这里没有字段 {pot}，可用字段：{plant} {reason}。"),
        ("浇水 {reason}", "x", "标题可能显示在锁屏上，不能使用 {reason}，请写在正文中。"),
        ("浇水", "{plant.owner.password}", "“{plant.owner.password}”不是可用字段"),
        ("浇水", "{0}", "“{0}”不是可用字段"),
        ("浇水", "{{ plant }}", "“{{ plant }}”不是可用字段"),
        ("浇水", "{% load x %}", "“{% load x %}”不是可用字段"),
        ("浇水", "{plant!r}", "“{plant!r}”不是可用字段"),
        ("浇水", "{plant", "“{plant”不是可用字段"),
        ("浇水", "plant}", "“}”不是可用字段"),
        ("浇水", " ", "请填写标题和正文。"),
        ("浇" * 101, "x", "标题请不超过 100 字"),
    ],
)
def test_what_is_wrong_is_named(worded, officer, subject, body, sentence):
    with pytest.raises(KindError) as error:
        keep(officer, subject=subject, body=body)
    assert sentence in str(error.value)
    assert not RuleText.objects.exists()


def test_a_kind_without_fields_cannot_be_edited(rule, officer):
    with pytest.raises(KindError):
        keep(officer, subject="x", body="y")


def test_a_language_the_house_does_not_speak_is_refused(worded, officer):
    with pytest.raises(KindError):
        keep(officer, language="fr")


def test_a_text_with_a_field_that_is_no_more_gives_way(worded, member, officer):
    keep(officer)
    worded.more["fields"] = FIELDS[:1]
    assert told(worded, member).subject == "Reminders 吊兰"


@pytest.mark.parametrize(
    "value", ["{reason}", "{plant}", "{{ 7|add:7 }}", "%(plant)s", "<b>x</b>", "https://evil.test/"]
)
def test_values_are_text_and_nothing_else(worded, member, officer, client, value):
    keep(officer, body="请给{plant}浇水")
    worded.value = value
    message = told(worded, member)
    assert (message.subject, message.body) == (f"浇水：{value}", f"请给{value}浇水")
    client.force_login(member)
    page = client.get(reverse("reminders:message", args=[message.pk])).content.decode()
    assert "<b>x</b>" not in page
    assert 'href="https://evil.test' not in page


def test_a_value_cannot_break_out_of_the_subject(worded, member, officer):
    keep(officer)
    worded.value = "花\r\nBcc: all@hall.test"
    assert told(worded, member).subject == "浇水：花 Bcc: all@hall.test"


def test_filling_looks_at_each_place_once():
    assert fill("{a}{b}{c}", {"a": "{b}", "b": "x"}) == "{b}x"


def test_a_rule_has_words_of_one_kind():
    with pytest.raises(ImproperlyConfigured):
        ReminderRule("dummy.none", "x", lambda start, end: [])


class TestPages:
    @pytest.fixture
    def page(self, worded, officer, client):
        client.force_login(officer)
        return lambda **given: client.post(ADDRESS, given, follow=True).content.decode()

    def test_a_preview_keeps_nothing(self, page):
        shown = page(deed="preview", subject="请浇{plant}", body="因为{reason}")
        assert "请浇绿萝" in shown
        assert "因为叶子黄了" in shown
        assert "请浇{plant}" in shown
        assert not RuleText.objects.exists()

    def test_keep_and_back_to_the_original(self, page, client):
        assert "已保存" in page(deed="keep", subject="请浇{plant}", body="因为{reason}")
        assert "请浇绿萝" in client.get(ADDRESS).content.decode()
        assert "已恢复原文" in page(deed="original")
        assert not RuleText.objects.exists()

    def test_a_fault_stands_at_its_field_and_keeps_what_was_typed(self, page):
        shown = page(deed="keep", subject="请浇{plant}", body="因为{pot}")
        assert "这里没有字段 {pot}" in shown
        assert "因为{pot}" in shown
        assert "field-with-error" in shown
        assert not RuleText.objects.exists()

    def test_kinds_are_listed_and_set(self, page, client):
        shown = client.get("/reminders/kinds/").content.decode()
        assert "浇水" in shown
        assert ADDRESS in shown
        shown = client.post("/reminders/kinds/dummy.watering/", {"mandatory": "on"}, follow=True).content.decode()
        assert "已关闭" in shown
        setting = RuleSetting.objects.get()
        assert (setting.enabled, setting.mandatory) == (False, True)

    def test_what_is_essential_cannot_be_switched_off(self, page, worded, client):
        worded.more["essential"] = True
        shown = client.post("/reminders/kinds/dummy.watering/", {}).content.decode()
        assert "不能关闭" in shown
        assert not RuleSetting.objects.exists()

    @pytest.mark.parametrize("path", ["dummy.nothing/", "dummy.nothing/en/", "dummy.watering/fr/"])
    def test_what_there_is_not_is_missing(self, page, client, path):
        assert client.get(f"/reminders/kinds/{path}").status_code == 404

    def test_a_kind_without_fields_has_no_text_page(self, rule, officer, client):
        client.force_login(officer)
        assert client.get(ADDRESS).status_code == 404
