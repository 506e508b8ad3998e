"""Who holds which role, opening a locked account, and passwords."""

from __future__ import annotations

import secrets

from axes.utils import reset as reset_attempts
from django.db import transaction
from django.utils.translation import gettext as _

from . import audit
from .exceptions import NotAllowed, UnknownRole
from .models import Role, User
from .roles import ROLES

# Without letters and digits that are mistaken for each other when read aloud or from paper.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def _role(key: str) -> Role:
    if key not in ROLES:
        raise UnknownRole(_("The role “%(key)s” does not exist. Choose one of the list.") % {"key": key})
    return Role.objects.select_related("group").get(key=key)


@transaction.atomic
def give_role(user: User, key: str, *, by: User | None = None) -> bool:
    """Give a hall-wide role. Gives False if the person holds it already. Raises UnknownRole."""
    role = _role(key)
    User.objects.select_for_update().get(pk=user.pk)
    if user.groups.filter(pk=role.group_id).exists():
        return False
    user.groups.add(role.group)
    _forget_permissions(user)
    audit.record("access.give_role", user, by=by, data={"role": key})
    return True


@transaction.atomic
def take_role(user: User, key: str, *, by: User | None = None) -> bool:
    """Take a role back. Gives False if the person does not hold it. Raises UnknownRole."""
    role = _role(key)
    User.objects.select_for_update().get(pk=user.pk)
    if not user.groups.filter(pk=role.group_id).exists():
        return False
    user.groups.remove(role.group)
    _forget_permissions(user)
    audit.record("access.take_role", user, by=by, data={"role": key})
    return True


def _forget_permissions(user: User) -> None:
    """The user object in hand must not answer from what it remembers."""
    for name in ("_role_keys", "_perm_cache", "_group_perm_cache", "_user_perm_cache", "_allowed_content_type_ids"):
        user.__dict__.pop(name, None)


@transaction.atomic
def set_roles(user: User, keys: set[str], *, by: User) -> None:
    """Make the person hold exactly these roles. Raises NotAllowed on one's own account, UnknownRole."""
    if by.pk == user.pk:
        raise NotAllowed(_("You cannot change your own roles. Please ask another system administrator."))
    held = set(Role.objects.filter(group__user=user).values_list("key", flat=True))
    for key in sorted(keys - held):
        give_role(user, key, by=by)
    for key in sorted(held - keys):
        take_role(user, key, by=by)


@transaction.atomic
def unlock(user: User, *, by: User | None = None) -> None:
    """Open an account that wrong passwords have locked, from every address."""
    reset_attempts(username=user.username)
    audit.record("access.unlock", user, by=by)


@transaction.atomic
def hand_over_password(user: User, *, by: User) -> str:
    """A new password, shown once to the administrator, who tells it in person; it must be changed at the
    first sign-in, and every session of the account ends. Raises NotAllowed on one's own account.
    """
    if by.pk == user.pk:
        raise NotAllowed(_("Please change your own password on the password page."))
    password = "-".join("".join(secrets.choice(READABLE) for _place in range(4)) for _group in range(3))
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    reset_attempts(username=user.username)
    audit.record("access.password_handed_over", user, by=by)
    return password


@transaction.atomic
def password_changed(user: User) -> None:
    """The person has chosen a password of their own."""
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    user.must_change_password = False
    audit.record("access.password_change", user, by=user)
