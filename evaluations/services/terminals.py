"""Shared terminals: a browser in a corner of the hall that knows nothing but the ballot."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.exceptions import RoundError
from evaluations.models import Terminal
from intranet import clock
from intranet.access import audit
from intranet.access.models import User
from intranet.access.sealed import keyed_hash

from .officers import require_officer

LONGEST_TOKEN = 100


def hash_of(token: str) -> str:
    return keyed_hash(f"evaluations.terminal:{token}")


@transaction.atomic
def open_terminal(*, label: str, by: User) -> tuple[Terminal, str]:
    """Make a terminal of the browser an officer sits at. Gives the row and the token for its cookie.

    Raises RoundError for anybody but an officer, and without a name.
    """
    require_officer(by)
    label = label.strip()
    if not label:
        raise RoundError(_("Say where the terminal stands."))
    token = secrets.token_urlsafe(32)
    terminal = Terminal.objects.create(label=label[:60], token_hash=hash_of(token), by=by, created_at=clock.now())
    audit.record("evaluations.open_terminal", terminal, by=by)
    return terminal, token


@transaction.atomic
def end_terminal(*, terminal: Terminal, by: User) -> None:
    """From the next page on the browser is one like any other. Ending twice does nothing."""
    require_officer(by)
    current = Terminal.objects.select_for_update().get(pk=terminal.pk)
    if current.ended_at is None:
        current.ended_at = clock.now()
        current.save(update_fields=["ended_at"])
        audit.record("evaluations.end_terminal", current, by=by)


def of_token(token: str) -> Terminal | None:
    """The terminal of a cookie's token, unless it has ended."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    return Terminal.objects.filter(token_hash=hash_of(token), ended_at__isnull=True).first()


def refuse_unfit(user: User) -> None:
    """Raise RoundError for somebody who has given the right secret and may nevertheless not vote at a terminal:
    without a PIN, with officer rights or a second factor, or with a password to change first.
    """
    if not user.has_pin or user.has_officer_rights or user.second_factor_since is not None:
        raise RoundError(
            _("At the terminal one signs in with a PIN only. Please vote on your phone, or ask for paper.")
        )
    if user.must_change_password:
        raise RoundError(_("Please sign in on your own phone first and choose a PIN of your own; then vote there."))
