"""Whether what is printed will lead anybody here."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest


def is_reachable(request: HttpRequest) -> bool:
    """False when the address works on this very computer only."""
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    if host == "localhost":
        return False
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return True
