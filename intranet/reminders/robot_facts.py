"""What of a robot is private: its address and its secret, to everybody. No page shows them once they are kept."""

from __future__ import annotations

import random
from typing import Any

from intranet.access.sealed import seal

from .group_models import Robot


def readers_of_address(robot: Robot) -> set[str]:
    return set()


def canary(field: str) -> Any:
    """For ``PrivateField``: a token to look for, and how a row keeps it."""

    def made(rng: random.Random) -> tuple[str, dict[str, str]]:
        token = f"canary{rng.getrandbits(64):016x}"
        kept = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={token}" if field == "address_sealed" else token
        return token, {field: seal(kept)}

    return made
