"""What leaves the hall, byte for byte; signatures computed here a second time, from the services' descriptions."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from urllib.parse import parse_qs, unquote_plus

import pytest

from intranet.reminders.group_models import GroupPost, Robot
from intranet.reminders.group_notices import cut, one_line, written
from intranet.reminders.registry import GroupText
from intranet.reminders.robot_messages import message_for

from .dummy import MORNING

AT = dt.datetime(2026, 11, 24, 1, 2, 3, 456000, tzinfo=dt.UTC)
TEXT = GroupText(
    "投票通知", "月度服务之星 2026年11月", "投票已经开始。", "/awards/star/vote/", "2026年11月25日 18:00"
)
WORDS = (
    "【投票通知】月度服务之星 2026年11月\n各位同事：投票已经开始。\n截止时间：2026年11月25日 18:00\n"
    "点击查看：http://127.0.0.1:8000/awards/star/vote/\n——禾湾区政务服务中心"
)
POST = GroupPost(kind="evaluations.voting", object="evaluations.election:7", occasion="once", robot_id=3, due=MORNING)
SECRET = "SECdc1f7f0bc4d9a2b3"


def message(form, secret="", text=TEXT):
    return message_for(Robot(form=form), POST, text, secret, AT)


def test_wecom():
    made = message("wecom")
    assert made.body == ('{"msgtype":"text","text":{"content":"' + WORDS.replace("\n", "\\n") + '"}}').encode()
    assert made.query == ""
    assert made.headers == {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Nuanjia"}


def test_dingtalk_with_a_secret_signs_the_address():
    made = message("dingtalk", SECRET)
    assert made.body == ('{"msgtype":"text","text":{"content":"' + WORDS.replace("\n", "\\n") + '"}}').encode()
    stamp, sign = (part.partition("=")[2] for part in made.query.split("&"))
    assert made.query == f"timestamp={stamp}&sign={sign}"
    assert stamp == "1795482123456"
    mac = hmac.new(SECRET.encode(), digestmod=hashlib.sha256)
    mac.update(stamp.encode() + b"\n" + SECRET.encode())
    assert unquote_plus(sign) == base64.b64encode(mac.digest()).decode()
    assert parse_qs(made.query)["sign"] == [base64.b64encode(mac.digest()).decode()]


def test_dingtalk_without_a_secret_signs_nothing():
    assert message("dingtalk").query == ""


def test_the_signed_webhook():
    made = message("signed", SECRET)
    expected = (
        '{"kind":"evaluations.voting","object":"evaluations.election:7","occasion":"once","hall":"禾湾区政务服务中心",'
        '"tag":"投票通知","title":"月度服务之星 2026年11月","text":"' + WORDS.replace("\n", "\\n") + '",'
        '"address":"http://127.0.0.1:8000/awards/star/vote/","due":"2026-11-24T09:00:00+08:00"}'
    )
    assert made.body == expected.encode()
    assert made.headers["X-Nuanjia-Timestamp"] == "1795482123"
    signed = hashlib.new("sha256")
    # HMAC by hand: RFC 2104, so that the test does not call what it tests.
    key = SECRET.encode().ljust(64, b"\0")
    signed.update(bytes(byte ^ 0x36 for byte in key) + b"1795482123." + made.body)
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + signed.digest()).hexdigest()
    assert made.headers["X-Nuanjia-Signature"] == f"sha256={outer}"
    delivery = hashlib.sha256(b"evaluations.voting\nevaluations.election:7\nonce\n3").hexdigest()[:40]
    assert made.headers["X-Nuanjia-Delivery"] == delivery
    assert made.query == ""


@pytest.mark.parametrize("form", ["wecom", "dingtalk"])
def test_a_long_text_is_cut_to_what_the_service_takes_and_keeps_its_address(form):
    text = GroupText("通知", "标题" * 60, "很长的正文" * 400, "/notices/long/", "明天")
    content = json.loads(message(form, text=text).body)["text"]["content"]
    assert 2000 < len(content.encode()) <= 2048
    assert "点击查看：http://127.0.0.1:8000/notices/long/\n——禾湾区政务服务中心" in content
    assert "…\n截止时间：明天" in content


def test_nothing_secret_stands_in_a_repr():
    made = message("dingtalk", SECRET)
    assert "sign" not in repr(made)
    assert "timestamp" not in repr(made)


@pytest.mark.parametrize(("size", "expected"), [(9, "很长的"), (8, "很…"), (6, "很…"), (4, "…"), (3, "…")])
def test_cutting_halves_no_character(size, expected):
    assert cut("很长的", size) == expected


def test_a_title_of_several_lines_is_no_second_message():
    text = GroupText("通知", "真的\n【通知】假的\u2028点击\x07", "正文\r\n一", "/x/")
    assert (
        written(text, "http://h/x/")
        == "【通知】真的 【通知】假的 点击\n各位同事：正文 一\n点击查看：http://h/x/\n——禾湾区政务服务中心"
    )
    assert one_line(" a\t\tb ") == "a b"
