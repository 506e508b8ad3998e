"""The page of the robots: who may, what it says, and that no secret ever comes back from it."""

import pytest
from django.urls import reverse

from intranet import clock
from intranet.access.models import AuditEntry
from intranet.access.sealed import unseal
from intranet.reminders import robot_calls, robot_services
from intranet.reminders.group_models import GroupPost, Robot
from intranet.reminders.group_sending import run
from tests.people_of_the_hall import make_user

from .dummy import HOUR, MINUTE, MORNING

pytestmark = pytest.mark.django_db

KEY = "693a91f6-7e4c-4bc4-97a0-0ec2sifa5aaa"
WECOM = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"


@pytest.fixture
def office(client, keeper):
    client.force_login(keeper)
    return client


def address(name, *args):
    return reverse(f"reminders:{name}", args=args)


def page(client, name, *args):
    return client.get(address(name, *args)).content.decode()


def add(client, **changed):
    given = {"name": "窗口群", "form": "wecom", "address": WECOM, "secret": "", "kinds": ["dummy.harvest"]}
    return client.post(address("robot_new"), given | changed)


@pytest.fixture
def robot(office, kind):
    assert add(office).status_code == 302
    return Robot.objects.get()


def deed(client, robot, do):
    answer = client.post(address("robot", robot.pk), {"do": do}, follow=True)
    robot.refresh_from_db()
    return answer.content.decode()


def test_a_robot_from_the_form_to_the_group(office, kind, robot):
    assert (robot.is_on, robot.shown) == (False, f"qyapi.weixin.qq.com…{KEY[-4:]}")
    assert unseal(robot.address_sealed) == WECOM
    assert KEY not in robot.address_sealed
    assert [topic.kind for topic in robot.topics.all()] == ["dummy.harvest"]
    shown = page(office, "robot", robot.pk)
    assert "机器人已停用" in shown
    assert "采摘" in shown
    assert "机器人已启用" in deed(office, robot, "on")
    assert robot.is_on
    assert "一分钟内发出" in deed(office, robot, "test")
    assert GroupPost.objects.get().state == "planned"
    assert "测试消息" in page(office, "robot", robot.pk)
    deed(office, robot, "off")
    assert (robot.is_on, GroupPost.objects.get().state) == (False, "skipped")


