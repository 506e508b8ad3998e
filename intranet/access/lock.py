"""The lock after wrong passwords: ten from one address, or a hundred from wherever they came.

The first keeps a colleague from locking others out from their own machine; the second keeps somebody who has many
addresses from guessing on (NIST SP 800-63B, 5.2.2: at most a hundred failures in a row for one account).
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Q, Sum
from django.http import HttpRequest
from django.utils import timezone

from .models import Authenticator, User


class HallLock(AxesDatabaseHandler):
    def get_failures(self, request: HttpRequest, credentials: dict | None = None) -> int:
        """What axes compares with the limit: the tries from this address, or the limit if the account has its own."""
        here = super().get_failures(request, credentials)
        if from_anywhere(get_client_username(request, credentials)) >= settings.ACCOUNT_FAILURE_LIMIT:
            return max(here, settings.AXES_FAILURE_LIMIT)
        return here


def _tries(**only: Any) -> list[dict[str, Any]]:
    """Wrong tries within the time of the lock by name and address; axes keeps a row for each browser besides."""
    since = timezone.now() - (get_cool_off() or dt.timedelta())
    rows = AccessAttempt.objects.filter(attempt_time__gt=since, **only).order_by()
    return list(
        rows.values("username", "ip_address").annotate(wrong=Sum("failures_since_start"), last=Max("attempt_time"))
    )


def _counted(tries: list[dict[str, Any]]) -> int:
    """All tries together, from each address no more than lock it: beyond that nobody was let try."""
    return sum(min(one["wrong"], settings.AXES_FAILURE_LIMIT) for one in tries)


def from_anywhere(username: str) -> int:
    return _counted(_tries(username=username))


def _locking(tries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of one name's tries that keep it locked: none if it is open."""
    if _counted(tries) >= settings.ACCOUNT_FAILURE_LIMIT:
        return tries
    return [one for one in tries if one["wrong"] >= settings.AXES_FAILURE_LIMIT]


def locked_usernames() -> set[str]:
    """User names that are locked at present, from one address or altogether."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for one in _tries():
        by_name.setdefault(one["username"], []).append(one)
    return {name for name, tries in by_name.items() if _locking(tries)} | _without_a_try_left()


def _without_a_try_left() -> set[str]:
    """Names whose PIN, or whose second factor, has been tried wrongly too often."""
    pins = Q(has_pin=True, wrong_pins__gte=settings.AXES_FAILURE_LIMIT)
    codes = Q(pk__in=Authenticator.objects.locked().values("user"))
    return set(User.objects.filter(pins | codes, is_active=True).values_list("username", flat=True))


def minutes_left(username: str) -> int:
    """Whole minutes, at least one, until the longest lock on a counted name ends."""
    cool_off = get_cool_off() or dt.timedelta()
    locking = _locking(_tries(username=username))
    left = max(one["last"] for one in locking) + cool_off - timezone.now() if locking else cool_off
    return max(1, math.ceil(left.total_seconds() / 60))
