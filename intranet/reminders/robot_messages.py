"""What a robot is sent: the bytes and headers of each form.

WeCom (developer.work.weixin.qq.com/document/path/91770): a text of up to 2,048 bytes, 20 messages a minute.
DingTalk (open.dingtalk.com, custom robots): the secret signs "timestamp in milliseconds, newline, secret" with
HMAC-SHA256 in base64; timestamp and sign go into the address; 20 messages a minute, then ten minutes of silence.
Signed webhook: our own, described in docs/group-notices.md.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from intranet import clock

from .group_models import GroupPost, Robot
from .group_notices import address_outside, one_line, written
from .registry import GroupText

# DingTalk names no number of its own.
TEXT_BYTES = {Robot.Form.WECOM: 2048, Robot.Form.DINGTALK: 2048}


@dataclass(frozen=True)
class Message:
    """``query`` is added to the address; it may be a signature, and is kept out of ``repr`` like the rest."""

    body: bytes
    headers: dict[str, str] = field(repr=False)
    query: str = field(default="", repr=False)


@sensitive_variables("secret")
def message_for(robot: Robot, post: GroupPost, text: GroupText, secret: str, at: dt.datetime) -> Message:
    """The request that tells ``text`` through the robot at an instant (real time: the other side compares it)."""
    address = address_outside(text.path)
    return MAKERS[Robot.Form(robot.form)](post, text, address, secret, at)


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _headers(**more: str) -> dict[str, str]:
    return {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Nuanjia"} | more


def _words(form: Robot.Form, text: GroupText, address: str) -> bytes:
    return _json({"msgtype": "text", "text": {"content": written(text, address, limit=TEXT_BYTES[form])}})


def _wecom(post: GroupPost, text: GroupText, address: str, secret: str, at: dt.datetime) -> Message:
    return Message(_words(Robot.Form.WECOM, text, address), _headers())


@sensitive_variables()
def _dingtalk(post: GroupPost, text: GroupText, address: str, secret: str, at: dt.datetime) -> Message:
    body = _words(Robot.Form.DINGTALK, text, address)
    if not secret:
        return Message(body, _headers())
    stamp = str(int(at.timestamp() * 1000))
    made = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")
    return Message(body, _headers(), f"timestamp={stamp}&sign={quote_plus(base64.b64encode(made))}")


@sensitive_variables()
def _signed(post: GroupPost, text: GroupText, address: str, secret: str, at: dt.datetime) -> Message:
    body = _json(
        {
            "kind": post.kind,
            "object": post.object,
            "occasion": post.occasion,
            "hall": settings.HALL_NAME,
            "tag": one_line(text.tag),
            "title": one_line(text.title),
            "text": written(text, address),
            "address": address,
            "due": post.due.astimezone(clock.HALL_ZONE).isoformat(timespec="seconds"),
        }
    )
    stamp = str(int(at.timestamp()))
    made = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return Message(
        body,
        _headers()
        | {
            "X-Nuanjia-Timestamp": stamp,
            "X-Nuanjia-Signature": f"sha256={made}",
            "X-Nuanjia-Delivery": post.delivery,
        },
    )


MAKERS: dict[str, Callable[[GroupPost, GroupText, str, str, dt.datetime], Message]] = {
    Robot.Form.WECOM: _wecom,
    Robot.Form.DINGTALK: _dingtalk,
    Robot.Form.SIGNED: _signed,
}