def test_no_page_shows_a_secret_again(office, kind):
    answer = add(
        office,
        form="dingtalk",
        address="https://oapi.dingtalk.com/robot/send?access_token=abcdef012345",
        secret="SECret0123456789",
    )
    robot = Robot.objects.get()
    assert unseal(robot.secret_sealed) == "SECret0123456789"
    for name, args in (("robots", ()), ("robot", (robot.pk,)), ("robot_edit", (robot.pk,))):
        shown = page(office, name, *args)
        assert "abcdef01" not in shown
        assert "SECret" not in shown
    assert "abcdef01" not in answer.headers["Location"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"address": "http://qyapi.weixin.qq.com/x"}, "https://"),
        ({"address": "https://evil.example/in"}, "请从群设置中复制"),
        ({"address": "https://10.1.2.3/in", "form": "signed", "secret": "x" * 16}, "ROBOT_HOSTS"),
        ({"address": "https://hooks.example.com/in", "form": "signed", "secret": "short"}, "16"),
        ({"secret": "SEC1"}, "没有密钥"),
        ({"name": " "}, "name"),
        ({"form": "pigeon"}, "form"),
        ({"kinds": ["dummy.pigeons"]}, "kinds"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(office, kind, changed, sentence):
    answer = add(office, **changed)
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert sentence in str(errors)
    assert not Robot.objects.exists()


def test_a_name_is_taken_once(office, kind, robot):
    assert "换一个名称" in str(add(office).context["form"].errors)
    assert "移除" in deed(office, robot, "remove")
    assert add(office).status_code == 302


def test_changing_keeps_what_is_left_empty(office, kind, robot):
    shown = page(office, "robot_edit", robot.pk)
    assert 'name="secret"' not in shown
    answer = office.post(address("robot_edit", robot.pk), {"name": "新群", "address": "", "kinds": []})
    assert answer.status_code == 302
    robot.refresh_from_db()
    assert (robot.name, unseal(robot.address_sealed), robot.topics.count()) == ("新群", WECOM, 0)
    other = WECOM.replace("693a", "704b")
    office.post(address("robot_edit", robot.pk), {"name": "新群", "address": other, "kinds": ["dummy.harvest"]})
    robot.refresh_from_db()
    assert unseal(robot.address_sealed) == other


def test_a_wrong_change_changes_nothing(office, kind, robot):
    answer = office.post(
        address("robot_edit", robot.pk), {"name": "新群", "address": "https://evil.example/", "kinds": []}
    )
    assert "请从群设置中复制" in str(answer.context["form"].errors)
    robot.refresh_from_db()
    assert (robot.name, robot.topics.count()) == ("窗口群", 1)


def test_a_robot_taken_away_loses_its_address_and_answers_like_a_missing_one(office, kind, robot):
    deed(office, robot, "on")
    deed(office, robot, "test")
    deed(office, robot, "remove")
    assert (robot.address_sealed, robot.secret_sealed, robot.shown, robot.is_on) == ("", "", "", False)
    assert GroupPost.objects.get().state == "skipped"
    assert robot.topics.count() == 0
    for name in ("robot", "robot_edit"):
        assert office.get(address(name, robot.pk)).status_code == 404
        assert office.get(address(name, robot.pk + 1)).status_code == 404
    assert office.post(address("group_post", GroupPost.objects.get().pk), {"do": "retry"}).status_code == 404


def test_an_unknown_button(office, kind, robot):
    assert "请点击页面上的按钮" in deed(office, robot, "explode")
    assert "请先启用" in deed(office, robot, "test")


def failed_post(robot, **changed):
    given = {
        "kind": "dummy.harvest",
        "object": "dummy.plant:1",
        "occasion": "ripe",
        "robot": robot,
        "due": clock.now(),
    }
    given |= {
        "until": clock.now() + HOUR,
        "state": "failed",
        "tries": 5,
        "failure": robot_calls.INVALID,
        "code": 93000,
    }
    return GroupPost.objects.create(**given | changed)


def test_what_failed_says_why_and_can_be_tried_again(office, kind, robot):
    deed(office, robot, "on")
    post = failed_post(robot)
    shown = page(office, "robot", robot.pk)
    assert "群里已没有这个机器人" in shown
    assert "93000" in shown
    assert "1 条失败" in page(office, "robots")
    assert "发送失败的群消息" in office.get("/desk/").content.decode()
    office.post(address("group_post", post.pk), {"do": "retry"})
    post.refresh_from_db()
    assert (post.state, post.tries) == ("planned", 0)
    office.post(address("group_post", post.pk), {"do": "skip"})
    post.refresh_from_db()
    assert post.state == "skipped"
    said = office.post(address("group_post", post.pk), {"do": "skip"}, follow=True).content.decode()
    assert "已不在等待" in said
    late = failed_post(robot, occasion="late", until=clock.now() - MINUTE)
    said = office.post(address("group_post", late.pk), {"do": "retry"}, follow=True).content.decode()
    assert "不能再发送" in said
    assert "请点击" in office.post(address("group_post", late.pk), {"do": "x"}, follow=True).content.decode()


def test_the_desk_is_quiet_for_others_and_about_old_failures(office, kind, robot, client):
    failed_post(robot, due=clock.now() - 8 * 24 * HOUR)
    assert "发送失败的群消息" not in office.get("/desk/").content.decode()
    failed_post(robot, occasion="new")
    assert "发送失败的群消息" in office.get("/desk/").content.decode()
    client.force_login(make_user(None, "hr_admin"))
    assert "发送失败的群消息" not in client.get("/desk/").content.decode()


def test_lists_cost_the_same_for_one_and_for_many(office, kind, robot, django_assert_max_num_queries):
    def cost(name, *args):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as caught:
            assert office.get(address(name, *args)).status_code == 200
        return len(caught)

    failed_post(robot)
    before = cost("robots"), cost("robot", robot.pk)
    for number in range(8):
        failed_post(robot, occasion=f"o{number}")
        other = robot_services.add_robot(
            name=f"群{number}", form="wecom", address=WECOM, kinds=["dummy.harvest"], by=make_user()
        )
        failed_post(other)
    assert (cost("robots"), cost("robot", robot.pk)) == before


def test_every_deed_stands_in_the_log_without_a_secret(office, kind, robot):
    for do in ("on", "test", "off", "remove"):
        deed(office, robot, do)
    entries = AuditEntry.objects.filter(action__startswith="reminders.").order_by("pk")
    assert [entry.action.partition("_")[2] for entry in entries] == ["add", "on", "test", "off", "remove"]
    assert {entry.label for entry in entries} == {f"robot {robot.pk}"}
    assert KEY not in str(list(entries.values()))


def test_only_who_looks_after_the_connections(client, kind, robot):
    for role in ("union_chair", "hr_admin", "site_editor", "auditor", "staff"):
        client.force_login(make_user(None, role))
        assert client.get(address("robots")).status_code == 403
        assert client.post(address("robot", robot.pk), {"do": "on"}).status_code == 403
    robot.refresh_from_db()
    assert not robot.is_on


def test_nothing_is_sent_while_a_page_is_asked_for(office, service, kind, keeper):
    """The request queues; the clock sends."""
    add(office, address=service.address())
    robot = Robot.objects.get()
    deed(office, robot, "on")
    deed(office, robot, "test")
    kind.add(MORNING)
    assert service.heard == []
    run(clock.now())
    assert len(service.heard) == 1


@pytest.mark.parametrize(
    ("site", "warned"), [("http://127.0.0.1:8000", True), ("http://localhost", True), ("https://hall.test", False)]
)
def test_links_that_only_the_server_knows_are_warned_about(office, kind, robot, settings, site, warned):
    settings.WAGTAILADMIN_BASE_URL = site
    assert ("SITE_URL" in page(office, "robot", robot.pk)) is warned
