"""Phones that are remembered for thirty days."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from intranet import clock

from .. import audit
from ..exceptions import NotAllowed
from ..models import RememberedPhone, User
from ..sealed import keyed_hash


def hash_of(token: str) -> str:
    return keyed_hash(f"access.phone:{token}")


@transaction.atomic
def remember_phone(user: User, *, label: str) -> tuple[RememberedPhone, str]:
    """Remember the phone somebody is signing in with. Gives the row and the token for its cookie.

    Raises NotAllowed for officers: what an officer may do is not left lying in a pocket for a month.
    """
    if user.has_officer_rights:
        raise NotAllowed(_("People with officer rights sign in anew each day; this phone is not remembered."))
    token = secrets.token_urlsafe(32)
    row = RememberedPhone.objects.create(
        user=user,
        token_hash=hash_of(token),
        label=label[:60],
        made_at=clock.now(),
        expires_at=clock.now() + settings.PHONE_REMEMBERED_FOR,
    )
    audit.record("access.remember_phone", user, by=user, data={"phone": row.pk})
    return row, token


@transaction.atomic
def forget_phone(phone: RememberedPhone, *, by: User) -> None:
    """The phone is signed out at its next step."""
    audit.record("access.forget_phone", phone.user, by=by, data={"phone": phone.pk})
    phone.delete()


def forget_phones(user: User) -> None:
    """All of somebody's phones; the caller records why."""
    RememberedPhone.objects.filter(user=user).delete()
