"""Whether what is printed will lead anybody here."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def is_reachable(request: HttpRequest) -> bool:
    """False when the address works on this very computer only."""
    return leads_here_from_elsewhere(request.get_host().rsplit(":", 1)[0].strip("[]"))


def site_is_reachable() -> bool:
    """The same for the address that mails and robots give (SITE_URL)."""
    return leads_here_from_elsewhere(urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname or "localhost")


def leads_here_from_elsewhere(host: str) -> bool:
    """False for names and numbers by which a computer calls itself."""
    if host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True
