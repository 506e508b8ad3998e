"""The browser's side of a remembered phone: its cookie, its session, and what it is called in the list."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .models import RememberedPhone, User
from .services.phones import hash_of, remember_phone

COOKIE = "hall_phone"
MARK = "phone"
SYSTEMS = (
    (r"HarmonyOS|OpenHarmony", "HarmonyOS"),
    (r"Android", "Android"),
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Windows", "Windows"),
    (r"Mac OS", "Mac"),
    (r"Linux", "Linux"),
)


def label_of(request: HttpRequest) -> str:
    """What its owner knows it by: the system, and WeChat if it was opened there; Chinese like all data."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    system = next((name for pattern, name in SYSTEMS if re.search(pattern, agent)), "其他设备")
    return f"{system} · 微信" if "MicroMessenger" in agent else system


def known_phone(request: Any, user: User) -> RememberedPhone | None:
    """The remembered phone of this person that the request came from."""
    token = request.COOKIES.get(COOKIE, "") if request is not None else ""
    if not token or len(token) > 100:
        return None
    return RememberedPhone.objects.good().filter(user=user, token_hash=hash_of(token)).first()


def is_known(request: Any, user: User) -> bool:
    return known_phone(request, user) is not None


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Keep this browser signed in for thirty days. Raises NotAllowed for officers."""
    earlier = known_phone(request, user)
    row, token = remember_phone(user, label=label_of(request))
    if earlier is not None:
        earlier.delete()
    request.session[MARK] = row.pk
    request.session.set_expiry(settings.PHONE_REMEMBERED_FOR)
    response.set_cookie(
        COOKIE,
        token,
        max_age=settings.PHONE_REMEMBERED_FOR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def no_longer(request: HttpRequest) -> None:
    """This browser goes on like any other, until it is closed or the day is over."""
    if request.session.pop(MARK, None) is not None:
        request.session.set_expiry(None)
