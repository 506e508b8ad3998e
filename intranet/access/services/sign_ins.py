"""Locks, passwords, and the end of everything that lets somebody in."""

from __future__ import annotations

from axes.utils import reset as reset_attempts
from django.conf import settings
from django.db import transaction
from django.db.models import F

from .. import audit
from ..models import ActivationSlip, Authenticator, RecoveryCode, RememberedPhone, User
from ..signals import announce


@transaction.atomic
def unlock(user: User, *, by: User | None = None) -> None:
    """Open an account that wrong passwords, PINs or codes have locked, from every address."""
    forget_wrong_tries(user)
    audit.record("access.unlock", user, by=by)


def forget_wrong_tries(user: User) -> None:
    reset_attempts(username=user.username)
    User.objects.filter(pk=user.pk).update(wrong_pins=0)
    Authenticator.objects.filter(user=user).update(wrong_tries=0)


def take_pin_try(user: User) -> bool:
    """Count a try with a PIN from a phone that is not remembered, before the PIN is looked at. False: ten were wrong
    in a row, and none is left until the owner signs in on a remembered phone or comes to the office.
    """
    left = User.objects.filter(pk=user.pk, wrong_pins__lt=settings.AXES_FAILURE_LIMIT)
    return left.update(wrong_pins=F("wrong_pins") + 1) == 1


@transaction.atomic
def password_changed(user: User) -> None:
    """The person has chosen a password of their own: no phone stays signed in."""
    User.objects.filter(pk=user.pk).update(must_change_password=False, wrong_pins=0)
    user.must_change_password = False
    RememberedPhone.objects.filter(user=user).delete()
    audit.record("access.password_change", user, by=user)
    announce([user], "password", by=user)


@transaction.atomic
def end_sign_in(user: User) -> None:
    """Nothing lets this person in any more: no password, slip, phone or second factor; the caller records why.

    Sessions die with the changed password hash, also if the account is opened again one day.
    """
    for model in (ActivationSlip, RememberedPhone, RecoveryCode, Authenticator):
        model._default_manager.filter(user=user).delete()
    user.is_active = False
    user.must_change_password = False
    user.second_factor_since = None
    user.set_unusable_password()
    user.save(update_fields=["is_active", "must_change_password", "second_factor_since", "password"])
