"""Who holds which role."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from .. import audit
from ..exceptions import NotAllowed, UnknownRole
from ..models import ActivationSlip, RememberedPhone, Role, User
from ..roles import ROLES, with_officer_rights
from ..signals import announce


def _role(key: str) -> Role:
    if key not in ROLES:
        raise UnknownRole(_("The role “%(key)s” does not exist. Choose one of the list.") % {"key": key})
    return Role.objects.select_related("group").get(key=key)


@transaction.atomic
def give_role(user: User, key: str, *, by: User | None = None) -> bool:
    """Give a hall-wide role. Gives False if the person holds it already. Raises UnknownRole."""
    role = _role(key)
    row = User.objects.select_for_update().get(pk=user.pk)
    if user.groups.filter(pk=role.group_id).exists():
        return False
    user.groups.add(role.group)
    _forget_permissions(user)
    if with_officer_rights({key}):
        _expect_more_of(row)
    audit.record("access.give_role", user, by=by, data={"role": key})
    announce([user], "role_given", by=by, role=key)
    return True


def _expect_more_of(user: User) -> None:
    """What is good enough for a colleague is not for an officer: a PIN becomes a password at once, no phone stays
    signed in, and a slip that somebody of the personnel office has seen opens nothing any more.
    """
    RememberedPhone.objects.filter(user=user).delete()
    ActivationSlip.objects.filter(user=user).delete()
    if user.has_pin:
        user.must_change_password = True
        user.save(update_fields=["must_change_password"])


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
    announce([user], "role_taken", by=by, role=key)
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
