"""The feed of every demo person, at an address that is the same for the same secret key."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django.conf import settings

from intranet import clock

from .models import FeedToken
from .querysets import hash_of
from .services import feed_path


def token_of(username: str) -> str:
    """HMAC of the secret key: known to who runs the demo, and to nobody else."""
    return hmac.new(settings.SECRET_KEY.encode(), f"demo-feed:{username}".encode(), hashlib.sha256).hexdigest()


def feeds_of(users: list[Any]) -> list[dict[str, Any]]:
    """For each demo user in order: ``feed``, the address path. Makes the subscriptions that are missing."""
    tokens = {user.pk: token_of(user.username) for user in users}
    hashes = {pk: hash_of(token) for pk, token in tokens.items()}
    there = set(FeedToken.objects.filter(token_hash__in=hashes.values()).values_list("token_hash", flat=True))
    FeedToken.objects.bulk_create(
        FeedToken(user_id=pk, label="演示", token_hash=hashed, created_at=clock.now())
        for pk, hashed in hashes.items()
        if hashed not in there
    )
    return [{"feed": feed_path(tokens[user.pk])} for user in users]
