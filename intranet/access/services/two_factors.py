"""The second factor: an authenticator app, and ten recovery codes for the day without the phone."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from intranet import clock

from .. import audit, authenticators, one_time, pins
from ..exceptions import CodeError, CodeLocked, NotAllowed
from ..models import Authenticator, RecoveryCode, RememberedPhone, User
from ..roles import SYSTEM_ADMIN
from ..sealed import seal, unseal
from ..signals import announce

RECOVERY_CODES = 10


@transaction.atomic
def begin(user: User) -> Authenticator:
    """A fresh key for the app; it holds once its first code is given. Raises CodeError if one is in use."""
    User.objects.select_for_update().get(pk=user.pk)
    if Authenticator.objects.confirmed().filter(user=user).exists():
        raise CodeError(_("You already use a second factor. Remove it first, with a code of it."))
    Authenticator.objects.filter(user=user).delete()
    return Authenticator.objects.create(user=user, sealed_key=seal(authenticators.new_key()))


def confirm(user: User, *, code: str) -> list[str]:
    """The app shows the right code: from now on it is asked for. Gives the recovery codes, which are shown once.

    Raises CodeError, CodeLocked.
    """
    pending = Authenticator.objects.filter(user=user, confirmed_at__isnull=True).first()
    if pending is None:
        raise CodeError(_("Please begin anew: this key is no longer waiting for its first code."))
    _take_a_try(user)
    with transaction.atomic():
        if not _takes_app_code(pending, code):
            raise CodeError(_wrong())
        now = clock.now()
        Authenticator.objects.filter(pk=pending.pk).update(confirmed_at=now)
        User.objects.filter(pk=user.pk).update(second_factor_since=now)
        user.second_factor_since = now
        codes = _fresh_codes(user)
        audit.record("access.second_factor_set_up", user, by=user)
    return codes


def check_code(user: User, *, code: str) -> None:
    """A code of the app or a recovery code; each is taken once. Raises CodeError, CodeLocked."""
    authenticator = Authenticator.objects.confirmed().filter(user=user).first()
    if authenticator is None:
        raise CodeError(_("This account has no second factor."))
    _take_a_try(user)
    if _takes_app_code(authenticator, code):
        return
    if not _takes_recovery_code(user, code):
        audit.record("access.second_factor_failed", user)
        raise CodeError(_wrong())


def _wrong() -> str:
    return _(
        "This code is not the right one. A code of the app works for a minute and only once; wait for the next one."
    )


def _take_a_try(user: User) -> None:
    if not Authenticator.objects.filter(user=user).take_a_try():
        audit.record("access.locked_out", user)
        raise CodeLocked(
            _("Ten codes were wrong in a row. Please try again in half an hour, or go to the system administrator.")
        )


def _takes_app_code(authenticator: Authenticator, code: str) -> bool:
    digits = pins.plain(code)
    if not pins.SIX_DIGITS.fullmatch(digits):
        return False
    step = authenticators.step_of(unseal(authenticator.sealed_key), digits)
    return step is not None and Authenticator.objects.filter(pk=authenticator.pk).take_step(step)


def _takes_recovery_code(user: User, code: str) -> bool:
    hashes = one_time.may_be_kept_as(code, of=f"recovery:{user.pk}")
    fitting = RecoveryCode.objects.filter(user=user, code_hash__in=hashes, used_at__isnull=True)
    with transaction.atomic():
        if fitting.update(used_at=clock.now()) != 1:
            return False
        Authenticator.objects.filter(user=user).update(wrong_tries=0)
        audit.record("access.recovery_code_used", user, by=user)
    return True


def _fresh_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [one_time.draw() for _number in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=one_time.kept(code, of=f"recovery:{user.pk}")) for code in codes
    )
    return codes


def new_recovery_codes(user: User, *, code: str) -> list[str]:
    """Ten new ones, the old ones are dead; with a code, so that nobody helps themselves at an unattended desk."""
    check_code(user, code=code)
    with transaction.atomic():
        codes = _fresh_codes(user)
        audit.record("access.recovery_codes_made", user, by=user)
    return codes


def remove(user: User, *, code: str) -> None:
    """The owner takes the second factor away. Raises CodeError, CodeLocked."""
    check_code(user, code=code)
    with transaction.atomic():
        _take_away(user)
        audit.record("access.second_factor_removed", user, by=user)


@transaction.atomic
def reset_second_factor(user: User, *, by: User) -> None:
    """The phone is lost: the system administrator takes the factor away, in person. Recorded, told to the owner."""
    if by.pk == user.pk or not by.has_role(SYSTEM_ADMIN):
        raise NotAllowed(_("You cannot reset this account. Please ask another system administrator."))
    _take_away(user)
    RememberedPhone.objects.filter(user=user).delete()
    audit.record("access.second_factor_reset", user, by=by)
    announce([user], "second_factor", by=by)


def _take_away(user: User) -> None:
    Authenticator.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(second_factor_since=None)
    user.second_factor_since = None
