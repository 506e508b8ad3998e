"""Slips with a one-time code: made by someone allowed, used once by their owner."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from intranet import clock

from .. import audit, one_time
from ..exceptions import NotAllowed, SlipError
from ..models import ActivationSlip, RememberedPhone, Role, User
from ..roles import HR_ADMIN, SYSTEM_ADMIN, WITHOUT_OFFICER_RIGHTS
from ..signals import announce
from .sign_ins import forget_wrong_tries


def may_hand_over(user: User, *, by: User) -> bool:
    """The system administrator to everybody else, the personnel office to people without officer rights: whoever
    holds somebody's slip could use it.
    """
    if by.pk == user.pk:
        return False
    return by.has_role(SYSTEM_ADMIN) or (by.has_role(HR_ADMIN) and not _officers([user]))


def _officers(users: Iterable[User]) -> set[int]:
    """Keys of those who hold a role with officer rights, active or not; one query."""
    others = Role.objects.exclude(key__in=WITHOUT_OFFICER_RIGHTS)
    keys = [user.pk for user in users]
    return set(User.objects.filter(pk__in=keys, groups__role__in=others).values_list("pk", flat=True))


@transaction.atomic
def make_slips(users: Iterable[User], *, by: User) -> dict[int, str]:
    """A fresh code for each account, by its key; earlier codes are dead. A fixed number of queries.

    The codes are kept nowhere but as hashes: whoever asks for them shows them at once. The caller records it.
    Raises NotAllowed when one of the accounts is not for this person to hand over.
    """
    wanted = {user.pk: user for user in users}
    if not by.has_role(SYSTEM_ADMIN, HR_ADMIN) or by.pk in wanted:
        raise NotAllowed(_("You cannot make this slip. Please ask another system administrator."))
    if not by.has_role(SYSTEM_ADMIN) and _officers(wanted.values()):
        raise NotAllowed(_("Somebody here has officer rights. Please ask the system administrator for their slip."))
    # Nobody may be given a role, leave or use an older slip in the meantime.
    list(User.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True))
    now, codes = clock.now(), {pk: one_time.draw() for pk in wanted}
    ActivationSlip.objects.bulk_create(
        [
            ActivationSlip(
                user_id=pk,
                code_hash=one_time.kept(code, of=f"slip:{pk}"),
                made_at=now,
                made_by=by,
                expires_at=now + settings.SLIP_GOOD_FOR,
            )
            for pk, code in codes.items()
        ],
        batch_size=200,
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["code_hash", "made_at", "made_by", "expires_at", "used_at"],
    )
    announce(wanted.values(), "slip", by=by)
    return codes


@transaction.atomic
def reset_in_person(user: User, *, by: User) -> str:
    """Somebody stands at the desk with their staff card: the old password or PIN, its phones and sessions end, and a
    new code is given for a slip. Recorded, and told to the owner. A second factor stays. Raises NotAllowed.
    """
    if not may_hand_over(user, by=by):
        raise NotAllowed(_("You cannot reset this account. Please ask another system administrator."))
    code = make_slips([user], by=by)[user.pk]
    row = User.objects.select_for_update().get(pk=user.pk)
    row.set_unusable_password()
    row.must_change_password = False
    row.save(update_fields=["password", "must_change_password"])
    RememberedPhone.objects.filter(user=row).delete()
    forget_wrong_tries(row)
    audit.record("access.reset_in_person", row, by=by)
    announce([row], "reset", by=by)
    return code


def slip_for(user: User, code: str) -> ActivationSlip | None:
    """The slip this code belongs to, if it may still be used."""
    hashes = one_time.may_be_kept_as(code, of=f"slip:{user.pk}")
    return ActivationSlip.objects.good().filter(user=user, code_hash__in=hashes).first()


@transaction.atomic
def activate(slip: ActivationSlip, *, secret: str, as_pin: bool = False) -> User:
    """Use a slip: the account is open, with the password or PIN its owner chose (checked by the form).

    Raises SlipError when the slip was used, replaced or ran out in the meantime, or when a PIN is not enough.
    """
    user = User.objects.select_for_update().get(pk=slip.user_id)
    if as_pin and _officers([user]):
        raise SlipError(_("You have officer rights, for which a PIN is not enough. Please choose a password."))
    if not ActivationSlip.objects.filter(pk=slip.pk, code_hash=slip.code_hash).use():
        raise SlipError(_("This code has been used or replaced. Please ask the personnel office for a new slip."))
    if as_pin:
        user.set_pin(secret)
    else:
        user.set_password(secret)
    user.is_active, user.must_change_password, user.wrong_pins = True, False, 0
    user.save(update_fields=["password", "is_active", "must_change_password", "wrong_pins"])
    RememberedPhone.objects.filter(user=user).delete()
    audit.record("access.activate", user, by=user, data={"slip": slip.pk})
    announce([user], "activated", by=user)
    return user
