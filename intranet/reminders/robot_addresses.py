"""Where a robot may write to: an officer enters the address, and the hall's server goes there.

Only https. Hosts must be public and answer on port 443, unless whoever runs the machine has named them in
``ROBOT_HOSTS``: nobody opens a door into the hall's own network from a web page. Names are looked up right before
sending, every address found must be allowed, and the connection goes to just these: a name that changes its mind
between the check and the call gains nothing
(docs/group-notices.md says why).
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from .exceptions import RobotError
from .group_models import Robot

LONGEST = 500
# The two services, how their addresses begin, and what carries the token.
SERVICES = {
    Robot.Form.WECOM: ("qyapi.weixin.qq.com", "/cgi-bin/webhook/send", "key"),
    Robot.Form.DINGTALK: ("oapi.dingtalk.com", "/robot/send", "access_token"),
}
# Public by number, yet they lead to any address that is written inside them.
TUNNELS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


class PlaceNotAllowed(Exception):
    """The name leads to an address that robots may not write to."""


@dataclass(frozen=True)
class RobotAddress:
    """``target`` is path and query; it holds the token, so it is kept out of ``repr``."""

    host: str
    port: int
    target: str = field(repr=False)

    @property
    def named(self) -> bool:
        """Whether the machine's operator has named the host, with this port or without any."""
        return bool({self.host, f"{self.host}:{self.port}"} & {name.lower() for name in settings.ROBOT_HOSTS})

    @property
    def shown(self) -> str:
        """Enough to tell two robots apart, nothing to speak in their name with."""
        return f"{self.host}…{self.target[-4:]}"[:120]


def read(text: str, form: str) -> RobotAddress:
    """The parts of an address as it was copied from the group. Raises RobotError with what is wrong with it."""
    text = text.strip()
    if len(text) > LONGEST or any(ord(character) <= 32 or ord(character) > 126 for character in text):
        raise RobotError(_("An address has no spaces or Chinese characters in it. Copy it again from the group."))
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port or 443
    except ValueError as error:
        raise RobotError(_("This is not a complete address. Copy it again, from https:// to its end.")) from error
    if parts.scheme != "https" or not host or parts.username is not None or parts.fragment:
        raise RobotError(_("The address must begin with https:// and hold no user name."))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    address = RobotAddress(host, port, target)
    _check_service(address, form)
    _check_place(address)
    return address


def _check_service(address: RobotAddress, form: str) -> None:
    """A robot of a service has the service's address, or that of one the hall runs itself."""
    service = SERVICES.get(Robot.Form(form))
    if service is None or (address.named and address.host != service[0]):
        return
    host, path, token = service
    parts = urlsplit(address.target)
    if address.host != host or parts.path != path or not parse_qs(parts.query).get(token, [""])[0]:
        raise RobotError(
            _("The address of such a robot begins with %(start)s. Copy it from the settings of the group.")
            % {"start": f"https://{host}{path}?{token}="}
        )


def _check_place(address: RobotAddress) -> None:
    if not address.named and address.port != 443:
        raise RobotError(_not_named(address))
    try:
        literal = ipaddress.ip_address(address.host)
    except ValueError:
        literal = None
    if literal is not None and not allowed(literal, address.named):
        raise RobotError(_not_named(address))


def _not_named(address: RobotAddress) -> str:
    return _(
        "%(host)s is in a network of its own or uses a port of its own. Whoever runs the server must first "
        "allow it there (ROBOT_HOSTS)."
    ) % {"host": address.host}


def allowed(found: ipaddress.IPv4Address | ipaddress.IPv6Address, named: bool) -> bool:
    """Public addresses always, private ones and this machine for a named host, all others never."""
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    if found.is_loopback:
        return named
    if found.is_link_local or found.is_multicast or found.is_unspecified or found.is_reserved:
        return False
    if any(found.version == tunnel.version and found in tunnel for tunnel in TUNNELS):
        return False
    return found.is_global or named


def places(address: RobotAddress) -> list[str]:
    """The addresses to connect to, in the resolver's order.

    Raises PlaceNotAllowed when one of them is none for robots, OSError when the name is unknown.
    """
    found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    numbers = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    if not numbers or not all(allowed(ipaddress.ip_address(number), address.named) for number in numbers):
        raise PlaceNotAllowed
    return numbers
