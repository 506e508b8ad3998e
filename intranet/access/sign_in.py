"""What happens around signing in: from where, the record of it, and the lock after ten wrong tries."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

from intranet import clock

from . import audit, lock
from .models import AuditEntry, User


def client_address(request: HttpRequest) -> str:
    """The address the request came from.

    Behind PROXY_COUNT own proxies it is the entry that the outermost of them wrote into X-Forwarded-For;
    what a client wrote itself stands further left and is not believed.
    """
    direct = request.META.get("REMOTE_ADDR", "")
    count = settings.PROXY_COUNT
    passed = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return (passed[-count] if 0 < count <= len(passed) else direct)[:45]


def counted_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The name under which wrong tries are counted: the user name, or for nobody's name a keyed hash of it.

    People type passwords into the wrong box, so what is no user name is kept nowhere, not even for counting. Nobody's
    name counts alike in large and small letters, as somebody's does: the lock must not tell the two apart.
    """
    given = (credentials or {}).get("username") or (request.POST.get("username", "") if request else "")
    name = User.username_meant(str(given))
    if User.objects.filter(username=name).exists():
        return name
    return "-" + salted_hmac("access.counted_name", name.casefold(), algorithm="sha256").hexdigest()[:40]


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict | None = None, **kwargs: Any
) -> HttpResponse:
    """After ten wrong passwords: said plainly, with the minutes and with what to do. The same for names that
    do not exist.
    """
    name = counted_name(request, credentials)
    minutes = lock.minutes_left(name)
    tries = max(settings.AXES_FAILURE_LIMIT, lock.from_anywhere(name))
    answer = render(request, "access/locked_out.html", {"minutes": minutes, "tries": tries}, status=429)
    answer.headers["Retry-After"] = str(minutes * 60)
    if again := getattr(request, "starts_again", None):
        # A browser that many share: the page stays long enough to be read by one, and waits for the next.
        answer.headers["Refresh"] = again
    return answer


def on_signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    if user.wrong_pins:
        User.objects.filter(pk=user.pk).update(wrong_pins=0)
    audit.record("access.sign_in", user, by=user)


def on_signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit.record("access.sign_out", user, by=user)


def on_refused(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    _record_attempt("access.sign_in_failed", credentials.get("username"))


def on_locked(sender: Any, request: HttpRequest, username: str, **kwargs: Any) -> None:
    _record_attempt("access.locked_out", username)


def _record_attempt(action: str, username: str | None) -> None:
    user = User.objects.filter(username=username or "").first()
    if user is not None:
        audit.record(action, user)
        return
    # Nobody by that name. The name is not kept: people type passwords into the wrong box.
    AuditEntry.objects.create(
        content_type=ContentType.objects.get_for_model(User),
        object_id="-",
        label="user -",
        action=action,
        timestamp=clock.now(),
        address=audit.current_address(),
    )
