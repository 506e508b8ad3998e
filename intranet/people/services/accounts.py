"""Accounts of the people in the register: opened by the personnel office, closed with a withdrawal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from intranet.access import audit, roles
from intranet.access import services as access
from intranet.access.models import Role
from intranet.access.signals import announce

from ..exceptions import AccountError
from ..models import Person

User: Any = get_user_model()


def open_account(*, person: Person, by: Any, password: str | None = None) -> Any:
    """Open (or open again) someone's account: user name = staff number, role staff; gives the User.

    Without a password nobody can sign in until one is set. A password given here is a first one: the
    person must change it. Raises AccountError when the person has left or the name is taken.
    """
    with transaction.atomic():
        row = Person.objects.select_for_update(of=("self",)).select_related("user").get(pk=person.pk)
        if row.has_left:
            raise AccountError(_("%(name)s has left the hall; enter a posting first.") % {"name": row})
        if row.user is None:
            if User.objects.filter(username=row.staff_number).exists():
                raise AccountError(
                    _("The user name %(username)s is already taken by another account.")
                    % {"username": row.staff_number}
                )
            row.user = User(username=row.staff_number)
        elif row.user.is_active and row.user.has_usable_password():
            raise AccountError(_("%(name)s already has an account.") % {"name": row})
        else:
            _refuse_powerful(row.user, by)
        row.user.name, row.user.email, row.user.is_active = row.name, row.email, True
        row.user.set_password(password)
        row.user.must_change_password = password is not None
        row.user.save()
        row.save(update_fields=["user"])
        access.give_role(row.user, roles.STAFF, by=by)
        audit.record("people.open_account", row, by=by)
        announce([row.user], "opened", by=by)
    person.user = row.user
    return row.user


def _refuse_powerful(user: Any, by: Any) -> None:
    """Whoever learns the first password of an account with more rights than their own would gain them."""
    held = set(Role.objects.filter(group__user=user).values_list("key", flat=True))
    if roles.with_officer_rights(held) and by is not None and not by.has_role(roles.SYSTEM_ADMIN):
        raise AccountError(
            _("This account holds further roles. Ask the system administrator to open it or to take them first.")
        )


def open_accounts(*, people: Iterable[Person], by: Any, active: bool = True) -> list[Any]:
    """Accounts for many at once (an import): no password yet, role staff; a fixed number of queries.

    People who have one already are passed over. ``active=False`` makes accounts that are opened later.
    Raises AccountError naming the first user name that is taken.
    """
    with transaction.atomic():
        wanting = list(
            Person.objects.select_for_update().filter(pk__in=[person.pk for person in people], user__isnull=True)
        )
        taken = User.objects.filter(username__in=[row.staff_number for row in wanting]).first()
        if taken:
            raise AccountError(
                _("The user name %(username)s is already taken by another account.") % {"username": taken.username}
            )
        users = User.objects.bulk_create(
            [
                User(
                    username=row.staff_number,
                    name=row.name,
                    email=row.email,
                    is_active=active,
                    password=make_password(None),
                )
                for row in wanting
            ],
            batch_size=500,
        )
        group = make_staff([user.pk for user in users])
        for row, user in zip(wanting, users, strict=True):
            row.user = user
        Person.objects.bulk_update(wanting, ["user"], batch_size=200)
        if users:
            audit.record("people.open_accounts", group, by=by, data={"count": len(users)})
    return users


def make_staff(users: list[int]) -> Any:
    """Give many accounts, by their keys, the role staff; whoever holds it keeps it. Gives the role's group."""
    group = Role.objects.select_related("group").get(key=roles.STAFF).group
    membership = User.groups.through
    membership.objects.bulk_create(
        [membership(user_id=pk, group_id=group.pk) for pk in users], batch_size=500, ignore_conflicts=True
    )
    return group


def follow_entries(*, people: Iterable[Person]) -> None:
    """Name and mail address of changed entries go on to their accounts, for many at once (an import)."""
    entries = {person.user_id: person for person in people if person.user_id is not None}
    keys = list(entries)
    for start in range(0, len(keys), 500):
        users = list(User.objects.filter(pk__in=keys[start : start + 500]))
        for user in users:
            user.name, user.email = entries[user.pk].name, entries[user.pk].email
        User.objects.bulk_update(users, ["name", "email"])


def close_account(*, person: Person, by: Any) -> None:
    """No sign-in any more, every session, phone, slip and feed of the account dead, every role taken.

    Sessions die twice over: an inactive user is nobody, and the changed password hash makes the old
    sessions invalid for good, also if the account is opened again one day. An account that was never
    opened loses its slip.
    """
    if person.user is None:
        return
    with transaction.atomic():
        # Read under the lock: with a slip in hand somebody may be opening the account at this moment.
        user = User.objects.select_for_update().get(pk=person.user.pk)
        was_open = user.is_active
        if was_open:
            for key in sorted(user.role_keys):
                access.take_role(user, key, by=by)
        access.end_sign_in(user)
        if was_open:
            audit.record("people.close_account", person, by=by)
            announce([user], "closed", by=by)
    person.user = user
